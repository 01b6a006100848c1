"""Copies of a collection's database: what is measured is built, changed and thrown away, what was embedded stays."""

from django.db import connection

MAINTENANCE = "postgres"
"""every server has it"""


def copy(source: str, name: str) -> None:
    """Needs a role that may create databases, and nobody connected to `source`: this process lets go of its own."""
    connection.close()
    drop(name)
    _do(f"create database {name} template {source}")


def drop(name: str) -> None:
    _do(f"drop database if exists {name} with (force)")


def _do(statement: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = MAINTENANCE
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
