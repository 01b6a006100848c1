"""Front matter as people write it -> key facts. What cannot be read for certain stays unread."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kb.toolbox.markdown.draft import Facts, Role
from kb.toolbox.markdown.summary import cut_at_word

WORKING_DAY_MINUTES = 8 * 60

UNITS = {
    1: ("", "m", "min", "mins", "minute", "minutes", "minuten"),
    60: ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"),
    WORKING_DAY_MINUTES: ("d", "day", "days", "tag", "tage", "tagen"),
}
MINUTES_OF = {name: minutes for minutes, names in UNITS.items() for name in names}

AROUND = re.compile(r"^(?:~|ca\.?|circa|about|approx\.?|approximately|around|etwa|rund|ungefähr)\s*")
AT_LEAST = re.compile(
    r"^(?:at least|min\.?|minimum(?: of)?|from|mindestens|ab)\s+|\s*\((?:minimum|mindestens)\)$"
)
AT_MOST = re.compile(r"^(?:<=?|≤|up to|max\.?|maximum(?: of)?|bis(?: zu)?|höchstens)\s*")
ONE = {"one": "1", "a": "1", "an": "1", "ein": "1", "eine": "1", "einen": "1", "two": "2", "zwei": "2"}
NUMBER = r"(\d+(?:[.,]\d+)?)"
RANGE = re.compile(
    rf"{NUMBER}\s*([a-zäöü]*)\.?\s*(?:-|–|—|to|bis)\s*{NUMBER}\s*(\+?)\s*([a-zäöü]*)\.?\s*(\+?)"
)
SINGLE = re.compile(rf"{NUMBER}\s*(\+?)\s*([a-zäöü]*)\.?\s*(\+?)")
SUM = re.compile(rf"{NUMBER}\s*([a-zäöü]+)\.?\s*(?:and|und|,)?\s*{NUMBER}\s*([a-zäöü]+)\.?")
PEOPLE = re.compile(
    r"\s*(?:people|persons|participants|peers|personen|teilnehmende|menschen|or more|oder mehr)$"
)

Range = tuple[int | None, int | None]

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "difficulty": {
        "easy": ("easy", "low", "beginner", "simple", "leicht", "einfach", "gering"),
        "medium": ("medium", "moderate", "intermediate", "mittel"),
        "advanced": (
            "advanced",
            "hard",
            "difficult",
            "high",
            "expert",
            "schwer",
            "schwierig",
            "anspruchsvoll",
            "hoch",
        ),
    },
    "kind": {
        "event_format": (
            "event_format",
            "event format",
            "event",
            "format",
            "veranstaltungsformat",
            "veranstaltung",
        ),
        "method": ("method", "practice", "pattern", "methode", "praktik"),
        "process": ("process", "prozess", "ablauf"),
        "checklist": ("checklist", "checkliste"),
    },
    "phase": {
        "analyse": ("analyse", "analyze", "analysieren"),
        "plan": ("plan", "planen", "planung"),
        "do": ("do", "umsetzen", "durchführen", "umsetzung"),
        "evaluate": ("evaluate", "auswerten", "auswertung", "evaluation"),
    },
    "mode": {
        "onsite": ("onsite", "on-site", "on site", "in person", "vor ort", "präsenz"),
        "online": ("online", "remote", "digital", "virtuell"),
        "hybrid": ("hybrid",),
    },
    "cost_class": {
        "none": ("none", "no", "free", "keine", "kostenlos"),
        "low": ("low", "gering", "niedrig"),
        "medium": ("medium", "mittel"),
        "high": ("high", "hoch"),
    },
    "status": {
        "draft": ("draft", "entwurf"),
        "tested": ("tested", "erprobt"),
        "proven": ("proven", "bewährt"),
    },
}

# Names of front matter values -> what they are here.
NAMES = {
    "kind": "kind", "type": "kind", "art": "kind",
    "task_area": "task_area", "aufgabenfeld": "task_area",
    "phase": "phase",
    "duration": "duration", "time": "duration", "dauer": "duration", "zeit": "duration", "zeitbedarf": "duration",
    "lead_time": "lead_time", "vorlauf": "lead_time",
    "group_size": "group_size", "people": "group_size", "gruppengröße": "group_size", "personen": "group_size",
    "effort": "effort", "aufwand": "effort",
    "cost": "cost_class", "kosten": "cost_class",
    "cost_note": "cost_note",
    "mode": "mode", "modus": "mode",
    "difficulty": "difficulty", "schwierigkeit": "difficulty", "level": "difficulty",
    "reviewed_on": "reviewed_on", "geprüft_am": "reviewed_on",
    "next_review": "next_review",
    "reviewed_by": "reviewed_by",
    "status": "status",
    "author": "authors", "authors": "authors", "autor": "authors", "autoren": "authors", "autorinnen": "authors",
    "source": "source", "quelle": "source",
    "url": "source_url", "source_url": "source_url", "link": "source_url",
    "licence": "licence", "license": "licence", "lizenz": "licence",
    "contact": "contact", "kontakt": "contact",
    "roles": "roles", "rollen": "roles", "participants": "roles", "teilnehmende": "roles", "beteiligte": "roles",
}  # fmt: skip

# What the page's fields hold. A longer value stays unread rather than being cut.
LENGTHS = {
    "cost_note": 120,
    "reviewed_by": 120,
    "authors": 250,
    "source": 250,
    "source_url": 200,
    "licence": 60,
}
ROLE_CHARACTERS = 80
TASK_CHARACTERS = 250


def read_facts(front_matter: Mapping[str, Any]) -> tuple[Facts, tuple[Role, ...], dict[str, Any]]:
    """(facts, roles, what could not be read), the last with the names and values as they stand in the source."""
    found: dict[str, Any] = {}
    roles: tuple[Role, ...] = ()
    unread: dict[str, Any] = {}
    for name, value in front_matter.items():
        target = NAMES.get(name.strip().lower().replace("-", "_").replace(" ", "_"))
        if value is None or value == "" or value == []:
            continue
        if target == "roles" and not roles and (read := read_roles(value)) is not None:
            roles = read
        elif (
            target
            and target != "roles"
            and (values := _read(target, value))
            and not values.keys() & found.keys()
        ):
            found |= values
        else:
            unread[name] = value
    return Facts(**found), roles, unread


def _read(target: str, value: Any) -> dict[str, Any]:
    if target in WORDS:
        word = read_word(target, value)
        return {target: word} if word else {}
    if target == "duration":
        return _both("duration_min", "duration_max", read_duration(value))
    if target == "group_size":
        return _both("group_min", "group_max", read_people(value))
    if target == "lead_time":
        days = read_count(value)
        return {} if days is None else {"lead_time_days": days}
    if target == "effort":
        effort = read_decimal(value)
        return {} if effort is None else {"effort_days": effort}
    if target in {"reviewed_on", "next_review"}:
        day = read_date(value)
        return {} if day is None else {target: day}
    if target == "contact":
        return {target: str(value)} if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value)) else {}
    if target == "source_url" and not re.match(r"https?://\S+$", str(value)):
        return {}
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {target: words} if len(words) <= LENGTHS.get(target, 80) and not isinstance(value, dict) else {}


def _both(low: str, high: str, limits: Range | None) -> dict[str, Any]:
    return {} if limits is None else {low: limits[0], high: limits[1]}


# --- One kind of value each ---


def read_word(name: str, value: Any) -> str | None:
    """The choice of field `name` that a word in German or English stands for."""
    word = str(value).strip().lower() if value is not False else "no"
    return next((choice for choice, words in WORDS[name].items() if word in words), None)


def read_duration(value: Any) -> Range | None:
    """Minutes from–to of "30-60 min", "1,5 Stunden", "2+ hours"; None where it cannot be said for certain.

    A day is a working day of eight hours. Weeks and "ongoing" are no duration of a meeting.
    """
    text, at_least, at_most = _shape(value)
    if found := SUM.fullmatch(text):
        parts = [_minutes(found[1], found[2]), _minutes(found[3], found[4])]
        return None if None in parts else _limits(sum(filter(None, parts)), at_least, at_most)
    if found := RANGE.fullmatch(text):
        unit = found[5]
        low, high = _minutes(found[1], found[2] or unit), _minutes(found[3], unit)
        if low is None or high is None or low > high or high == 0:
            return None
        return (low, None if found[4] or found[6] or at_least else high)
    if found := SINGLE.fullmatch(text):
        minutes = _minutes(found[1], found[3])
        return _limits(minutes, at_least or bool(found[2] or found[4]), at_most) if minutes else None
    return None


def read_people(value: Any) -> Range | None:
    """Persons from–to of "4+", "2-20", "<10", "Min. 2"; None where it cannot be said for certain."""
    text, at_least, at_most = _shape(value)
    at_least = at_least or bool(re.search(r"(?:or more|oder mehr)$", text))
    below = str(value).strip().startswith("<") and not str(value).strip().startswith("<=")
    text = PEOPLE.sub("", text)
    if found := re.fullmatch(r"(\d+)\s*(?:-|–|to|bis)\s*(\d+)\s*(\+?)", text):
        low, high = int(found[1]), int(found[2])
        return (low, None if found[3] else high) if 0 < low <= high else None
    if found := re.fullmatch(r"(\d+)\s*(\+?)", text):
        number = int(found[1]) - (1 if below else 0)
        return _limits(number, at_least or bool(found[2]), at_most) if number > 0 else None
    return None


def read_roles(value: Any) -> tuple[Role, ...] | None:
    """Roles of a list of names or of {role, count, task}; None for anything else."""
    entries = value if isinstance(value, list) else [value]
    roles = []
    for entry in entries:
        if (
            isinstance(entry, dict)
            and isinstance(entry.get("role"), str)
            and entry.keys() <= {"role", "count", "task"}
        ):
            role = Role(
                entry["role"].strip(), read_count(entry.get("count")), str(entry.get("task") or "").strip()
            )
        elif isinstance(entry, str) and len(entry) > ROLE_CHARACTERS:
            role = Role(cut_at_word(entry, ROLE_CHARACTERS), task=entry.strip())
        elif isinstance(entry, str):
            role = Role(entry.strip())
        elif not entry:
            continue
        else:
            return None
        if len(role.role) > ROLE_CHARACTERS or len(role.task) > TASK_CHARACTERS:
            return None
        if role.role:
            roles.append(role)
    return tuple(roles)


def read_count(value: Any) -> int | None:
    """A whole number that is not negative."""
    text = str(value).strip()
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None


def read_decimal(value: Any) -> Decimal | None:
    """A number with a point or a comma, not negative."""
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < 10_000 else None


def read_date(value: Any) -> datetime.date | None:
    """A YAML date, 2026-09-14 or 14.9.2026."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(str(value).strip(), form).date()
        except ValueError:
            continue
    return None


def _shape(value: Any) -> tuple[str, bool, bool]:
    """(the figures, “at least” was said, “at most” was said)."""
    text = AROUND.sub("", " ".join(str(value).lower().split()).rstrip("."))
    text, least = AT_LEAST.subn("", text)
    text, most = AT_MOST.subn("", text)
    first, _, rest = text.partition(" ")
    if rest and first in ONE:
        text = f"{ONE[first]} {rest}"
    return text, bool(least), bool(most)


def _minutes(number: str, unit: str) -> int | None:
    factor = MINUTES_OF.get(unit)
    return None if factor is None else round(float(number.replace(",", ".")) * factor)


def _limits(number: int | None, at_least: bool, at_most: bool) -> Range | None:
    if number is None:
        return None
    return (None, number) if at_most else (number, None if at_least else number)
