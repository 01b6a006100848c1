"""What is grouped and compared: a page, or a sentence of an owner's own page, in all its versions.

A guide, an example, a need has one subject; the page of an owner names all of its subjects, often two in one
paragraph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from search.analysis.sentences import Sentence, sentences
from search.embedding import Embedder
from search.topics import vectors
from search.topics.phrases import Phrase, of_text, readable, stems
from search.topics.sources import Source, SourcePassage, Sources

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]

OWN_WEIGHT = 0.25
"""A sentence of the owner's own page against a page that it has alone."""
CATEGORY_PAGES = 4
CATEGORY_SHARE = 0.04
KIND_PRIOR = 20
"""passages that the mean of all pages counts beside those of a kind"""
AROUND = 0.3
"""What its paragraph counts beside a sentence."""
DUPLICATE = 0.85
"""Cosine from which paragraphs of two owners' pages are the same sentence: a note that all of them carry."""


@dataclass(frozen=True)
class Excerpt:
    """A passage, or one line or sentence of it, as evidence."""

    passage: SourcePassage
    start: int | None
    stop: int | None
    """characters of the passage's text; None: all of it"""
    text: str
    around: str = ""
    """for a sentence: the paragraph it stands in"""


@dataclass
class Unit:
    """A page or a sentence."""

    source: Source
    excerpts: list[Excerpt]
    """of all versions"""
    weight: float
    """1 for a page that one owner has alone; a page of three owners is a third of each"""
    own: bool = False
    """a sentence of the owner's own page"""
    vectors: Matrix = field(default=None, repr=False)  # type: ignore[arg-type]
    """one row for each excerpt, freed of what all pages of the kind share, of length 1"""
    centre: Matrix = field(default=None, repr=False)  # type: ignore[arg-type]
    words: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """language -> stems"""

    @property
    def name(self) -> str:
        """The same in the next computation, whatever the text then."""
        passage = self.excerpts[0].passage
        return (
            f"{self.source.key}#{passage.anchor}:{self.excerpts[0].start or 0}"
            if self.own
            else self.source.key
        )


@dataclass(frozen=True)
class Said:
    """A line in which an owner names one of its subjects."""

    phrases: dict[str, str]
    """language -> the line"""
    excerpts: tuple[Excerpt, ...]


@dataclass
class Owned:
    """Everything of one owner."""

    key: str
    units: list[Unit]
    said: list[Said]


@dataclass
class Text:
    """All that was read, as vectors and stems."""

    owners: dict[str, Owned]
    units: dict[str, Unit]
    """page -> its unit: shared by all owners of the page"""
    phrases: dict[str, list[Phrase]]
    """page -> candidates for labels"""
    embedded: dict[str, Matrix]
    """phrase -> its vector, of length 1, freed of what all phrases share"""
    frequency: dict[str, Counter[str]]
    """language -> stem -> number of pages"""
    idf: dict[str, dict[str, float]]


def prepared(sources: Sources, embedder: Embedder) -> Text:
    """Raises EmbedderUnavailable."""
    import numpy

    lines = {key: _lines(owner) for key, owner in sources.owners.items()}
    phrases = {source.key: _phrases(source, source.key in sources.owners) for source in sources.pages}
    _drop_categories(phrases)
    texts = {phrase.text for some in phrases.values() for phrase in some}
    for excerpt in (excerpt for found in lines.values() for some in found for excerpt in some):
        texts.update((excerpt.text, excerpt.around))
    embedded = vectors.of_texts(texts, embedder)

    by_kind: dict[str, list[Matrix]] = defaultdict(list)
    for source in sources.pages:
        for passage in _all_passages(source):
            if passage.id in sources.vectors:
                by_kind[source.kind].append(sources.vectors[passage.id])
    everything = [vector for some in by_kind.values() for vector in some]
    if not everything:
        return Text({}, {}, phrases, {}, {}, {})
    middle = numpy.mean(everything, axis=0)
    # What a kind of page shares is how it speaks (needs ask, examples tell), not what of; a rare kind has little to go
    # by and leans on all (docs/decisions/topics.md).
    middles = {
        kind: (numpy.sum(some, axis=0) + KIND_PRIOR * middle) / (len(some) + KIND_PRIOR)
        for kind, some in by_kind.items()
    }

    units = {}
    for source in sources.pages:
        if source.key in sources.owners:
            continue
        passages = [passage for passage in _all_passages(source) if passage.id in sources.vectors]
        if not passages:
            continue
        unit = Unit(
            source,
            [Excerpt(passage, None, None, passage.text) for passage in passages],
            1 / len(source.owners),
        )
        rows = numpy.array([sources.vectors[passage.id] for passage in passages])
        _place(unit, rows, middles[source.kind])
        units[source.key] = unit

    line_texts = [excerpt.text for found in lines.values() for some in found for excerpt in some]
    line_middle = numpy.mean([embedded[text] for text in line_texts], axis=0) if line_texts else middle
    paragraphs: dict[str, list[Unit]] = {}
    said: dict[str, list[Said]] = {}
    for key, found in lines.items():
        paragraphs[key], said[key] = [], []
        for excerpts in found:
            if all(readable(excerpt.text) and excerpt.text[-1].isalnum() for excerpt in excerpts):
                said[key].append(Said({e.passage.language: e.text for e in excerpts}, tuple(excerpts)))
                continue
            unit = Unit(sources.owners[key], excerpts, OWN_WEIGHT, own=True)
            # A sentence alone says too little ("Such courses are only just emerging"): its paragraph goes with it.
            placed = [
                _unit_length(embedded[e.text] - line_middle)
                + AROUND * _unit_length(embedded[e.around] - line_middle)
                for e in excerpts
            ]
            _place(unit, numpy.array(placed), 0.0)
            paragraphs[key].append(unit)
    _drop_shared(paragraphs)

    owners = {
        key: Owned(
            key,
            [unit for page, unit in sorted(units.items()) if key in unit.source.owners] + paragraphs[key],
            said[key],
        )
        for key in sources.owners
    }
    frequency, idf = _frequencies(sources)
    phrase_texts = sorted({phrase.text for some in phrases.values() for phrase in some})
    if phrase_texts:
        phrase_middle = numpy.mean([embedded[text] for text in phrase_texts], axis=0)
        embedded = {text: _unit_length(embedded[text] - phrase_middle) for text in phrase_texts}
    return Text(owners, units, phrases, embedded, frequency, idf)


