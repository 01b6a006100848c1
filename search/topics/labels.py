"""A group -> its label in each language, and the phrases that come next.

Class-based TF-IDF (Grootendorst, BERTopic, 2022) over phrases instead of words: how much of the group speaks of it
against how many groups do, together with how near its meaning is to the group's middle.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.conf import conf
from search.topics.grouping import Group
from search.topics.phrases import Phrase, of_text, readable, stems
from search.topics.units import Text, Unit

ORIGIN = {"said": 1.25, "owner": 0.85, "name": 0.95, "keyword": 0.85, "title": 0.7, "text": 0.4}
"""How likely a phrase was meant to name a subject."""
COMMON_SHARE = 0.25
"""A phrase all of whose words stand on more of the pages than this names no topic: "Cluster", "Mitglieder"."""
COMMON_PAGES = 5
"""… unless these are but a few pages, on a site that has just begun."""
TERMS = 6


@dataclass(frozen=True)
class Label:
    text: str
    score: float
    stems: frozenset[str]


@dataclass(frozen=True)
class Labels:
    labels: dict[str, str]
    terms: dict[str, tuple[str, ...]]


def labelled(groups: Iterable[Group], text: Text, names: Iterable[str]) -> list[tuple[Group, Labels]]:
    """Groups with their labels; a group that nothing readable names is left out.

    `names`: titles of the owners, whose words ("Hamburg") name no topic.
    """
    groups = list(groups)
    spread = _spread(groups)
    named = {language: {term for name in names for term in stems(name, language)} for language in text.idf}
    found = []
    taken: dict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for group in groups:
        ranked = {
            language: _ranked(group, language, text, spread, named[language], len(groups))
            for language in sorted(text.idf)
        }
        chosen = _chosen(group, ranked, text, taken)
        if chosen is None:
            continue
        for language, label in chosen.labels.items():
            taken[(group.owner, language)].add(stems(label, language))
        found.append((group, chosen))
    return found


def _spread(groups: list[Group]) -> Mapping[tuple[str, str], int]:
    """(language, stem) -> number of groups that have it."""
    counts: Counter[tuple[str, str]] = Counter()
    for group in groups:
        counts.update(
            {
                (language, term)
                for unit in group.units
                for language, some in unit.words.items()
                for term in some
            }
        )
    return counts


def _ranked(
    group: Group,
    language: str,
    text: Text,
    spread: Mapping[tuple[str, str], int],
    named: set[str],
    number: int,
) -> list[tuple[Phrase, Label]]:
    best: dict[frozenset[str], tuple[Phrase, Label]] = {}
    count = _pages(text, language)
    for phrase in _candidates(group, language, text):
        terms = stems(phrase.text, language)
        if not terms or terms <= named:
            continue
        rarest = min(text.frequency[language].get(term, 0) for term in terms)
        if rarest > max(COMMON_PAGES, COMMON_SHARE * count):
            continue
        cover = sum(unit.weight for unit in group.units if terms <= unit.words.get(language, frozenset()))
        share = cover / group.weight
        classes = min(spread.get((language, term), 0) for term in terms)
        special = math.log(1 + number / (1 + classes)) / math.log(1 + number)
        near = 0.0
        if phrase.text in text.embedded:
            near = max(0.0, float(text.embedded[phrase.text] @ group.centre))
        words = len(phrase.text.split())
        form = 1.0 if 1 <= words <= 3 else 0.85
        score = ORIGIN[phrase.origin] * form * (0.35 * math.sqrt(share) + 0.25 * special + 0.9 * near)
        if terms not in best or score > best[terms][1].score:
            best[terms] = (phrase, Label(phrase.text, score, terms))
    return sorted(best.values(), key=lambda entry: (-entry[1].score, entry[1].text))


def _pages(text: Text, language: str) -> int:
    return sum(1 for unit in text.units.values() if language in unit.source.versions)


def _candidates(group: Group, language: str, text: Text) -> Iterable[Phrase]:
    for said in group.said:
        if line := said.phrases.get(language):
            other = next((p for spoken, p in said.phrases.items() if spoken != language), "")
            yield Phrase(line, language, "said", other)
    for unit in group.units:
        if unit.own:
            # Keywords of an owner's page are about all of its subjects: those that this paragraph speaks of.
            for phrase in text.phrases.get(unit.source.key, ()):
                if phrase.language == language and stems(phrase.text, language) <= unit.words.get(
                    language, frozenset()
                ):
                    yield phrase
        else:
            yield from (
                phrase for phrase in text.phrases.get(unit.source.key, ()) if phrase.language == language
            )
        yield from _from_text(unit, language)


def _from_text(unit: Unit, language: str) -> Iterable[Phrase]:
    counts = Counter(
        phrase
        for excerpt in unit.excerpts
        if excerpt.passage.language == language
        for phrase in of_text(excerpt.text, language)
        if readable(phrase)
    )
    for phrase, count in sorted(counts.items()):
        if count > 1 or unit.own:
            yield Phrase(phrase, language, "text")


def _chosen(
    group: Group,
    ranked: Mapping[str, list[tuple[Phrase, Label]]],
    text: Text,
    taken: Mapping[tuple[str, str], set[frozenset[str]]],
) -> Labels | None:
    """The best label of the language that has the best one, and what says the same in the others."""
    entries = [
        (label.score, language, phrase, label)
        for language, some in ranked.items()
        for phrase, label in some[:8]
        if label.stems not in taken.get((group.owner, language), ())
    ]
    if not entries:
        return None
    scores = {(language, label.text): label.score for language, some in ranked.items() for _, label in some}
    best = max(
        entries,
        key=lambda entry: (
            entry[0] + (scores.get((_other(entry[1], ranked), entry[2].twin), 0.0) if entry[2].twin else 0.0),
            entry[3].text,
        ),
    )
    score, first, phrase, label = best
    if score < conf().topic_label_floor:
        return None
    labels = {first: label.text}
    for language, some in ranked.items():
        if language == first or not some:
            continue
        labels[language] = phrase.twin or _same(label.text, some, text)
    terms = {
        language: _further(labels.get(language, ""), language, [entry for _, entry in some])
        for language, some in ranked.items()
    }
    return Labels({language: _headed(label) for language, label in labels.items()}, terms)


def _further(label: str, language: str, ranked: Iterable[Label]) -> tuple[str, ...]:
    """What comes next, without what only says it once more."""
    used = set(stems(label, language))
    found: list[str] = []
    for entry in ranked:
        if len(found) < TERMS and not entry.stems & used:
            found.append(entry.text)
            used |= entry.stems
    return tuple(found)


def _other(language: str, ranked: Mapping[str, object]) -> str:
    return next((other for other in ranked if other != language), language)


def _same(label: str, ranked: list[tuple[Phrase, Label]], text: Text) -> str:
    """The phrase of the other version that is nearest in meaning, among those that name the group."""
    vector = text.embedded.get(label)

    def likeness(entry: tuple[Phrase, Label]) -> float:
        other = text.embedded.get(entry[1].text)
        return entry[1].score + 2 * (
            float(vector @ other) if vector is not None and other is not None else 0.0
        )

    return max(ranked, key=likeness)[1].text


def _headed(label: str) -> str:
    """A label begins like a heading."""
    return label[:1].upper() + label[1:]
