"""The HNSW index of a model: built when it has many vectors, dropped when it has few again, seldom looked for.

It belongs to the data, not to the schema: one partial index a model, since dimensions differ from model to model
and a query must name them. So no migration makes it; the sweep does, without stopping readers or writers.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from search.conf import conf
from search.database import database_name

logger = logging.getLogger(__name__)

PREFIX = "search_passagevector_hnsw_"
MOST_DIMENSIONS = 4_000
"""of a halfvec that HNSW indexes (pgvector, "Half-Precision Indexing"); a model with more stays with the exact plan"""

_looked: dict[tuple[str, str], tuple[float, Approximate | None]] = {}


@dataclass(frozen=True)
class Approximate:
    """A valid index: of which model, and how many vectors it held when PostgreSQL last counted."""

    model_id: int
    dimensions: int
    vectors: int


@dataclass(frozen=True)
class _Command:
    says: str
    sql: str


def index_of(fingerprint: str) -> Approximate | None:
    """The usable index of the model with this fingerprint. Looked for once in `approximate_seconds` per process.

    An answer that is out of date costs only time: without the index the approximate statement sorts, and the exact
    one never needs it.
    """
    key = (database_name(connection), fingerprint)
    until, found = _looked.get(key, (float("-inf"), None))
    if time.monotonic() >= until:
        found = _look(fingerprint)
        _looked[key] = (time.monotonic() + conf().approximate_seconds, found)
    return found


def forget() -> None:
    """Looks again at the next question."""
    _looked.clear()


def keep() -> list[str]:
    """Builds and drops indexes as the numbers of vectors ask for; what it did, as "built NAME" or "dropped NAME".

    A build may take minutes; reading and writing go on meanwhile (CONCURRENTLY). Does nothing inside a transaction,
    where that is impossible, nor while another process is at it.
    """
    if connection.in_atomic_block or not _todo(connection):
        return []
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            # Held until this connection ends, by the server too: it finishes a build whose process was killed.
            cursor.execute("select pg_try_advisory_lock(hashtext(%s))", (PREFIX,))
            if not cursor.fetchone()[0]:
                return []
            # One process and bounded memory: parallel workers would share it through /dev/shm, of which a container
            # has little, and take the processors that questions need.
            cursor.execute("set statement_timeout = 0")
            cursor.execute("set max_parallel_maintenance_workers = 0")
            cursor.execute(f"set maintenance_work_mem = '{int(conf().approximate_build_mb)}MB'")
        return [said for command in _todo(own) if (said := _do(own, command))]
    finally:
        own.close()
        forget()


def _look(fingerprint: str) -> Approximate | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select m.id, m.dimensions, greatest(c.reltuples, 0)::bigint
            from search_embeddingmodel m
            join pg_class c on c.relname = %s || m.id
            join pg_index i on i.indexrelid = c.oid
            where m.fingerprint = %s and i.indrelid = 'search_passagevector'::regclass
                and i.indisvalid and i.indisready
            """,
            (PREFIX, fingerprint),
        )
        row = cursor.fetchone()
    return None if row is None else Approximate(*row)


def _todo(database: BaseDatabaseWrapper) -> list[_Command]:
    """What is to be done, in order."""
    figures = conf()
    with database.cursor() as cursor:
        cursor.execute(
            """
            with there as (
                select substr(c.relname, length(%(prefix)s) + 1) as model, i.indisvalid and i.indisready as usable
                from pg_index i join pg_class c on c.oid = i.indexrelid
                where i.indrelid = 'search_passagevector'::regclass and starts_with(c.relname, %(prefix)s)
            )
            select coalesce(m.id::text, there.model), m.dimensions, there.usable,
                (select count(*) from (
                    select from search_passagevector e where e.model_id = m.id limit %(enough)s
                ) counted)
            from search_embeddingmodel m
            full join there on there.model = m.id::text
            order by m.id
            """,
            {"prefix": PREFIX, "enough": figures.exact_up_to + 1},
        )
        rows = cursor.fetchall()
    commands = []
    for model, dimensions, usable, vectors in rows:
        name = f"{PREFIX}{model}"
        # Unusable: left behind by a build that was interrupted. Half: so that one page more or less moves nothing.
        if usable is False or (usable and vectors < figures.exact_up_to / 2):
            commands.append(_Command(f"dropped {name}", f"drop index concurrently if exists {name}"))
        if not usable and vectors > figures.exact_up_to and dimensions <= MOST_DIMENSIONS:
            sql = (
                f"create index concurrently {name} on search_passagevector "
                f"using hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops) where model_id = {model}"
            )
            commands.append(_Command(f"built {name}", sql))
    return commands


def _do(database: BaseDatabaseWrapper, command: _Command) -> str | None:
    began = time.monotonic()
    try:
        with database.cursor() as cursor:
            cursor.execute(command.sql)
    except DatabaseError as error:
        # A full disk, for instance: answers stay exact, and the next sweep tries again.
        logger.error("Could not be %s: %s", command.says, error)
        return None
    logger.info("%s in %.0f s", command.says, time.monotonic() - began)
    return command.says
