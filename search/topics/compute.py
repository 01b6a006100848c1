"""Topics and candidates, computed for all owners at once and written in one transaction.

At once because a topic's label depends on what the others have, and a candidate on everything it might have been.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from search.embedding import Embedder, EmbedderUnavailable, index_embedder
from search.topics import identity, sources, units
from search.topics.grouping import Group, groups
from search.topics.labels import Labels, labelled
from search.topics.matching import Match, excerpts, matches
from search.topics.models import (
    Candidate,
    CandidatePassages,
    Computation,
    Judgement,
    Topic,
    TopicPassage,
)

logger = logging.getLogger(__name__)

VERSION = "1"
"""raised when the same pages would give other topics"""
PAUSE_SHARE = 20
"""After a computation that took a second, the next one waits this many: never more than a twentieth of a worker."""
_LOCK = 0x10754  # beside that of search.related: one computation at a time, across processes


@dataclass(frozen=True)
class Report:
    owners: int
    pages: int
    topics: int
    candidates: int
    seconds: float


def compute_if_due() -> Report | None:
    """As `compute`, if what it would read has changed, the index is at rest, and the last one is long enough ago."""
    from search.index.selectors import status

    index = status()
    if index.due > index.failed:
        return None  # an import of thousands computes once, at its end
    last = Computation.objects.filter(pk=Computation.ONLY).first()
    if last and last.tried_at:
        pause = timedelta(seconds=PAUSE_SHARE * last.seconds)
        if timezone.now() < last.tried_at + pause:
            return None
    try:
        embedder = index_embedder()
        if last and last.state == sources.state(embedder, VERSION):
            return None
        return compute(embedder)
    except EmbedderUnavailable as error:
        logger.warning("Topics are not computed, the model cannot be used: %s", error)
    except IntegrityError as error:
        # A passage that was read has gone meanwhile: the state is another one, and so they are still due.
        logger.info("Topics will be computed at the next sweep: %s", error)
    return None


def compute(embedder: Embedder | None = None) -> Report | None:
    """Replaces all topics and candidates. None while another process is at it.

    Raises EmbedderUnavailable, and IntegrityError when a passage goes while it is at work; nothing is written then.
    """
    began = time.monotonic()
    embedder = embedder or index_embedder()
    Computation.objects.get_or_create(pk=Computation.ONLY)
    Computation.objects.filter(pk=Computation.ONLY).update(tried_at=Now())
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", (_LOCK,))
        if not cursor.fetchone()[0]:
            return None
    try:
        state = sources.state(embedder, VERSION)
        found = sources.read(embedder)
        if found.pages and not found.vectors:
            raise EmbedderUnavailable(f"No page has vectors of {embedder.name} yet")
        # Outside the transaction: embedding what is new takes longest, and what was embedded stays.
        text = units.prepared(found, embedder)
        made = labelled(
            [group for owned in text.owners.values() for group in groups(owned, text)],
            text,
            [version.title for owner in found.owners.values() for version in owner.versions.values()],
        )
        proposed = matches([group for group, _ in made], text)
        with transaction.atomic():
            topics = _write_topics(made, found)
            _write_candidates(proposed, topics, found)
            seconds = time.monotonic() - began
            Computation.objects.filter(pk=Computation.ONLY).update(
                state=state, computed_at=Now(), seconds=seconds
            )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", (_LOCK,))
    report = Report(len(text.owners), len(found.pages), len(made), len(proposed), seconds)
    logger.info(
        "%s topics of %s owners, %s candidates for bridges, in %.1f s",
        report.topics,
        report.owners,
        report.candidates,
        report.seconds,
    )
    return report


def _write_topics(
    made: Sequence[tuple[Group, Labels]], found: sources.Sources
) -> dict[int, tuple[Topic, frozenset[int]]]:
    """id(group) -> its row and the pages it depends on."""
    by_owner: dict[str, list[tuple[Group, Labels]]] = defaultdict(list)
    for group, labels in made:
        by_owner[group.owner].append((group, labels))
    old: dict[str, list[Topic]] = defaultdict(list)
    for topic in Topic.objects.select_for_update(of=("self",)).order_by("pk"):
        old[str(topic.owner)].append(topic)
    TopicPassage.objects.all().delete()
    written: dict[int, tuple[Topic, frozenset[int]]] = {}
    passages: list[TopicPassage] = []
    rows: list[Topic] = []
    for owner in sorted({*by_owner, *old}):
        mine = by_owner.get(owner, [])
        before = {topic.pk: topic for topic in old.get(owner, [])}
        members = [frozenset(unit.name for unit in group.units) for group, _ in mine]
        keys = identity.recognised(
            {key: frozenset(topic.members) for key, topic in before.items()},
            members,
            {key: topic.labels for key, topic in before.items()},
            [labels.labels for _, labels in mine],
        )
        total = sum(group.weight for group, _ in mine) or 1.0
        for (group, labels), names, key in zip(mine, members, keys, strict=True):
            topic = before.pop(key) if key is not None else Topic(key=uuid4(), owner=UUID(owner))
            topic.labels = labels.labels
            topic.terms = {language: list(terms) for language, terms in labels.terms.items()}
            topic.members = sorted(names)
            pages = {page for unit in group.units for page in unit.source.pages}
            pages.update(found.owners[owner].pages)
            topic.pages = sorted(pages)
            topic.weight = group.weight / total
            topic.found = True
            rows.append(topic)
            written[id(group)] = (topic, frozenset(pages))
            passages += _passages(topic, group)
        for topic in before.values():
            if topic.decided_at is None and not any(other.merged_into_id == topic.pk for other in rows):
                topic.delete()
                continue
            # Whoever renamed or hid it will find it again when the pages come back; the machine's words go with them.
            topic.found, topic.labels, topic.terms, topic.pages, topic.weight = False, {}, {}, [], 0.0
            rows.append(topic)
    fields = ["labels", "terms", "members", "pages", "weight", "found"]
    known = {topic.pk for topics in old.values() for topic in topics}
    Topic.objects.bulk_create([topic for topic in rows if topic.pk not in known])
    Topic.objects.bulk_update([topic for topic in rows if topic.pk in known], fields, batch_size=200)
    TopicPassage.objects.bulk_create(passages, ignore_conflicts=True)
    return written


def _passages(topic: Topic, group: Group) -> Iterable[TopicPassage]:
    """Of every unit and language the passage nearest to the group's middle."""
    centre = group.centre
    for unit in group.units:
        values = unit.vectors @ centre
        best: dict[str, int] = {}
        for place, excerpt in enumerate(unit.excerpts):
            language = excerpt.passage.language
            if language not in best or values[place] > values[best[language]]:
                best[language] = place
        for place in best.values():
            excerpt = unit.excerpts[place]
            yield TopicPassage(
                topic=topic,
                passage_id=excerpt.passage.id,
                start=excerpt.start,
                stop=excerpt.stop,
                weight=float(max(0.0, min(1.0, values[place]))),
                dated=unit.source.dated,
            )


