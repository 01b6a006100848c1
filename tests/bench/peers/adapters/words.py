"""Stop words and stems for peers that leave analysis to their user: those of bm25s and Snowball."""

from functools import cache
from typing import Any

SNOWBALL = {"de": "german", "en": "english"}


@cache
def stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(SNOWBALL[language])


@cache
def stop_words(language: str) -> tuple[str, ...]:
    from bm25s import stopwords

    return tuple({"de": stopwords.STOPWORDS_GERMAN, "en": stopwords.STOPWORDS_EN}[language])


def tokens(texts: list[str], language: str, *, stop: str = "") -> list[list[str]]:
    """Stems, without the stop words of `stop` (a question's own language) or of the texts' language."""
    import bm25s

    return list(
        bm25s.tokenize(
            texts,
            stopwords=list(stop_words(stop or language)),
            stemmer=stemmer(language),
            return_ids=False,
            show_progress=False,
        )
    )
