"""Names of people in a question: after a title, by their given name, or by looking like given and family name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from search.analysis.normalise import fold
from search.analysis.stopwords import STOP_WORDS

# Letters, also joined: Müller-Lüdenscheidt, O'Brien. A dot at the end is the title's or the initial's.
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’‐‑][^\W\d_]+)*\.?")

_TITLES = "herr herrn frau fräulein dr prof professor professorin dipl ing mr mrs mister"
_SPOKEN_TITLES = "herr herrn frau dr mr mrs"
_ROLES = """
ansprechpartner ansprechpartnerin berater beraterin boss bürgermeister bürgermeisterin chef chefin colleague company
consultant doktor eheleute familie firma freund freundin geschäftsführer geschäftsführerin kollege kollegen kollegin
manager managerin minister ministerin nachbar nachbarin pastor pastorin referent referentin senator senatorin speaker
vorsitzende vorsitzender
"""
_PARTICLES = "von van de di da la le el al ten ter"
_LEGAL_FORMS = "gmbh mbh ag kg ohg gbr ug kgaa ltd inc llc"

TITLES = frozenset(_TITLES.split())
"""A name follows that may be a word as well: "Frau Klug", "Dr. Koch"."""
SPOKEN_TITLES = frozenset(_SPOKEN_TITLES.split())
"""… also where nothing is written in capitals: "herr koch zahlt nicht"."""
ROLES = frozenset(_ROLES.split())
"""A name may follow, or a word: "Kollegin Krüger", "Firma gründen"."""
PARTICLES = frozenset(_PARTICLES.split())
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())

# Endings of family names that stand in no list: Detlefsen, Kowalczyk, Yıldızoğlu. Not Messen, Kreisen, Wiesen.
_FAMILY_ENDING = re.compile(r"..(?:[dklmnrt]|ef|thie|es)sen$|..(?:ski|ska|czyk|oglu|ovic|enko|opoulos|idis)$")
_INTRODUCTION = re.compile(r"\b(?:ich hei(?:ß|ss)e|mein name ist|my name is|gez\.)\s+", re.IGNORECASE)
_INTRODUCED = re.compile(r"[^\W\d_][\w'’-]+(?:\s[A-ZÄÖÜ][\w'’-]+){0,2}")

LONGEST_NAME = 4
"""Words: "Maria Anna Müller Koch". More unknown words with capitals in a row are a headline."""


@dataclass(frozen=True)
class _Token:
    folded: str
    start: int
    end: int
    capital: bool
    """written like a name: a capital letter and small ones after it; all in capitals where everything is"""
    adjoins: bool
    """only blanks lie between it and the token before"""


Unknown = Callable[[_Token], bool]
"""True for what is no word of the language or of public pages, or a frequent family name all the same"""


def find(text: str, known: Callable[[Iterable[str]], frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Start and end of each name. `known` is asked at most once, and only where a rule depends on it."""
    tokens = _tokens(text)
    unknown = _asked_once(tokens, known)
    for place, token in enumerate(tokens):
        for rule in (_after_title, _by_given_name, _after_role, _before_legal_form, _by_looks):
            if end := rule(tokens, place, unknown):
                yield token.start, tokens[end - 1].end
    for match in _INTRODUCTION.finditer(text):
        if (name := _INTRODUCED.match(text, match.end())) and not _is_grammar(fold(name.group())):
            yield name.span()


def _tokens(text: str) -> list[_Token]:
    shouted = not any(character.islower() for character in text)
    found: list[_Token] = []
    before = 0
    for match in _TOKEN.finditer(text):
        word = match.group().rstrip(".")
        found.append(
            _Token(
                folded=fold(word),
                start=match.start(),
                end=match.start() + len(word),
                capital=word[0].isupper() and (shouted or len(word) == 1 or not word.isupper()),
                adjoins=bool(found) and not text[before : match.start()].strip(),
            )
        )
        before = match.end()
    return found


def _asked_once(tokens: Sequence[_Token], known: Callable[[Iterable[str]], frozenset[str]]) -> Unknown:
    @cache
    def known_here() -> frozenset[str]:
        return known({token.folded for token in tokens if not _is_grammar(token.folded)})

    def unknown(token: _Token) -> bool:
        if _is_grammar(token.folded):
            return False
        name = token.folded in family_names() or _FAMILY_ENDING.search(token.folded)
        return bool(name) or token.folded not in known_here()

    return unknown


# Each rule: the place behind the name that begins at `place`; 0 where none does. --------------------------------


def _after_title(tokens: Sequence[_Token], place: int, unknown: Unknown) -> int:
    first = place
    while _at(tokens, first, place) and tokens[first].folded in TITLES:
        first += 1
    if first == place:
        return 0
    name = _behind_particles(tokens, first)
    if not _at(tokens, name, place):
        return 0
    token = tokens[name]
    whispered = tokens[place].folded in SPOKEN_TITLES and not any(other.capital for other in tokens)
    if _is_grammar(token.folded) or not (token.capital or whispered):
        return 0
    return _end_of_name(tokens, name, unknown)


