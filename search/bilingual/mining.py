"""Sentence pairs -> term table. What stands together in translations translates each other.

1. terms of each sentence as the index has them, rare German compounds with their parts beside them;
2. candidates by the squared Dice coefficient of occurrence (Smadja, McKeown & Hatzivassiloglou, Translating
   Collocations for Bilingual Lexicons, Computational Linguistics 22(1), 1996);
3. IBM Model 1 (Brown et al., The Mathematics of Statistical Machine Translation, Computational Linguistics 19(2),
   1993) over these candidates only, in both directions at once: a link's expected count is the mean of what the two
   directions say, so that each explains away the other's accidents (after Liang, Taskar & Klein, Alignment by
   Agreement, NAACL 2006, who multiply; on our sets the mean was better);
4. expected counts -> weights that a structured query can use.

Everything is integer counts, division, square root and sums in a fixed order: the same pairs give the same bytes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.analysis import splits, words
from search.bilingual.rows import Row

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Prior = Callable[[str], Mapping[str, float]]
"""German term -> English terms with weights, as far as known from elsewhere"""

_LINKS_AT_ONCE = 4_000_000
"""pairs of tokens held at a time while candidates are counted: some 200 MB"""


@dataclass(frozen=True)
class Settings:
    """How a table is mined. Values by nDCG@10 on the tuning half and on sentence retrieval:
    docs/decisions/term-table.md has the figures."""

    min_count: int = 2
    """a term in fewer pairs is left out"""
    min_joint: int = 2
    """a pair of terms in fewer sentence pairs is no candidate"""
    min_dice: float = 0.001
    """squared Dice below which a pair of terms is no candidate"""
    candidates: int = 20
    """a pair must be among so many best of one of its two terms"""
    split_up_to: int = 10
    """a German compound in so many pairs or fewer lends its occurrences to its parts"""
    min_part: int = 3
    """occurrences by itself that make a word fit to be a compound's part"""
    rounds: int = 4
    nothing: float = 0.05
    """probability, per round, of "translates nothing on the other side" """
    flatten: float = 0.5
    """power of the probabilities: 1 keeps them, and then a second translation counts too little in ranking"""
    doubt: float = 3.0
    """pairs that must be seen before a weight reaches half of what they say"""
    keep: int = 4
    floor: float = 0.03


@dataclass(frozen=True)
class Mined:
    de: list[Row]
    """German terms with their English translations, in order of the terms"""
    en: list[Row]


def mine(
    pairs: Iterable[tuple[str, str]], settings: Settings = Settings(), prior: Prior | None = None
) -> Mined:
    """`pairs` are (German, English) texts, a sentence or a paragraph each. `prior` helps where pairs are few:
    what is known already explains a sentence's known words and leaves the others to each other."""
    corpus = _Corpus.read(pairs, settings)
    if not corpus.de.terms or not corpus.en.terms:
        return Mined([], [])
    candidates = _candidates(corpus, settings)
    if not len(candidates.keys):
        return Mined([], [])
    counts = _expected_counts(corpus, candidates, settings, prior)
    return Mined(
        _rows(corpus.de, corpus.en, candidates.de, candidates.en, counts, settings),
        _rows(corpus.en, corpus.de, candidates.en, candidates.de, counts, settings),
    )


def best_split(
    candidates: Iterable[tuple[str, ...]], count: Callable[[str], float], minimum: float
) -> tuple[str, ...]:
    """The split whose parts are the most frequent by geometric mean (Koehn & Knight, EACL 2003), or ()."""
    best: tuple[str, ...] = ()
    best_score = 0.0
    for split in candidates:
        counts = [count(part) for part in split]
        if min(counts) >= minimum:
            score = math.prod(counts) ** (1 / len(counts))
            if score > best_score:
                best, best_score = split, score
    return best