def _all_passages(source: Source) -> list[SourcePassage]:
    return [passage for _, version in sorted(source.versions.items()) for passage in version.passages]


def _lines(owner: Source) -> list[list[Excerpt]]:
    """Sentences of an owner's page, each with those of the other versions that stand in the same place; whole lines
    or texts where a translator cut them otherwise."""
    under: dict[str, dict[str, list[tuple[SourcePassage, int, str]]]] = defaultdict(dict)
    for language, version in sorted(owner.versions.items()):
        # The first passage sums the page up: it names all subjects in one sentence.
        for passage in version.passages[1:]:
            start = 0
            for line in passage.text.split("\n"):
                if line.strip():
                    under[passage.anchor].setdefault(language, []).append((passage, start, line))
                start += len(line) + 1
    found = []
    for versions in under.values():
        if len({len(lines) for lines in versions.values()}) > 1:
            found += [[_excerpt(*line)] for lines in versions.values() for line in lines]
            continue
        for place in range(len(next(iter(versions.values())))):
            same = [lines[place] for lines in versions.values()]
            cut = [sentences(line) for _, _, line in same]
            if len({len(some) for some in cut}) > 1:
                found.append([_excerpt(*line) for line in same])
                continue
            for number in range(len(cut[0])):
                found.append(
                    [
                        _excerpt(passage, start, line, some[number])
                        for (passage, start, line), some in zip(same, cut, strict=True)
                    ]
                )
    return found


def _excerpt(passage: SourcePassage, start: int, line: str, part: Sentence | None = None) -> Excerpt:
    begin, end = (part.start, part.end) if part else (0, len(line))
    return Excerpt(passage, start + begin, start + end, line[begin:end], line)


def _drop_shared(paragraphs: dict[str, list[Unit]]) -> None:
    import numpy

    flat = [(key, unit) for key, some in paragraphs.items() for unit in some]
    if len(flat) < 2:
        return
    centres = numpy.array([unit.centre for _, unit in flat])
    same = centres @ centres.T >= DUPLICATE
    for place, (key, unit) in enumerate(flat):
        if any(same[place, other] and flat[other][0] != key for other in range(len(flat))):
            paragraphs[key].remove(unit)


def _place(unit: Unit, rows: Matrix, middle: Matrix | float) -> None:
    import numpy

    unit.vectors = _unit_length(numpy.asarray(rows, dtype=numpy.float32) - middle)
    unit.centre = _unit_length(unit.vectors.mean(axis=0))
    texts: dict[str, list[str]] = defaultdict(list)
    for excerpt in unit.excerpts:
        texts[excerpt.passage.language].append(excerpt.text)
    if not unit.own:
        for language, version in unit.source.versions.items():
            texts[language] += [version.title, *version.keywords]
    unit.words = {language: stems("\n".join(some), language) for language, some in texts.items()}


def _phrases(source: Source, is_owner: bool) -> list[Phrase]:
    lists = {language: version.keywords for language, version in source.versions.items()}
    aligned = len(lists) == 2 and len({len(some) for some in lists.values()}) == 1
    found = []
    for language, version in sorted(source.versions.items()):
        other = next((some for spoken, some in lists.items() if spoken != language), ())
        for place, keyword in enumerate(version.keywords):
            if readable(keyword):
                twin = other[place] if aligned and readable(other[place]) else ""
                found.append(Phrase(keyword, language, "owner" if is_owner else "keyword", twin))
        if not is_owner:
            whole = [version.title] if readable(version.title) else []
            found += [Phrase(text, language, "title") for text in whole]
            found += [
                Phrase(text, language, "name")
                for text in dict.fromkeys(of_text(version.title, language, single=True))
                if readable(text)
            ]
    return found


def _drop_categories(phrases: dict[str, list[Phrase]]) -> None:
    """A keyword that many pages have in the same words is a category of the site ("Need", its task areas), put there
    by the page type."""
    pages = Counter(
        text
        for some in phrases.values()
        for text in {phrase.text for phrase in some if phrase.origin == "keyword"}
    )
    most = max(CATEGORY_PAGES, CATEGORY_SHARE * len(phrases))
    for key, some in phrases.items():
        phrases[key] = [phrase for phrase in some if phrase.origin != "keyword" or pages[phrase.text] < most]


def _frequencies(sources: Sources) -> tuple[dict[str, Counter[str]], dict[str, dict[str, float]]]:
    import math

    frequency: dict[str, Counter[str]] = defaultdict(Counter)
    pages: Counter[str] = Counter()
    for source in sources.pages:
        for language, version in source.versions.items():
            pages[language] += 1
            texts: Iterable[str] = (version.title, *version.keywords, *(p.text for p in version.passages))
            frequency[language].update(stems("\n".join(texts), language))
    return dict(frequency), {
        language: {term: math.log(1 + pages[language] / count) for term, count in counts.items()}
        for language, counts in frequency.items()
    }


def _unit_length(rows: Matrix) -> Matrix:
    import numpy

    return rows / numpy.maximum(numpy.linalg.norm(rows, axis=-1, keepdims=True), 1e-6)
