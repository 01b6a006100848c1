"""What makes two questions the same one: their set of terms, without order, endings and words of grammar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.crypto import salted_hmac

from search.analysis import words


def terms_of(question: str, language: str) -> dict[str, str]:
    """Term -> the word as written, ordered by term. Numbers do not count, and joined words count as their parts:
    "Cross-Innovation 2026" asks what "Cross Innovation" asks."""
    found: dict[str, str] = {}
    joined = ""
    for word in words(question, language):
        if word.part:
            found.pop(joined, None)
        elif not word.term.isdigit():
            joined = "" if word.term in found else word.term
        if not word.term.isdigit():
            found.setdefault(word.term, question[word.start : word.end])
    return dict(sorted(found.items()))


def key_of(terms: Iterable[str], language: str) -> str:
    """128 bits in hexadecimal digits for a set of terms, the same as long as the site keeps its secret key.

    Keyed, since a plain hash of two or three words could be tried out by whoever holds a copy of the database.
    """
    text = " ".join([f"{language}:", *sorted(terms)])
    return salted_hmac("search.gaps", text, algorithm="sha256").hexdigest()[:32]


def readable(terms: Mapping[str, str]) -> list[str]:
    """The words of `terms_of` for people, in alphabetical order: what is kept when the wording is gone."""
    return sorted((word[:80] for word in terms.values()), key=str.casefold)