@dataclass(frozen=True)
class _Side:
    """One language of all pairs: sentence i has the tokens flat[offsets[i]:offsets[i + 1]], numbers of terms."""

    terms: list[str]
    flat: Ints
    offsets: Ints

    @classmethod
    def of(cls, sentences: Sequence[Sequence[str]], min_count: int) -> _Side:
        count = Counter(term for sentence in sentences for term in sentence)
        terms = sorted(term for term, n in count.items() if n >= min_count)
        number = {term: place for place, term in enumerate(terms)}
        numbers = [[number[term] for term in sentence if term in number] for sentence in sentences]
        offsets = np.zeros(len(sentences) + 1, np.int64)
        np.cumsum([len(sentence) for sentence in numbers], out=offsets[1:])
        flat = np.fromiter((term for sentence in numbers for term in sentence), np.int64, int(offsets[-1]))
        return cls(terms, flat, offsets)

    @property
    def counts(self) -> Ints:
        return np.bincount(self.flat, minlength=len(self.terms))


@dataclass(frozen=True)
class _Corpus:
    de: _Side
    en: _Side

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]], settings: Settings) -> _Corpus:
        german: list[list[str]] = []
        english: list[list[str]] = []
        written: dict[str, str] = {}
        for de, en in pairs:
            folded = {
                word.term: word.folded for word in reversed(list(words(de, "de"))) if _translatable(word.term)
            }
            stems = {word.term: None for word in words(en, "en") if _translatable(word.term)}
            if folded and stems:
                german.append(list(folded))
                english.append(list(stems))
                for term, word in folded.items():
                    written.setdefault(term, word)
        _add_parts(german, written, settings)
        return cls(_Side.of(german, settings.min_count), _Side.of(english, settings.min_count))

    def links(self) -> Iterator[tuple[Ints, Ints]]:
        """(places in de.flat, places in en.flat) of all pairs of tokens in one sentence pair, part by part."""
        de, en = self.de.offsets, self.en.offsets
        size = np.concatenate([[0], np.cumsum(np.diff(de) * np.diff(en))])
        first = 0
        while first < len(de) - 1:
            full = int(np.searchsorted(size, size[first] + _LINKS_AT_ONCE, side="right")) - 1
            last = max(first + 1, full)
            sentence = np.repeat(np.arange(first, last), np.diff(de[first : last + 1]))
            partners = np.diff(en)[sentence]
            de_places = np.repeat(np.arange(de[first], de[last]), partners)
            within = np.arange(partners.sum()) - np.repeat(np.cumsum(partners) - partners, partners)
            yield de_places, within + np.repeat(en[sentence], partners)
            first = last


def _translatable(term: str) -> bool:
    """Numbers and what has digits in it is the same in both languages and needs no row."""
    return not any(character.isdigit() for character in term)


def _add_parts(german: list[list[str]], written: Mapping[str, str], settings: Settings) -> None:
    """Rare compounds stand for themselves and for their parts, whose evidence they add to."""
    count = Counter(term for sentence in german for term in sentence)
    parts: dict[str, tuple[str, ...]] = {}
    for term, n in count.items():
        if n <= settings.split_up_to:
            found = best_split(splits("de", written[term]), count.__getitem__, settings.min_part)
            if found:
                parts[term] = found
    for sentence in german:
        added = dict.fromkeys(sentence)
        for term in sentence:
            added.update(dict.fromkeys(parts.get(term, ())))
        sentence[:] = added


@dataclass(frozen=True)
class _Candidates:
    """Pairs of terms that may translate each other, ordered by key."""

    keys: Ints
    """de * len(en.terms) + en"""
    de: Ints
    en: Ints
    dice: Floats


