"""A question's words -> the terms of the index that answer.sql looks up for them.

Everything that needs the vocabulary of the corpus happens here, in memory; what of it a reader may see, and so
what counts, is decided by the statement. Nothing here cuts a list or leaves anything out because of a word that may be
a hidden page's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.analysis import splits
from search.analysis import stem as stem_of
from search.analysis.stopwords import STOP_WORDS
from search.bilingual import Translations, is_word, translations
from search.conf import SearchConf, conf
from search.retrieval.question import AskedWord, Question
from search.vocabulary import Form, Near, Vocabularies, Vocabulary
from search.vocabulary.words import grams

WORDS, GRAMS = 0, 1
"""The two lexical legs."""

LEAST_WEIGHT = 0.05
"""A translation with less weight is not looked up: 0.1 cost 0.03 nDCG@10 on d365po (train), 0 gained nothing."""
LEAST_FOR_COMPOUNDS = 0.25
"""A translation with less weight is too doubtful to look for compounds with it."""
INSIDE = 9
"""`Choice.tier` of a slip inside a compound: after every word that is there as a whole."""

_FUNCTION_STEMS = frozenset(
    stem_of(language, word) for language, stops in STOP_WORDS.items() for word in stops
)


@dataclass(frozen=True)
class Term:
    """What stands for a word of the question: a row of `given` in answer.sql."""

    word: int
    """place in Question.words"""
    term: str
    """"de:antrag" """
    factor: float
    """how much an occurrence counts"""
    way: int = 0
    """> 0: one of `size` parts of the word, which count only together"""
    size: int = 1
    choice: int = 0
    """> 0: only if the word is a slip of this one: place in the choices for its place in the question, from 1"""


@dataclass(frozen=True)
class Proposals:
    """Forms for a word, best first, of which the statement takes the first that this reader sees on some page: in
    columns, since there may be thousands in a question."""

    leg: int
    word: int
    forms: Sequence[str]
    terms: Sequence[str]
    factors: Sequence[float]
    needs: Sequence[str | None] = ()
    """of compounds: a term that must be visible too, the other part"""


@dataclass(frozen=True)
class Choice:
    """A word that may be meant, if this reader sees it."""

    near: Near
    tier: int
    """Lower ones come first; in one tier the words that are written with a capital, or without, like the typed one."""


@dataclass(frozen=True)
class Expansion:
    terms: tuple[Term, ...]
    proposals: tuple[Proposals, ...]
    choices: dict[int, tuple[Choice, ...]]
    """place in the question -> words that may be meant there"""

    def all_terms(self) -> Iterator[str]:
        """Everything that the statement may look for; a term may come more than once."""
        yield from (term.term for term in self.terms)
        for proposals in self.proposals:
            yield from proposals.terms


def expand(asked: Question, table: Translations, known: Vocabularies) -> Expansion:
    """All terms for a question. A few milliseconds for a long one; similar and near words are remembered."""
    figures = conf()
    numbered = list(enumerate(asked.words))
    own_stems = {stem for word in asked.words for stem, _ in word.alternatives if word.own}
    terms: list[Term] = []
    proposals: list[Proposals] = []
    choices: dict[int, tuple[Choice, ...]] = {}
    for number, word in numbered:
        here = known[word.language]
        for stem, weight in word.alternatives:
            if weight >= LEAST_WEIGHT:
                terms.append(Term(number, f"{word.language}:{stem}", weight))
            if weight >= LEAST_FOR_COMPOUNDS:
                factor = weight * figures.factor_compound
                proposals.append(_compounds(number, word, stem, factor, own_stems, here, table))
        if word.own:
            terms.extend(_parts(number, word, here, figures))
            if gram_weight(asked.language, word.language):
                proposals.append(_similar(number, word, here, figures))
    for place in {word.place for word in asked.words}:
        there = [(number, word) for number, word in numbered if word.place == place]
        found = _choices(there, asked.language, table, known)
        if found:
            choices[place] = found
            for number, choice in enumerate(found, start=1):
                terms.extend(_instead(there, asked.language, table, choice.near, number, figures))
    return Expansion(tuple(terms), tuple(one for one in proposals if one.forms), choices)


def gram_weight(asked_in: str, language: str) -> float:
    """Convex weight of the 4-grams beside the words for texts in `language`. Translations are compared as words: with
    a weight for grams that they cannot have, pages in the other language would always come last."""
    figures = conf()
    if asked_in != language and figures.gram_weight != 1.0:
        return 0.0
    if figures.gram_weight in (0.0, 1.0):
        return figures.gram_weight
    return figures.gram_weight if language == "de" else figures.gram_weight_other


def gram_count(word: AskedWord) -> float:
    """Weight of a word in the 4-grams' leg: a long word has more of them and says more."""
    return word.weight * len(set(grams(word.folded))) if word.own else 0.0


