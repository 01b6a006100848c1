"""The database itself does with a row what its model says should happen when the row it refers to is deleted.

Django collects the rows that go along before it deletes anything. One that a worker or another request writes after that
("Was this helpful?" on a guide that is being deleted) would make the whole deletion fail when it commits; with the action
on the constraint it goes along.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models

OURS = ("kb", "search", "accounts", "demo")
"""Packages whose tables are looked after. Those of Wagtail and others are theirs."""
_NO_ACTION = ("a", "")
_ACTIONS: dict[Any, tuple[str, str]] = {
    models.CASCADE: ("c", "on delete cascade"),
    models.SET_NULL: ("n", "on delete set null"),
}
"""`confdeltype` of pg_constraint, and how a statement says it."""


def apply(**_: Any) -> None:
    """Gives each foreign key the action of its field, where it has another one. After each migration, so that a new table
    has it from the start, and a key that a migration has made anew gets it back."""
    fields: dict[tuple[str, str | None], Any] = {
        (model._meta.db_table, field.column): field
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.partition(".")[0] in OURS
        for field in model._meta.local_concrete_fields
        if getattr(field, "db_constraint", False)  # what search keeps in its own way has none of Django's
    }
    with connection.cursor() as cursor:
        for table, column, name, there in _constraints(cursor):
            if (field := fields.get((table, column))) is None:
                continue
            code, action = _ACTIONS.get(field.remote_field.on_delete, _NO_ACTION)
            if code != there:
                cursor.execute(_statement(field, name, action))


def _constraints(cursor: Any) -> list[tuple[str, str, str, str]]:
    """Table, column, name and action of each foreign key there is."""
    cursor.execute(
        """
        select t.relname, a.attname, c.conname, c.confdeltype
        from pg_constraint c
        join pg_class t on t.oid = c.conrelid
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and cardinality(c.conkey) = 1 and c.connamespace = current_schema()::regnamespace
        order by t.relname, a.attname
        """
    )
    return list(cursor.fetchall())


def _statement(field: Any, name: str, action: str) -> str:
    quote = connection.ops.quote_name
    # PostgreSQL cannot change the action of a constraint: it is made anew, in one statement.
    return (
        f"alter table {quote(field.model._meta.db_table)} drop constraint {quote(name)}, "
        f"add constraint {quote(name)} foreign key ({quote(field.column)}) "
        f"references {quote(field.remote_field.model._meta.db_table)} ({quote(field.target_field.column)}) "
        f"{action} deferrable initially deferred"
    )