def _write_candidates(
    proposed: Sequence[Match],
    topics: dict[int, tuple[Topic, frozenset[int]]],
    found: sources.Sources,
) -> None:
    before = {candidate.pk: candidate for candidate in Candidate.objects.select_for_update()}
    judged: dict[str, Judgement] = {}
    for judgement in Judgement.objects.all():  # oldest first: the last one counts
        judged[judgement.candidate] = judgement
    languages = sorted({language for source in found.pages for language in source.versions})
    CandidatePassages.objects.all().delete()
    kept: list[Candidate] = []
    pairs: list[CandidatePassages] = []
    for match in proposed:
        left = topics[id(match.left)] if match.left else None
        right = topics[id(match.right)] if match.right else None
        candidate = Candidate(
            kind=match.kind,
            left_owner=UUID(match.left_owner),
            right_owner=UUID(match.right_owner),
            left_topic=left[0] if left else None,
            right_topic=right[0] if right else None,
            score=match.score,
            terms={language: list(terms) for language, terms in match.terms.items()},
        )
        used = {unit.source.key: unit.source for pair in match.pairs for unit in (pair.left, pair.right)}
        pages = {page for source in used.values() for page in source.pages}
        pages.update(
            page for owner in (match.left_owner, match.right_owner) for page in found.owners[owner].pages
        )
        if left and right:
            pages |= left[1] | right[1]
            names = sorted((str(left[0].pk), str(right[0].pk)))
        else:
            need, offer = match.pairs[0].left.source, match.pairs[0].right.source
            candidate.left_page_key, candidate.right_page_key = UUID(need.key), UUID(offer.key)
            names = [need.key, offer.key]
        candidate.key = _key(match.kind, names)
        if candidate.key in {other.key for other in kept}:
            continue
        candidate.pages = sorted(pages)
        candidate.evidence = sorted(used)
        _apply_judgements(candidate, judged)
        if old := before.pop(candidate.key, None):
            candidate.found_at = old.found_at
        else:
            candidate.found_at = timezone.now()
        kept.append(candidate)
        for language in languages:
            for place, pair in enumerate(match.pairs):
                one, other = excerpts(pair, language)
                pairs.append(
                    CandidatePassages(
                        candidate=candidate,
                        language=language,
                        place=place,
                        left_id=one.passage.id,
                        right_id=other.passage.id,
                        left_start=one.start,
                        left_stop=one.stop,
                        right_start=other.start,
                        right_stop=other.stop,
                        score=pair.score,
                    )
                )
    Candidate.objects.all().delete()
    Candidate.objects.bulk_create(kept)
    CandidatePassages.objects.bulk_create(pairs)


def _apply_judgements(candidate: Candidate, judged: dict[str, Judgement]) -> None:
    """A rejection holds for the candidate, and for one under another key that shows nothing else; it ends with a page
    that neither owner had at the time."""
    own = judged.get(candidate.key)
    if own and own.verdict == Judgement.Verdict.KEPT:
        return
    evidence = set(candidate.evidence)
    rejections = [
        judgement
        for judgement in judged.values()
        if judgement.verdict == Judgement.Verdict.REJECTED
        and judgement.kind == candidate.kind
        and {judgement.left_owner, judgement.right_owner} == {candidate.left_owner, candidate.right_owner}
        and (judgement is own or evidence <= set(judgement.evidence))
    ]
    if rejections:
        new = evidence.difference(*(judgement.known for judgement in rejections))
        candidate.new_evidence = sorted(new)
        candidate.rejected = not new


def _key(kind: str, names: Sequence[str]) -> str:
    return hashlib.blake2b("|".join((kind, *names)).encode(), digest_size=16).hexdigest()
