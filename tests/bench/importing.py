"""An import of hundreds or thousands of guides, while people search and an editor publishes a page of their own."""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import quote

import yaml

from tests.bench.answers import QUESTIONS, SEARCH
from tests.bench.asking import headers, text_of
from tests.bench.crowd import ask
from tests.bench.figures import percentiles

DEMO = Path(__file__).parents[2] / "site" / "demo" / "content" / "guides"
MANAGE = Path(__file__).parents[2] / "site" / "manage.py"
PAUSE = 0.1
"""seconds between two questions: what people's browsers do, not a saturation test (`crowd` is one)"""
IDLE_SECONDS = 20
SINGLES = 5
"""guides published one by one while nothing else happens, and as many as fit while the import runs"""
SINGLE_PAUSE = 3.0


def measure(
    address: str, *, pages: int = 300, folder: Path | None = None, seconds: float = 900
) -> dict[str, object]:
    """Import and publish `pages` varied guides on the running site with its real worker, measure, remove them.

    Texts are put together from the paragraphs of the Markdown files in `folder` (the demo's guides when None). The
    import is `./lotse import --publish` in a process of its own. Ends after `seconds` even if not all is indexed.
    """
    from kb.toolbox.models import GuideSectionPage, ToolboxPage

    signal.signal(signal.SIGTERM, _interrupt)
    home = ToolboxPage.objects.filter(locale__language_code="de").first()
    section = home.add_child(
        instance=GuideSectionPage(title="Messung", slug=f"messung-{uuid.uuid4().hex[:8]}", summary="Messung")
    )
    section.save_revision().publish()
    _wait_until_idle(120)
    asker = _Asker(address)
    try:
        idle = _Phase(asker)
        time.sleep(IDLE_SECONDS)
        idle_times, _ = idle.end()
        _say(f"search while nothing happens: {percentiles(idle_times)}")
        alone = [_single(address, section) for _ in range(SINGLES)]
        _say(f"one by one, save and findable: {[(round(a, 2), round(b, 2)) for a, b in alone]}")
        _wait_until_idle(120)
        with tempfile.TemporaryDirectory() as written:
            _write(Path(written), pages, folder or DEMO)
            found = _during(address, asker, section, Path(written), seconds)
        found |= _throughput(section, found.pop("_seconds"))  # type: ignore[arg-type]
    finally:
        asker.stop()
        _remove(section)
    busy_times, statuses = found.pop("_times"), found.pop("_statuses")  # type: ignore[misc]
    quiet, busy = percentiles(idle_times), percentiles(busy_times)
    return {
        "search while nothing happens": quiet,
        "search during import and indexing": busy,
        "search p95, during / idle": round(busy["p95_ms"] / quiet["p95_ms"], 2),
        "search p50, during / idle": round(busy["p50_ms"] / quiet["p50_ms"], 2),
        "answers during": statuses,
        "an editor's save, idle": percentiles([save for save, _ in alone]),
        "an editor's save, during": percentiles([save for save, _ in found["_singles"]]),  # type: ignore[union-attr]
        "published to findable, idle": percentiles([wait for _, wait in alone]),
        "published to findable, during": percentiles([wait for _, wait in found.pop("_singles")]),  # type: ignore[union-attr]
        **found,
    }


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt  # so that the pages are removed


def _say(text: str) -> None:
    print(f"  … {text}", file=sys.stderr, flush=True)


