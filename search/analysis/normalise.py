"""Characters: one form for what readers consider the same letter."""

import re
import unicodedata
from functools import lru_cache

# Soft hyphen, zero-width space and joiners, direction marks and overrides, word joiner, byte order mark.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
# Tab, newline and carriage return separate words and so are kept apart from the other control characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Composed text (NFC) without what a reader cannot see; PostgreSQL takes neither NUL nor lone surrogates."""
    text = _SURROGATE.sub("", text)
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", _INVISIBLE.sub("", text)))


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case, compatibility forms unified, ß as ss, accents removed except ä, ö, ü.

    The diaeresis stays because the German stemmer knows ae, oe, ue only as spellings of it.
    """
    word = unicodedata.normalize("NFKC", word).casefold()
    if word.isascii():
        return word
    folded = []
    for character in word:
        if character in "äöü":
            folded.append(character)
            continue
        decomposed = unicodedata.normalize("NFD", character)
        folded.append("".join(part for part in decomposed if not unicodedata.combining(part)))
    return "".join(folded).replace("ø", "o").replace("ł", "l").replace("æ", "ae").replace("œ", "oe")
