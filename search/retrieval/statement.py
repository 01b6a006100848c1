"""Running the one statement of a question: one message to PostgreSQL, ended by it when it takes too long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection

from search.reader import Reader
from search.retrieval import prepared
from search.retrieval.prepared import fetch
from search.retrieval.urls import root_patterns

PLANNER = {
    "jit": "off",  # compiling a plan of thirty CTEs takes longer than running it
    "enable_nestloop": "off",  # see answer.sql
    "work_mem": "'32MB'",  # hashes of some ten thousand postings stay in memory
    **prepared.SETTINGS,
}


_INCLUDE = "--include "


class TimedOut(Exception):
    """PostgreSQL ended the statement at its time limit."""


@cache
def sql(name: str, **variants: str) -> str:
    """Text of a statement beside this module, or `../room/name.sql`.

    A line `--include name.sql` stands for the text of that file here; `{fuse}` in it for the variant of that name.
    """
    lines = []
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.startswith(_INCLUDE):
            lines.append(sql(line.removeprefix(_INCLUDE).strip().format(**variants)))
        else:
            lines.append(line)
    return "\n".join(lines)


def visible_params(reader: Reader) -> dict[str, Any]:
    """The names that visible.sql reads. Pages below no site's root have no address, and so no readers."""
    return {
        "authenticated": reader.authenticated,
        "superuser": reader.superuser,
        "groups": list(reader.group_ids),
        "roots": root_patterns(),
    }


def run(
    statement: str, params: dict[str, Any], *, timeout_ms: int, settings: Mapping[str, str | int] = {}
) -> Any:
    """The single JSON value of a statement. `settings` hold beside those of PLANNER.

    Limits travel in the same message as the statement: several commands in one message are one transaction, so
    SET LOCAL holds for exactly this one and nothing is left on a pooled connection. Raises TimedOut.
    """
    planner = {**PLANNER, **settings, "statement_timeout": int(timeout_ms)}
    after = ""
    if connection.in_atomic_block:
        after = "".join(f"; set local {name} to default" for name in planner)
    try:
        found = fetch(statement, params, before=limits_of(planner), after=after)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "57014":
            raise TimedOut from error
        raise
    return None if found is None else json.loads(found)


def limits_of(settings: Mapping[str, str | int]) -> str:
    """Commands that hold for the rest of a transaction, to be put before a statement."""
    return "".join(f"set local {name} = {value}; " for name, value in settings.items())