def _by_given_name(tokens: Sequence[_Token], place: int, unknown: Unknown) -> int:
    if _is_given(tokens[place]):
        return _end_of_name(tokens, place, unknown)
    if not tokens[place].capital or tokens[place].folded not in names_or_words():
        return 0
    family = _behind_particles(tokens, place + 1)
    if not _at(tokens, family, place) or not _looks_like_name(tokens[family]) or not unknown(tokens[family]):
        return 0
    return _end_of_name(tokens, family, unknown)


def _after_role(tokens: Sequence[_Token], place: int, unknown: Unknown) -> int:
    if not place or tokens[place - 1].folded not in ROLES or not tokens[place].adjoins:
        return 0
    return _end_of_unknown(tokens, place, unknown)


def _before_legal_form(tokens: Sequence[_Token], place: int, unknown: Unknown) -> int:
    form = _end_of_capitals(tokens, place)
    while place < form and tokens[form - 1].folded in LEGAL_FORMS:
        form -= 1  # shouted: the legal form looks like a name too
    if not (place < form < len(tokens)) or tokens[form].folded not in LEGAL_FORMS or not tokens[form].adjoins:
        return 0
    return form if _end_of_unknown(tokens, place, unknown) >= form else 0


def _by_looks(tokens: Sequence[_Token], place: int, unknown: Unknown) -> int:
    if not _looks_like_name(tokens[place]):
        return 0
    family = _behind_particles(tokens, place + 1)
    # "Femke de Vries", but not "Austrit von Mitgliedren"
    if family > place + 1 and tokens[place + 1].folded != "von" and _looks_like_name(tokens[family]):
        return family + 1 if unknown(tokens[place]) and unknown(tokens[family]) else 0
    if _end_of_capitals(tokens, place) - place < 2:
        return 0
    if tokens[place].adjoins and _looks_like_name(tokens[place - 1]) and unknown(tokens[place - 1]):
        return 0  # inside a run that is judged from its beginning
    end = _end_of_unknown(tokens, place, unknown)
    return end if 2 <= end - place <= LONGEST_NAME else 0


# What the rules ask -----------------------------------------------------------------------------------------------


def _end_of_name(tokens: Sequence[_Token], first: int, unknown: Unknown) -> int:
    """Behind the rest of a name that begins at `first`: after a given name or an initial the next word belongs to
    it, after a family name only what is no word ("Sabine Koch Mitglieder" ends before the members)."""
    end = first + 1
    while end - first < LONGEST_NAME:
        place = _behind_particles(tokens, end)
        if not _at(tokens, place, first) or _is_grammar(tokens[place].folded):
            break
        token, before = tokens[place], tokens[end - 1]
        if _is_given(before) or len(before.folded) == 1:
            belongs = token.capital or unknown(token)
        else:
            belongs = token.capital and (place > end or unknown(token))
        if not belongs:
            break
        end = place + 1
    return end


def _end_of_capitals(tokens: Sequence[_Token], place: int) -> int:
    end = place
    while _at(tokens, end, place) and _looks_like_name(tokens[end]):
        end += 1
    return end


def _end_of_unknown(tokens: Sequence[_Token], place: int, unknown: Unknown) -> int:
    """Behind the unknown words with capitals that begin at `place`; 0 where none does."""
    end = place
    while _at(tokens, end, place) and _looks_like_name(tokens[end]) and unknown(tokens[end]):
        end += 1
    return end if end > place else 0


def _at(tokens: Sequence[_Token], place: int, first: int) -> bool:
    """True where there is a token at `place` that adjoins the one before, if that is not the first."""
    return place < len(tokens) and (place == first or tokens[place].adjoins)


def _behind_particles(tokens: Sequence[_Token], place: int) -> int:
    """Behind "von der", "de la" where a word follows them; else `place`."""
    end = place
    while _at(tokens, end, -1) and (
        tokens[end].folded in PARTICLES or (end > place and tokens[end].folded in {"der", "den"})
    ):
        end += 1
    return end if _at(tokens, end, -1) else place


def _is_given(token: _Token) -> bool:
    """Anna, and Anna-Lena; not the Anna-Freud-Institut, which is no person but is masked by its looks if unknown."""
    return all(part in given_names() for part in re.split("[-‐‑]", token.folded))


def _looks_like_name(token: _Token) -> bool:
    return token.capital and len(token.folded) > 1


def _is_grammar(folded: str) -> bool:
    return len(folded) > 1 and any(folded in words for words in STOP_WORDS.values())


@cache
def given_names() -> frozenset[str]:
    """The list beside this file."""
    return _read("given_names.txt")


@cache
def names_or_words() -> frozenset[str]:
    """The list beside this file."""
    return _read("names_or_words.txt")


@cache
def family_names() -> frozenset[str]:
    """The list beside this file."""
    return _read("family_names.txt")


def _read(name: str) -> frozenset[str]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
