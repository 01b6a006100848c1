"""A question's words -> the terms of the index that answer.sql looks up for them.

Everything that needs the vocabulary of the corpus happens here, in memory; what of it a reader may see, and so
what counts, is decided by the statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search.analysis import splits
from search.analysis import stem as stem_of
from search.analysis.stopwords import STOP_WORDS
from search.bilingual import Translations, translations
from search.conf import SearchConf, conf
from search.retrieval.question import AskedWord, Question, is_word
from search.vocabulary import Near, Vocabularies, Vocabulary
from search.vocabulary.words import grams

WORDS, GRAMS = 0, 1
"""The two lexical legs."""

LEAST_WEIGHT = 0.05
"""A translation with less weight is not looked up: 0.1 cost 0.03 nDCG@10 on d365po (train), 0 gained nothing."""
LEAST_FOR_COMPOUNDS = 0.25
"""A translation with less weight is too doubtful to look for compounds with it."""


_FUNCTION_STEMS = frozenset(
    stem_of(language, word) for language, stops in STOP_WORDS.items() for word in stops
)


@dataclass(frozen=True)
class Term:
    """A row of `given` in answer.sql."""

    leg: int
    word: int
    """place in Question.words"""
    term: str
    """"de:antrag" """
    factor: float
    """how much an occurrence counts"""
    way: int = 0
    """> 0: one of `size` parts of the word, which count only together"""
    size: int = 1
    needs: str | None = None
    """a term that must occur somewhere visible for this one to count: the other part of a compound"""
    choice: int = 0
    """> 0: the word may be a slip of this one; place in the choices for its place in the question, from 1"""


@dataclass(frozen=True)
class Expansion:
    terms: tuple[Term, ...]
    choices: dict[int, tuple[Near, ...]]
    """place in the question -> words that may be meant there"""


def expand(asked: Question, table: Translations, known: Vocabularies) -> Expansion:
    """All terms for a question. A few milliseconds for a long one; similar and near words are remembered."""
    figures = conf()
    numbered = list(enumerate(asked.words))
    own_stems = {stem for word in asked.words for stem, _ in word.alternatives if word.own}
    found: list[Term] = []
    choices: dict[int, tuple[Near, ...]] = {}
    for number, word in numbered:
        found.extend(_words(number, word, own_stems, known[word.language], table, figures))
        if word.own:
            found.extend(_parts(number, word, own_stems, known[word.language], figures))
            if gram_weight(asked.language, word.language):
                found.extend(_grams(number, word, known[word.language], figures))
    for place in {word.place for word in asked.words}:
        there = [(number, word) for number, word in numbered if word.place == place]
        near = _near(there, asked.language, table, known, figures)
        if near:
            choices[place] = near
            for choice, meant in enumerate(near, start=1):
                found.extend(_instead(there, asked.language, table, meant, choice, figures))
    return Expansion(tuple(found), choices)


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


def _words(
    number: int,
    word: AskedWord,
    own_stems: set[str],
    known: Vocabulary,
    table: Translations,
    figures: SearchConf,
) -> Iterator[Term]:
    own_here = own_stems if word.own else set()

    def needed(other: str) -> str | None:
        """The term that must be visible for a compound with this other part to count; None where the question has
        that word too, or the term table, which nobody's private pages are in, says that it is one."""
        if other in own_here or is_word(other, word.language, table):
            return None
        return f"{word.language}:{other}"

    for stem, weight in word.alternatives:
        if weight < LEAST_WEIGHT:
            continue
        yield Term(WORDS, number, f"{word.language}:{stem}", weight)
        if weight < LEAST_FOR_COMPOUNDS:
            continue
        found = {
            (compound, needs)
            for compound, other in known.compounds(stem)
            if (needs := needed(other)) is None or known.knows(other)
        }
        free = {compound for compound, needs in found if needs is None}
        rows = sorted(
            ((compound, needs) for compound, needs in found if needs is None or compound not in free),
            key=lambda row: (len(row[0]), row[0], row[1] or ""),
        )
        for compound, needs in rows[: figures.compound_words]:
            yield Term(
                WORDS, number, f"{word.language}:{compound}", weight * figures.factor_compound, needs=needs
            )


