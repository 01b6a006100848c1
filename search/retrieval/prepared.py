"""Statements that PostgreSQL plans once for each connection: planning a question's takes a fifth of answering it.

A statement is prepared and executed in one message, later only executed. Behind a pooler that hands its connections
around nobody knows which of them have prepared what: both ways of being wrong are noticed and cost a round trip.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection, transaction

SETTINGS = {"plan_cache_mode": "force_generic_plan"}
"""The plan of a question hangs on none of its values: answer.sql is written so."""

_PLACE = re.compile(r"%\((\w+)\)s|%%")
_TYPES: Mapping[type, str] = {
    bool: "bool",
    int: "int",
    float: "float8",
    bytes: "bytea",
    UUID: "uuid",
    datetime: "timestamptz",
    date: "date",
}
_MISSING, _THERE = "26000", "42P05"
"""invalid_sql_statement_name, duplicate_prepared_statement (PostgreSQL, appendix A)"""

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""psycopg's connection -> names of what is prepared there"""


@dataclass(frozen=True)
class Prepared:
    name: str
    prepare: str
    execute: str
    """both with the parameters of the statement, by name"""


def fetch(statement: str, params: Mapping[str, Any], *, before: str = "", after: str = "") -> Any:
    """First value of the first row. `before` and `after` are commands for the same message."""
    prepared = _prepared(statement, tuple((name, _type_of(value)) for name, value in params.items()))
    connection.ensure_connection()
    known = _known.setdefault(connection.connection, set())
    text = prepared.execute if prepared.name in known else prepared.prepare + prepared.execute
    # Inside someone's transaction an error must not spoil it.
    savepoint: AbstractContextManager[Any] = (
        transaction.atomic() if connection.in_atomic_block else nullcontext()
    )
    try:
        with savepoint:
            found = _fetch(before + text + after, params)
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state not in (_MISSING, _THERE):
            raise
        text = prepared.execute if state == _THERE else prepared.prepare + prepared.execute
        found = _fetch(before + text + after, params)
    known.add(prepared.name)
    return found


@lru_cache(maxsize=64)
def _prepared(statement: str, types: tuple[tuple[str, str], ...]) -> Prepared:
    places = {name: place for place, (name, _) in enumerate(types, start=1)}
    numbered = _PLACE.sub(lambda match: f"${places[match[1]]}" if match[1] else "%%", statement)
    declared = ", ".join(kind for _, kind in types)
    values = ", ".join(f"%({name})s" for name in places)
    name = "lotse_" + hashlib.blake2b(f"{declared} {numbered}".encode(), digest_size=12).hexdigest()
    return Prepared(
        name=name,
        prepare=f"prepare {name}{f' ({declared})' if types else ''} as {numbered}; ",
        execute=f"execute {name}{f' ({values})' if types else ''}",
    )


def _type_of(value: Any) -> str:
    """PostgreSQL's type of a parameter. What is None or empty is text, which every cast of a statement reads."""
    if isinstance(value, list | tuple):
        return _type_of(next((one for one in value if one is not None), None)) + "[]"
    return _TYPES.get(type(value), "text")


def _fetch(message: str, params: Mapping[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(message, params)
        while cursor.description is None:
            if not cursor.nextset():
                raise RuntimeError("The statement gave no result")
        row = cursor.fetchone()
    return None if row is None else row[0]