class _Asker:
    """One reader who asks all the time, each question in words that have no vector yet."""

    def __init__(self, address: str) -> None:
        self.address, self.headers = address, headers()
        self.found: list[tuple[str, float]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        questions = [(row["language"], row["question"]) for row in yaml.safe_load(QUESTIONS.read_text())]
        turn = 0
        while not self._ended.wait(PAUSE):
            language, question = questions[turn % len(questions)]
            self.found.append(
                ask(self.address + SEARCH[language] + quote(f"{question} {turn}"), self.headers)
            )
            turn += 1


class _Phase:
    """What the asker found between two moments."""

    def __init__(self, asker: _Asker) -> None:
        self.asker, self.begin = asker, len(asker.found)

    def end(self) -> tuple[list[float], dict[str, int]]:
        found = self.asker.found[self.begin :]
        statuses: dict[str, int] = {}
        for status, _ in found:
            statuses[status] = statuses.get(status, 0) + 1
        return [took for _, took in found], statuses


def _during(address: str, asker: _Asker, section, folder: Path, seconds: float) -> dict[str, object]:
    phase, begin = _Phase(asker), time.monotonic()
    log = folder / "import.log"
    with log.open("w") as output:
        job = subprocess.Popen(
            [sys.executable, str(MANAGE), "import_guides", str(folder), "--publish", "--parent", section.url],
            env=os.environ | {"LOTSE_LOG_LEVEL": "WARNING"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    singles, imported, words = [], 0.0, 0.0
    while time.monotonic() - begin < seconds:
        if job.poll() is not None and not imported:
            imported = time.monotonic() - begin
            if job.returncode:
                raise RuntimeError(f"The import failed: {log.read_text()[-2000:]}")
        # A page published every few seconds for as long as there is something to compete with.
        singles.append(_single(address, section))
        time.sleep(SINGLE_PAUSE)
        due, unfound = _due(section)
        _say(
            f"{time.monotonic() - begin:.0f} s: single found after {singles[-1][1]:.1f} s; "
            f"due {due}, not even by words {unfound}; "
            f"search {percentiles(phase.end()[0][-50:])}"
        )
        if imported and not unfound and not words:
            words = time.monotonic() - begin
        if imported and not due:
            break
    if job.poll() is None:
        job.terminate()
        job.wait()
    took = time.monotonic() - begin
    times, statuses = phase.end()
    return {
        "pages imported and published": section.get_descendants().live().count() - len(singles),
        "import, seconds": round(imported or took, 1),
        "all found by words, seconds": round(words, 1) if words else "not within the time",
        "all indexed, seconds": round(took, 1) if not due else f"{due} pages left after {took:.0f}",
        "_times": times,
        "_statuses": statuses,
        "_singles": singles,
        "_seconds": took,
    }


def _single(address: str, section) -> tuple[float, float]:
    """(seconds of the editor's save, seconds from then until it is found) of a guide with a word of its own."""
    from kb.toolbox.models import PracticeGuide

    original = PracticeGuide.objects.live().public().filter(locale__language_code="de").order_by("pk").first()
    word = "zz" + uuid.uuid4().hex[:10]
    copy = original.copy(to=section, update_attrs={"title": f"Messung {word}", "slug": word}, keep_live=False)
    begin = time.perf_counter()
    copy.save_revision().publish()
    saved = time.perf_counter() - begin
    while f"/{word}/" not in text_of(f"{address}/de/suche/?q={quote(word)}"):
        if time.perf_counter() - begin > 120:
            break  # counted as 120 s
        time.sleep(0.03)
    return saved, time.perf_counter() - begin - saved


def _due(section) -> tuple[int, int]:
    """Pages of the section that are due, and those of them that are not even found by words."""
    from search.index.models import IndexedPage
    from search.index.selectors import pages_due

    below = set(section.get_descendants().live().values_list("pk", flat=True))
    due = below & set(pages_due())
    found = set(IndexedPage.objects.filter(pk__in=due).exclude(pipeline="").values_list("pk", flat=True))
    return len(due), len(due - found)


def _wait_until_idle(seconds: float) -> None:
    from search.index.selectors import pages_due

    until = time.monotonic() + seconds
    while pages_due() and time.monotonic() < until:
        time.sleep(0.5)


def _throughput(section, seconds: float) -> dict[str, object]:
    """Passages a second of the whole road, and of the model alone on the same texts, measured afterwards."""
    from search.embedding import query_embedder
    from search.index.models import Passage, PassageVector

    pages = section.get_descendants().values_list("pk", flat=True)
    written = PassageVector.objects.filter(page_id__in=pages).count()
    texts = list(Passage.objects.filter(page_id__in=pages).order_by("?").values_list("text", flat=True)[:320])
    embedder = query_embedder()
    embedder.warm()
    begin = time.perf_counter()
    for start in range(0, len(texts), 32):
        embedder.embed_passages(texts[start : start + 32])
    bare = len(texts) / (time.perf_counter() - begin)
    road = written / seconds
    return {
        "passages with vectors": written,
        "indexing, passages/s": round(road, 1),
        "the model alone, passages/s": round(bare, 1),
        "indexing / model alone": round(road / bare, 2),
    }


def _remove(section) -> None:
    """The measured pages, and what the import remembers of them."""
    section.refresh_from_db()
    section.delete()


def _write(folder: Path, pages: int, source: Path) -> None:
    """`pages` Markdown guides of the usual size: a summary, five steps, three sections; no two alike."""
    paragraphs, headings = _material(source)
    chance = random.Random(4)
    for number in range(pages):
        title = f"{chance.choice(headings)[:90]} {number + 1}"
        steps = "\n\n".join(
            f"{step + 1}. **{chance.choice(headings)}.** {chance.choice(paragraphs)}" for step in range(5)
        )
        sections = "\n\n".join(
            f"## {chance.choice(headings)}\n\n{chance.choice(paragraphs)}\n\n{chance.choice(paragraphs)}"
            for _ in range(3)
        )
        summary = " ".join(chance.choice(paragraphs).split())[:280].replace('"', "'")
        (folder / f"guide-{number:05}.md").write_text(
            f'---\nid: "messung-{number}"\ntitle: "{title.replace(chr(34), "")}"\nsummary: "{summary}"\nlang: de\n---\n\n'
            f"## Ziel und Nutzen\n\n{chance.choice(paragraphs)}\n\n## Ablauf\n\n{steps}\n\n{sections}\n",
            encoding="utf-8",
        )


def _material(source: Path) -> tuple[list[str], list[str]]:
    paragraphs, headings = [], []
    for file in sorted(source.rglob("*.md")):
        if file.name.endswith(".en.md"):
            continue
        text = re.sub(r"\A---\n.*?\n---\n", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        for block in re.split(r"\n\s*\n", text):
            block = block.strip()
            if match := re.fullmatch(r"#+\s+(.{5,80})", block):
                headings.append(re.sub(r"[\"*_`\\:]", "", match[1]))
            elif 120 <= len(block) <= 900 and block[0].isalnum() and "<" not in block:
                paragraphs.append(" ".join(block.split()))
    if len(paragraphs) < 20 or not headings:
        raise ValueError(f"{source} holds too few paragraphs of German text ({len(paragraphs)})")
    return paragraphs, headings