def _candidates(corpus: _Corpus, settings: Settings) -> _Candidates:
    width = len(corpus.en.terms)
    keys = np.empty(0, np.int64)
    joint = np.empty(0, np.int64)
    for de_places, en_places in corpus.links():
        found, n = np.unique(
            corpus.de.flat[de_places] * width + corpus.en.flat[en_places], return_counts=True
        )
        keys, place = np.unique(np.concatenate([keys, found]), return_inverse=True)
        joint = np.bincount(place, np.concatenate([joint, n]), len(keys)).astype(np.int64)
    de, en = keys // width, keys % width
    dice = (2.0 * joint / (corpus.de.counts[de] + corpus.en.counts[en])) ** 2
    kept = (joint >= settings.min_joint) & (dice >= settings.min_dice)
    keys, de, en, dice = keys[kept], de[kept], en[kept], dice[kept]
    kept = (_ranks(de, dice) < settings.candidates) | (_ranks(en, dice) < settings.candidates)
    return _Candidates(keys[kept], de[kept], en[kept], dice[kept])


def _ranks(groups: Ints, values: Floats) -> Ints:
    """Place of each value among those of its group, the highest first, ties in the order given."""
    order = np.lexsort((np.arange(len(groups)), -values, groups))
    ordered = groups[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(order)]
    place = np.arange(len(order))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = place - np.maximum.accumulate(np.where(begins, place, 0))
    return ranks


def _expected_counts(
    corpus: _Corpus, candidates: _Candidates, settings: Settings, prior: Prior | None
) -> Floats:
    """How many times each candidate pair translates each other, expected over all sentence pairs."""
    width = len(corpus.en.terms)
    last = len(candidates.keys) - 1
    found = []
    for de_places, en_places in corpus.links():
        keys = corpus.de.flat[de_places] * width + corpus.en.flat[en_places]
        place = np.minimum(np.searchsorted(candidates.keys, keys), last)
        known = candidates.keys[place] == keys
        found.append((de_places[known], en_places[known], place[known]))
    de_token, en_token, pair = (np.concatenate(column) for column in zip(*found, strict=True))
    counts: Floats = candidates.dice
    if prior is not None:
        counts = counts + _prior(corpus, candidates, prior)
    for _ in range(settings.rounds):
        given_de = _share(counts, candidates.de)[pair]
        given_en = _share(counts, candidates.en)[pair]
        from_de = (
            given_de / (np.bincount(en_token, given_de, len(corpus.en.flat)) + settings.nothing)[en_token]
        )
        from_en = (
            given_en / (np.bincount(de_token, given_en, len(corpus.de.flat)) + settings.nothing)[de_token]
        )
        counts = np.bincount(pair, (from_de + from_en) / 2, len(candidates.keys)).astype(np.float64)
    return counts


def _prior(corpus: _Corpus, candidates: _Candidates, prior: Prior) -> Floats:
    known = [prior(term) for term in corpus.de.terms]
    return np.array(
        [
            known[de].get(corpus.en.terms[en], 0.0)
            for de, en in zip(candidates.de.tolist(), candidates.en.tolist(), strict=True)
        ]
    )


def _share(values: Floats, groups: Ints) -> Floats:
    """Each value's share of its group's sum."""
    return values / np.maximum(np.bincount(groups, values)[groups], 1e-12)


def _rows(
    source: _Side, target: _Side, term: Ints, translation: Ints, counts: Floats, settings: Settings
) -> list[Row]:
    """Weight = share of the term's flattened probabilities × how surely the term is translated at all.

    The second factor is small for words that have no steady counterpart ("stehen", "erfahren"): they should not
    decide a ranking by whatever they were last seen beside. It is also small for what was seen seldom.
    """
    probability = _share(counts, term)
    flat = np.where(probability >= 0.01, probability**settings.flatten, 0.0)
    seen = source.counts
    surely = np.minimum(1.0, np.bincount(term, counts, len(source.terms)) / (seen + settings.doubt))
    weight = _share(flat, term) * surely[term]
    kept = (weight >= settings.floor) & (_ranks(term, weight) < settings.keep)
    found: dict[int, list[tuple[str, float]]] = {}
    for place in np.lexsort((translation, -weight, term)):
        if kept[place]:
            entry = (target.terms[int(translation[place])], float(weight[place]))
            found.setdefault(int(term[place]), []).append(entry)
    return [Row(source.terms[number], tuple(cells), int(seen[number])) for number, cells in found.items()]
