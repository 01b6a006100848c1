"""From the editor's click to the answer: how long until a published guide is found through HTTP."""

import time
import uuid
from urllib.parse import quote

from tests.bench.asking import text_of
from tests.bench.figures import percentiles


def measure(address: str, times: int = 30) -> dict[str, object]:
    """Publish `times` copies of a guide, each with a word of its own, and ask for that word until it is found.

    Runs inside Django on the running site's database; the site's own worker does the indexing. Removes the copies.

    Raises:
        TimeoutError: a copy was not found within 60 s.
    """
    from kb.toolbox.models import PracticeGuide

    original = PracticeGuide.objects.live().public().filter(locale__language_code="de").first()
    waits = []
    for _ in range(times):
        word = "zz" + uuid.uuid4().hex[:10]
        copy = original.copy(update_attrs={"title": f"Messung {word}", "slug": word}, keep_live=False)
        revision = copy.save_revision()
        begin = time.perf_counter()
        revision.publish()
        # By its address: the word itself stands in the question's field and, marked, in the title.
        while f"/{word}/" not in text_of(f"{address}/de/suche/?q={quote(word)}"):
            if time.perf_counter() - begin > 60:
                raise TimeoutError(f"{word} was not found within 60 s")
            time.sleep(0.02)
        waits.append(time.perf_counter() - begin)
        copy.delete()
    return {"published to findable": percentiles(waits)}
