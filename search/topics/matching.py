"""Groups of different owners that match, needs that an offer answers, and the passages that show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from search.conf import conf
from search.topics.grouping import Group
from search.topics.units import Excerpt, Text, Unit

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]

NEED, OFFER = "need", "offer"
"""`search_kind` of pages in which an owner looks for something, or has something for others"""
TERMS = 5
PAIRS = 3
"""pairs of passages kept for a candidate"""


@dataclass(frozen=True)
class UnitPair:
    left: Unit
    right: Unit
    score: float


@dataclass(frozen=True)
class Match:
    """Two owners with what connects them."""

    kind: str
    left_owner: str
    right_owner: str
    left: Group | None
    right: Group | None
    """the groups; None for a need and an offer, which `pairs[0]` names"""
    raw: float
    """hubness-corrected likeness, damped by how near the owners are as a whole"""
    score: float
    """calibrated, between 0 and 1"""
    pairs: tuple[UnitPair, ...]
    terms: dict[str, tuple[str, ...]]


class Likeness:
    """How near units are to each other: by meaning and, in the languages that both have, by their words."""

    def __init__(self, text: Text) -> None:
        import numpy

        self.units: list[Unit] = []
        seen: set[int] = set()
        for owned in text.owners.values():
            for unit in owned.units:
                if id(unit) not in seen:
                    seen.add(id(unit))
                    self.units.append(unit)
        self.place = {id(unit): number for number, unit in enumerate(self.units)}
        count = len(self.units)
        dense = numpy.zeros((count, count), dtype=numpy.float32)
        starts = numpy.cumsum([0] + [len(unit.vectors) for unit in self.units])
        if count:
            rows = numpy.concatenate([unit.vectors for unit in self.units])
            for number in range(count):
                products = rows[starts[number] : starts[number + 1]] @ rows.T
                # Every passage's nearest on the other page, both ways: one common sentence is not enough.
                there = numpy.maximum.reduceat(products, starts[:-1], axis=1).mean(axis=0)
                dense[number] += there / 2
                dense[:, number] += there / 2
        words = numpy.zeros((count, count), dtype=numpy.float32)
        both = numpy.zeros((count, count), dtype=numpy.float32)
        for language, idf in sorted(text.idf.items()):
            has = numpy.array(
                [float(bool(unit.words.get(language))) for unit in self.units], dtype=numpy.float32
            )
            words += _word_cosines(self.units, language, idf)
            both += has[:, None] * has[None, :]
        words /= numpy.maximum(both, 1)
        weight = numpy.where(both > 0, conf().bridge_word_weight, 0.0)
        plain: Matrix = (1 - weight) * dense + weight * words
        # Only what one owner has alone is compared: a guide that three use tells nothing of the one that uses it.
        owner = [unit.source.owners[0] if _counts(unit) else "" for unit in self.units]
        names = numpy.array(owner)
        allowed = (names[:, None] != names[None, :]) & (names != "")[:, None] & (names != "")[None, :]
        own = numpy.array([float(unit.own) for unit in self.units], dtype=numpy.float32)
        self.matrix: Matrix = _csls(
            plain, allowed, int(conf().bridge_neighbours)
        ) - conf().bridge_sentence_cost * (own[:, None] + own[None, :])

    def of(self, left: Sequence[Unit], right: Sequence[Unit]) -> Matrix:
        import numpy

        return self.matrix[
            numpy.ix_([self.place[id(unit)] for unit in left], [self.place[id(unit)] for unit in right])
        ]


def _counts(unit: Unit) -> bool:
    """Whether it can connect its owner with another one: its own page or text, and not one on a method, which any
    owner could use."""
    return len(unit.source.owners) == 1 and unit.source.kind not in conf().bridge_without


def _word_cosines(units: Sequence[Unit], language: str, idf: dict[str, float]) -> Matrix:
    from scipy.sparse import csr_matrix

    numbers = {term: place for place, term in enumerate(sorted(idf))}
    rows, columns, values = [], [], []
    for row, unit in enumerate(units):
        terms = sorted(term for term in unit.words.get(language, ()) if term in numbers)
        length = sum(idf[term] ** 2 for term in terms) ** 0.5
        for term in terms:
            rows.append(row)
            columns.append(numbers[term])
            values.append(idf[term] / length)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(units), len(numbers)))
    return (matrix @ matrix.T).toarray()


def matches(groups: Sequence[Group], text: Text) -> list[Match]:
    """Candidates of both kinds, best first, those above their thresholds only."""
    likeness = Likeness(text)
    nearness = _owner_nearness(text)
    found = _needs_and_offers(text, likeness, nearness)
    # A need, an offer, and what shows that they fit do not show it once more as a common topic.
    answered = {
        frozenset((match.left_owner, match.right_owner)): {
            unit.name for pair in match.pairs for unit in (pair.left, pair.right)
        }
        for match in found
    }
    found += _topics(groups, text, likeness, nearness, answered)
    return sorted(found, key=lambda match: (-match.score, match.kind, match.left_owner, match.right_owner))


def _owner_nearness(text: Text) -> dict[frozenset[str], float]:
    """How near two owners are as a whole, against how near owners are on average: the obvious neighbour."""
    import numpy

    keys = sorted(text.owners)
    centres = []
    for key in keys:
        # What an owner has alone says what it is; guides that others use too say nothing of it.
        alone = [unit for unit in text.owners[key].units if unit.own or len(unit.source.owners) == 1]
        centre = sum((unit.weight * unit.centre for unit in alone), numpy.zeros(1, dtype=numpy.float32))
        centres.append(centre / max(float(numpy.linalg.norm(centre)), 1e-6))
    near = {
        frozenset((keys[a], keys[b])): float(numpy.sum(centres[a] * centres[b]))
        for a, b in combinations(range(len(keys)), 2)
    }
    middle = sum(near.values()) / max(len(near), 1)
    return {pair: value - middle for pair, value in near.items()}


def _damped(value: float, left: str, right: str, nearness: dict[frozenset[str], float]) -> float:
    return value - conf().bridge_neighbour_damping * max(0.0, nearness.get(frozenset((left, right)), 0.0))


def _csls(similar: Matrix, allowed: Matrix, neighbours: int) -> Matrix:
    """Cross-domain similarity local scaling (Conneau et al., Word Translation Without Parallel Data, 2018): twice the
    likeness, less the mean likeness of each side to its nearest in other owners. What is near everything ("We are a
    network of …") is near nothing; -1 where nothing may be compared."""
    import numpy

    nearest = numpy.zeros(len(similar), dtype=numpy.float32)
    for number, row in enumerate(similar):
        values = numpy.sort(row[allowed[number]])[::-1][:neighbours]
        nearest[number] = values.mean() if len(values) else 0.0
    return numpy.where(allowed, 2 * similar - nearest[:, None] - nearest[None, :], -1.0)


def _needs_and_offers(text: Text, likeness: Likeness, nearness: dict[frozenset[str], float]) -> list[Match]:
    import numpy
    from scipy.optimize import linear_sum_assignment

    alone = [unit for _, unit in sorted(text.units.items()) if _counts(unit)]
    needs = [unit for unit in alone if unit.source.kind == NEED]
    offers = [unit for unit in alone if unit.source.kind == OFFER]
    if not needs or not offers:
        return []
    value = likeness.of(needs, offers)
    found = []
    for row, column in zip(
        *linear_sum_assignment(-numpy.maximum(value, conf().bridge_pair_floor)), strict=True
    ):
        need, offer = needs[row], offers[column]
        left, right = need.source.owners[0], offer.source.owners[0]
        if left == right:
            continue
        first = UnitPair(need, offer, float(value[row, column]))
        pairs = _with_more(first, _alone(text, left), _alone(text, right), likeness)
        if len(pairs) < 2:
            continue
        raw = _damped(_strength(pairs), left, right, nearness)
        score = _calibrated(raw, conf().bridge_need_offer_middle)
        if score < conf().bridge_floor:
            continue
        found.append(Match("need_offer", left, right, None, None, raw, score, pairs, _terms(pairs, text)))
    return found


def _alone(text: Text, owner: str) -> list[Unit]:
    return [unit for unit in text.owners[owner].units if _counts(unit)]


def _with_more(
    first: UnitPair, left: Sequence[Unit], right: Sequence[Unit], likeness: Likeness
) -> tuple[UnitPair, ...]:
    """`first` and the strongest further pairs that bring a page the pairs before did not have."""
    # What is near both sides of the first pair speaks of the same; two passages near each other may speak of anything.
    anchor_left = likeness.of([first.left], right)[0]
    anchor_right = likeness.of(left, [first.right])[:, 0]
    options = [
        UnitPair(first.left, unit, float(value))
        for unit, value in zip(right, anchor_left, strict=True)
        if unit is not first.right
    ]
    options += [
        UnitPair(unit, first.right, float(value))
        for unit, value in zip(left, anchor_right, strict=True)
        if unit is not first.left
    ]
    return _distinct([first, *sorted(options, key=_strongest)])


def _strongest(pair: UnitPair) -> tuple[float, str, str]:
    return (-pair.score, pair.left.name, pair.right.name)


def _distinct(pairs: Iterable[UnitPair]) -> tuple[UnitPair, ...]:
    """The strongest pairs, each with a page that those before it did not have, all above the floor."""
    kept: list[UnitPair] = []
    pages: set[str] = set()
    for pair in pairs:
        if len(kept) == PAIRS:
            break
        if pair.score < conf().bridge_pair_floor:
            continue
        here = {pair.left.source.key, pair.right.source.key}
        if here <= pages:
            continue
        kept.append(pair)
        pages |= here
    return tuple(kept)


def _topics(
    groups: Sequence[Group],
    text: Text,
    likeness: Likeness,
    nearness: dict[frozenset[str], float],
    answered: dict[frozenset[str], set[str]],
) -> list[Match]:
    import numpy
    from scipy.optimize import linear_sum_assignment

    if len(groups) < 2:
        return []
    count = len(groups)
    similar = numpy.full((count, count), -1.0, dtype=numpy.float32)
    evidence: dict[tuple[int, int], tuple[UnitPair, ...]] = {}
    for a, b in combinations(range(count), 2):
        left, right = groups[a], groups[b]
        if left.owner == right.owner:
            continue
        pairs = _pairs(left, right, likeness, answered)
        evidence[(a, b)] = pairs
        similar[a, b] = similar[b, a] = pairs[0].score if pairs else -1.0
    found = []
    places: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        places[group.owner].append(number)
    for one, other in combinations(sorted(places), 2):
        block = similar[numpy.ix_(numpy.array(places[one]), numpy.array(places[other]))]
        # What does not match counts nothing: else a good pair would be given up to spare two bad ones.
        for row, column in zip(*linear_sum_assignment(-numpy.maximum(block, 0.0)), strict=True):
            # Assigned and each other's nearest: an assignment alone also pairs what is left over.
            if block[row].argmax() != column or block[:, column].argmax() != row:
                continue
            a, b = places[one][row], places[other][column]
            pairs = evidence[(a, b) if a < b else (b, a)]
            if a > b:
                pairs = tuple(UnitPair(pair.right, pair.left, pair.score) for pair in pairs)
            if not pairs:
                continue
            # A topic may have but one page; what else the owners say to it stands elsewhere on their pages.
            pairs = _distinct(
                [*pairs, *_with_more(pairs[0], _alone(text, one), _alone(text, other), likeness)[1:]]
            )
            if len(pairs) < 2:
                continue
            raw = _damped(_strength(pairs), one, other, nearness)
            score = _calibrated(raw, conf().bridge_topic_middle)
            terms = _terms(pairs, text)
            # What no word explains is a likeness of tone.
            if score >= conf().bridge_floor and all(terms.values()):
                found.append(Match("topic", one, other, groups[a], groups[b], raw, score, pairs, terms))
    return found


def _strength(pairs: Sequence[UnitPair]) -> float:
    """The strongest pair, and a little for each further one; those that are stronger count no more than it."""
    first, *further = (pair.score for pair in pairs)
    shares = conf().bridge_pair_shares
    return first + sum(
        share * max(0.0, min(first, score)) for share, score in zip(shares, further, strict=False)
    )


def _pairs(
    left: Group, right: Group, likeness: Likeness, answered: dict[frozenset[str], set[str]]
) -> tuple[UnitPair, ...]:
    ours = [unit for unit in left.units if _counts(unit)]
    theirs = [unit for unit in right.units if _counts(unit)]
    # Without a page that the owner has alone, and not named by itself, a topic is nobody's.
    if not all(
        units and (group.said or any(not u.own for u in units))
        for group, units in ((left, ours), (right, theirs))
    ):
        return ()
    known = answered.get(frozenset((left.owner, right.owner)), set())
    values = likeness.of(ours, theirs)
    options = sorted(
        (
            UnitPair(ours[row], theirs[column], float(values[row, column]))
            for row in range(len(ours))
            for column in range(len(theirs))
            if not (ours[row].name in known or theirs[column].name in known)
        ),
        key=_strongest,
    )
    # A sentence is near many: where a side has a page on the topic, a page must be in the strongest pair.
    pages_left, pages_right = (any(not unit.own for unit in some) for some in (ours, theirs))
    first = next(
        (
            pair
            for pair in options
            if not (pair.left.own and (pages_left or pair.right.own))
            and not (pair.right.own and (pages_right or pair.left.own))
        ),
        None,
    )
    return _distinct([first, *(pair for pair in options if pair is not first)]) if first else ()


def _calibrated(raw: float, middle: float) -> float:
    """Share of judged pairs with this likeness that were good (docs/decisions/topics.md)."""
    import math

    return 1 / (1 + math.exp(-(raw - middle) * conf().bridge_slope))


def _terms(pairs: Sequence[UnitPair], text: Text) -> dict[str, tuple[str, ...]]:
    """Phrases that are near both sides, those that both use first."""
    from search.topics.phrases import readable, stems

    found = {}
    for language, idf in sorted(text.idf.items()):
        best: dict[frozenset[str], tuple[float, str]] = {}
        for pair in pairs:
            for unit in (pair.left, pair.right):
                for phrase in text.phrases.get(unit.source.key, ()):
                    vector = text.embedded.get(phrase.text)
                    if phrase.language != language or vector is None or not readable(phrase.text):
                        continue
                    terms = stems(phrase.text, language)
                    if not terms or phrase.origin == "title":
                        continue
                    if unit.own and not terms <= unit.words.get(language, frozenset()):
                        continue  # keywords of an owner's page are about all of its subjects
                    near = min(float(vector @ pair.left.centre), float(vector @ pair.right.centre))
                    shared = all(
                        terms <= side.words.get(language, frozenset()) for side in (pair.left, pair.right)
                    )
                    rare = min(idf.get(term, 0.0) for term in terms)
                    score = near + (0.1 * rare if shared else 0.0)
                    if score >= conf().bridge_term_floor and score > best.get(terms, (0.0, ""))[0]:
                        best[terms] = (score, phrase.text)
        ranked = sorted(best.items(), key=lambda entry: (-entry[1][0], entry[1][1]))
        kept: list[str] = []
        used: set[str] = set()
        for terms, (_, phrase_text) in ranked:
            if len(kept) < TERMS and not terms & used:
                kept.append(phrase_text)
                used |= terms
        found[language] = tuple(kept)
    return found


def excerpts(pair: UnitPair, language: str) -> tuple[Excerpt, Excerpt]:
    """The two passages to show a reader of `language`: the nearest of all, each in that language where it is there.

    A page's first passage sums it up; it is near everything on its subject and shows it best.
    """
    import numpy

    def versions(unit: Unit) -> list[int]:
        own = [place for place, e in enumerate(unit.excerpts) if e.passage.language == language]
        return own or list(range(len(unit.excerpts)))

    left, right = versions(pair.left), versions(pair.right)
    products = pair.left.vectors[left] @ pair.right.vectors[right].T
    row, column = numpy.unravel_index(int(products.argmax()), products.shape)
    return pair.left.excerpts[left[int(row)]], pair.right.excerpts[right[int(column)]]