def _compounds(
    number: int,
    word: AskedWord,
    stem: str,
    factor: float,
    own_stems: set[str],
    known: Vocabulary,
    table: Translations,
) -> Proposals:
    """Words with this one in them, short ones first."""
    own_here = own_stems if word.own else set()
    rows: list[tuple[Form, str | None]] = []
    for form, others in known.compounds(stem):
        # Nothing else must be visible where the question has the other part too, or where the term table, which nobody's
        # private pages are in, says that it is a word.
        if any(other in own_here or is_word(other, word.language, table) for other in others):
            rows.append((form, None))
        else:
            rows.extend((form, f"{word.language}:{other}") for other in others if known.knows(other))
    return Proposals(
        WORDS,
        number,
        forms=[form.word for form, _ in rows],
        terms=[f"{word.language}:{form.stem}" for form, _ in rows],
        factors=[factor] * len(rows),
        needs=[needs for _, needs in rows],
    )


def _parts(number: int, word: AskedWord, known: Vocabulary, figures: SearchConf) -> Iterator[Term]:
    way = 0
    for split in splits(word.language, word.folded, parts=3):
        if all(map(known.knows, split)):
            way += 1
            for part in split:
                yield Term(number, f"{word.language}:{part}", figures.factor_parts, way=way, size=len(split))


def _similar(number: int, word: AskedWord, known: Vocabulary, figures: SearchConf) -> Proposals:
    found = known.similar(word.folded, figures.gram_share)
    return Proposals(
        GRAMS,
        number,
        forms=found.words,
        terms=[f"{word.language}:{stem}" for stem in found.stems],
        factors=[share * share for share in found.shares],
    )


def _choices(
    there: list[tuple[int, AskedWord]], asked_in: str, table: Translations, known: Vocabularies
) -> tuple[Choice, ...]:
    """Words that one may be a slip of, in any language of the site; none for a word that the term table knows."""
    word = there[0][1]
    languages = dict.fromkeys(other.language for _, other in there)
    stem = next((own.alternatives[0][0] for _, own in there if own.language == asked_in), "")
    if any(table.row(stem, asked_in, language) for language in languages if language != asked_in):
        return ()
    if stem in _FUNCTION_STEMS:
        return ()  # "mache", "making": forms of words that are never looked for
    found = [
        Choice(near, 2 * near.edits + (language != asked_in))
        for language in languages
        for near in known[language].near(word.folded)
    ]
    found.sort(key=lambda choice: choice.tier)  # stable: nearest first in each language
    if asked_in == "de":
        inside = known[asked_in].near_inside(
            word.folded, lambda part: is_word(stem_of(asked_in, part), asked_in, table)
        )
        found.extend(Choice(near, INSIDE) for near in inside)
    return tuple(found)


def _instead(
    there: list[tuple[int, AskedWord]],
    asked_in: str,
    table: Translations,
    meant: Near,
    choice: int,
    figures: SearchConf,
) -> Iterator[Term]:
    """The word meant and its translations, each at the first word of its language at that place."""
    factor = figures.factor_correction
    for language in dict.fromkeys(word.language for _, word in there):
        number = next(number for number, word in there if word.language == language)
        if language == meant.language and len(meant.forms) > 1:
            for form in meant.forms:
                # `way` beyond those of the word's own parts.
                yield Term(
                    number,
                    f"{language}:{form.stem}",
                    figures.factor_parts * factor,
                    way=1_000 + choice,
                    size=len(meant.forms),
                    choice=choice,
                )
        elif language == meant.language:
            yield Term(number, f"{language}:{meant.forms[0].stem}", factor, choice=choice)
        elif figures.bridge:
            stem = meant.forms[0].stem if len(meant.forms) == 1 else meant.word
            for other, weight in translations(stem, meant.language, language, word=meant.word, table=table):
                yield Term(number, f"{language}:{other}", weight * factor, choice=choice)
