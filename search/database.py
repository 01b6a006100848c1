"""Which database a process is at: what it remembers of one says nothing of another."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper


def database_name(database: BaseDatabaseWrapper) -> str:
    settings = database.settings_dict
    return f"{settings['HOST']}|{settings['PORT']}|{settings['NAME']}"
