"""Which heading means which field of a guide, in German and English.

Compared in lower case without punctuation and numbering. A heading that is not here becomes a section of its own: a
wrong field is worse than a section that an editor moves.
"""

from __future__ import annotations

import re

SYNONYMS: dict[str, tuple[str, ...]] = {
    "summary": (
        "patlet", "abstract", "executive summary", "summary", "kurzfassung", "zusammenfassung", "kurz gesagt",
        "in kürze", "auf einen blick", "tl dr",
    ),
    "purpose": (
        "ziel und nutzen", "ziel", "ziele", "zweck", "nutzen", "zweck und nutzen", "worum es geht", "warum",
        "wozu", "was ist das", "was ist es", "worum geht es", "purpose and benefit", "purpose", "purpose and benefits",
        "benefit", "benefits", "goal", "goals", "aim", "aims", "objective", "objectives", "why", "why do it",
        "why use it", "why do this", "why we do this", "what is it", "what is this", "what it is", "what", "overview",
        "überblick", "problem",
    ),
    "when_to_use": (
        "wann es passt", "wann", "wann einsetzen", "wann nutzen", "anwendungsfälle", "einsatzgebiete", "anlass",
        "when to use it", "when to use", "when to use this", "when", "where and how you might use it",
        "where and how you might use them", "use cases", "context", "kontext",
    ),
    "when_not_to_use": (
        "wann nicht", "wann es nicht passt", "grenzen", "when not to use it", "when not to use", "when not",
        "weaknesses and when not to use", "limitations", "limits",
    ),
    "preparation": (
        "vorbereitung", "vorbereitungen", "checkliste vorbereitung", "voraussetzungen", "preparation", "preparations",
        "prepare", "before you start", "prerequisites",
    ),
    "materials": (
        "material", "materialien", "benötigtes material", "was sie brauchen", "werkzeuge und material", "materials",
        "materials needed", "facilitation materials needed", "facilitation materials", "what you need", "equipment",
    ),
    "steps": (
        "ablauf", "schritte", "schritt für schritt", "vorgehen", "vorgehensweise", "durchführung", "anleitung",
        "so geht es", "so geht s", "so gehts", "so gehen sie vor", "steps", "step by step", "how to do it", "how to",
        "how to use it", "how to run it", "how", "method", "procedure", "process", "the process", "instructions",
        "activities how to get there", "agenda", "solution", "solutions",
    ),
    "pitfalls": (
        "stolpersteine", "stolperfallen", "fallstricke", "häufige fehler", "typische fehler", "schwierigkeiten",
        "fragen hindernisse und häufige missverständnisse", "pitfalls", "common pitfalls", "common mistakes",
        "mistakes to avoid", "traps", "challenges",
    ),
    "variants": (
        "varianten", "variante", "abwandlungen", "variants", "variations", "variation", "alternatives",
    ),
    "success": (
        "erfolg messen", "erfolgsmessung", "woran sie erfolg erkennen", "messung", "measuring success",
        "measure success", "success criteria", "how to measure success", "metrics", "indicators",
    ),
    "inclusive_delivery": (
        "barrierearm durchführen", "barrierefrei durchführen", "inklusive durchführung", "inclusive delivery",
        "accessible delivery",
    ),
    "roles": (
        "rollen", "beteiligte", "wer macht was", "roles", "roles and responsibilities", "who do you need",
        "who needs to be involved",
    ),
}  # fmt: skip

FIELD_OF = {words: name for name, synonyms in SYNONYMS.items() for words in synonyms}


def field_of(heading: str) -> str | None:
    """The field a heading stands for, None for one that is not known."""
    return FIELD_OF.get(normalised(heading))


def normalised(heading: str) -> str:
    """A heading in lower case, without numbering in front, punctuation, and “(optional)”."""
    words = re.sub(r"\((?:optional|wahlweise)\)", " ", heading.lower())
    words = (
        re.sub(r"^\s*(?:schritt|step|\d+(?:\.\d+)*)[.):]?\s+(?=\D)", "", words)
        if words[:1].isdigit()
        else words
    )
    return " ".join(re.findall(r"[^\W_]+", words))