def _parts(
    number: int, word: AskedWord, own_stems: set[str], known: Vocabulary, figures: SearchConf
) -> Iterator[Term]:
    way = 0
    for split in splits(word.language, word.folded, parts=3):
        if all(known.knows(part) or part in own_stems for part in split):
            way += 1
            for part in split:
                yield Term(
                    WORDS, number, f"{word.language}:{part}", figures.factor_parts, way=way, size=len(split)
                )


def _grams(number: int, word: AskedWord, known: Vocabulary, figures: SearchConf) -> Iterator[Term]:
    for stem, share in known.similar(word.folded, figures.gram_share, figures.gram_words):
        yield Term(GRAMS, number, f"{word.language}:{stem}", share * share)


def _near(
    there: list[tuple[int, AskedWord]],
    asked_in: str,
    table: Translations,
    known: Vocabularies,
    figures: SearchConf,
) -> tuple[Near, ...]:
    """Words that one may be a slip of, in any language of the site; none for a word that the term table knows."""
    word = there[0][1]
    languages = dict.fromkeys(other.language for _, other in there)
    for language in languages:
        if language != asked_in and table.row(_stem(there, asked_in), asked_in, language):
            return ()
    if _stem(there, asked_in) in _FUNCTION_STEMS:
        return ()  # "mache", "making": forms of words that are never looked for
    found = [
        # "gewinen" is "gewinnen" rather than "Gewinn": people keep the capital, and leave letters out.
        (
            near.edits,
            language != asked_in,
            near.written[:1].isupper() != word.written[:1].isupper(),
            place,
            near,
        )
        for language in languages
        for place, near in enumerate(known[language].near(word.folded, figures.correction_words))
    ]
    found.sort(key=lambda item: item[:4])
    if not found and asked_in == "de" and not _is_compound(word, known[asked_in]):
        return known[asked_in].near_inside(
            word.folded,
            figures.correction_words,
            lambda part: is_word(stem_of(asked_in, part), asked_in, table),
        )
    return tuple(item[4] for item in found[: figures.correction_words])


def _is_compound(word: AskedWord, known: Vocabulary) -> bool:
    """Whether its parts are words of the corpus: then it is one that nobody has written there yet."""
    return any(all(known.knows(part) for part in split) for split in splits("de", word.folded, parts=3))


def _stem(there: list[tuple[int, AskedWord]], asked_in: str) -> str:
    own = [word for _, word in there if word.language == asked_in]
    return own[0].alternatives[0][0] if own else ""


def _instead(
    there: list[tuple[int, AskedWord]],
    asked_in: str,
    table: Translations,
    meant: Near,
    choice: int,
    figures: SearchConf,
) -> Iterator[Term]:
    """The word meant and its translations, each at the first word of its language at that place."""
    for language in dict.fromkeys(word.language for _, word in there):
        number = next(number for number, word in there if word.language == language)
        if language == meant.language and meant.parts:
            for part in meant.parts:
                term = f"{language}:{part}"
                factor = figures.factor_parts * figures.factor_correction
                # `way` beyond those of the word's own parts.
                yield Term(WORDS, number, term, factor, way=1_000 + choice, size=2, choice=choice)
        elif language == meant.language:
            yield Term(WORDS, number, f"{language}:{meant.stem}", figures.factor_correction, choice=choice)
        elif figures.bridge:
            for stem, weight in translations(
                meant.stem, meant.language, language, word=meant.word, table=table
            ):
                yield Term(
                    WORDS, number, f"{language}:{stem}", weight * figures.factor_correction, choice=choice
                )
