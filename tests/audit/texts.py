"""Texts that stand on a page in the wrong language: untranslated ones of the interface, and whole sentences."""

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

CATALOGUE = Path(__file__).parents[2] / "site" / "locale" / "de" / "LC_MESSAGES" / "django.po"
FEW = 3
"""So many function words of the other language, and more than of its own, make a text one of the other language."""
WORDS = {
    "de": "der die das und ist nicht mit für ein eine einen auf von zu den dem des im sich auch wie oder wenn Sie wird",
    "en": "the and is not with for a an of to in on that this or if you are be it from your we by as at",
}

# What a reader sees or hears, with the language it is said to be in.
COLLECT = """
() => {
  const found = [];
  const add = (element, text) => {
    if (text && text.trim()) found.push([element.closest("[lang]")?.lang ?? "", text.trim().replace(/\\s+/g, " ")]);
  };
  for (const element of document.body.querySelectorAll("*")) {
    if (["SCRIPT", "STYLE", "TEMPLATE"].includes(element.tagName)) continue;
    for (const name of ["aria-label", "title", "alt", "placeholder"]) add(element, element.getAttribute(name));
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) add(element, node.data);
  }
  add(document.documentElement, document.title);
  return found;
}
"""


def in_the_other_language(tab: Page, language: str) -> list[str]:
    """Texts of `tab` that claim to be in `language` ("de" or "en") and are not."""
    other = "en" if language == "de" else "de"
    said = dict.fromkeys(text for claimed, text in tab.evaluate(COLLECT) if claimed == language)
    foreign = _messages(other)
    return [text[:120] for text in said if text in foreign or _is_in(other, language, text)]


def _is_in(other: str, own: str, text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    of_other, of_own = (sum(word in WORDS[code].split() for word in words) for code in (other, own))
    return of_other >= FEW and of_other > of_own


@cache
def _messages(language: str) -> frozenset[str]:
    """Texts of the interface in `language` ("en": as the code has them) that are something else in the other one."""
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', CATALOGUE.read_text(), re.MULTILINE)
    every = {"en": {english for english, _ in pairs}, "de": {german for _, german in pairs}}
    both = every["en"] & every["de"]
    return frozenset(every[language] - both)
