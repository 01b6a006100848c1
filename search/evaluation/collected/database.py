"""A database of its own for each collection and model, on the server of the site."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
from typing import Any


class NoDatabase(RuntimeError):
    """The server cannot be reached or lets no database be made; the text says which."""


def point_django_at(collection: str, *, model: str | None, languages: list[str]) -> str:
    """Makes the collection's database where it is missing, and Django use it; call before django.setup().

    Returns its name. Raises NoDatabase.
    """
    site = os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.production")
    os.environ.setdefault("LOTSE_SITE_SETTINGS", site)
    settings = importlib.import_module(os.environ["LOTSE_SITE_SETTINGS"])
    name = database_name(collection, model or settings.SEARCH_EMBEDDING_MODEL)
    _create(name, settings.DATABASES["default"])
    os.environ["LOTSE_COLLECTION_DATABASE"] = name
    os.environ["LOTSE_COLLECTION_MODEL"] = model or ""
    os.environ["LOTSE_COLLECTION_CONFIG"] = (
        "german" if "de" in languages else "english" if "en" in languages else "simple"
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "search.evaluation.collected.settings"
    return name


def database_name(collection: str, model: str) -> str:
    """At most 63 bytes, as PostgreSQL cuts names silently; models that differ only beyond that are told apart."""
    model = model.rstrip("/")
    short = re.sub(r"[^a-z0-9]+", "_", model.rpartition("/")[2].lower()).strip("_")[:20]
    mark = hashlib.blake2b(f"{collection} {model}".encode(), digest_size=3).hexdigest()
    return f"lotse_collection_{collection[:15]}_{short}_{mark}"


def _create(name: str, database: dict[str, Any]) -> None:
    import psycopg
    from psycopg import sql

    server: dict[str, Any] = {
        word: database.get(key) or None
        for word, key in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
    }
    # The site's own database need not be there yet; every server has one called postgres, not all let one in.
    refused: psycopg.Error | None = None
    for known in (database["NAME"], "postgres"):
        try:
            with psycopg.connect(dbname=known, autocommit=True, connect_timeout=10, **server) as connection:
                found = connection.execute("select 1 from pg_database where datname = %s", (name,))
                if not found.fetchone():
                    statement = sql.SQL("create database {} template template0 encoding 'UTF8'")
                    connection.execute(statement.format(sql.Identifier(name)))
                return
        except psycopg.errors.InsufficientPrivilege:
            raise NoDatabase(
                "PostgreSQL's user may not make databases, and a collection needs one of its own. "
                f"Allow it (alter role … createdb) or make it by hand: create database {name}"
            ) from None
        except psycopg.OperationalError as error:
            refused = error
    raise NoDatabase(f"PostgreSQL does not answer: {str(refused).strip()}")
