"""Changing the model of the search while people search: embed beside, compare, switch one row; and back.

Whoever has time takes a turn (`go_on`): the worker's sweep, or `./lotse model use` while it waits. What is left to do
is asked of the tables every time, so that a turn that was killed costs one batch.
"""

from __future__ import annotations

import logging
import statistics
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from search.conf import conf
from search.embedding import Embedder, EmbedderUnavailable, embedder_named, index_embedder
from search.embedding.in_force import choice, embedder_of
from search.embedding.models import describe
from search.evaluation import model_comparison
from search.index import approximate, beside, claims, selectors
from search.index.models import EmbeddingModel, ModelChoice
from search.index.writer import model_row

logger = logging.getLogger(__name__)

MOST_DIMENSIONS = 16_000
"""of a halfvec (pgvector, "Half-Precision Vectors")"""
_SAMPLES = (
    "Hafen",
    "Wie gewinnen wir neue Mitglieder?",
    "Which formats bring companies of two industries together?",
)

EMBEDDING, INDEX, JUDGING, STOPPED = "embedding", "index", "judging", "stopped"


class Refused(Exception):
    """What was asked for cannot be done; the text says why and what would help."""


@dataclass(frozen=True)
class ModelState:
    name: str
    source: str
    fingerprint: str
    vectors: int
    missing: int
    """passages without a vector of it, those given up included"""
    failed: int
    """passages given up"""
    bytes: int
    """of the vectors and what finds them, estimated"""


@dataclass(frozen=True)
class Change:
    to: ModelState
    phase: str
    """embedding, index, judging or stopped"""
    why: str
    """why it stopped, or what keeps it waiting; may be empty"""
    passages: int
    eta_seconds: float | None
    """until all is embedded; None while nothing is known about the speed"""
    began_at: datetime | None
    failures: list[dict[str, object]]


@dataclass(frozen=True)
class State:
    setting: str
    """SEARCH_EMBEDDING_MODEL: what a new site starts with"""
    in_force: ModelState | None
    """None as long as nothing was embedded"""
    switched_at: datetime | None
    verdict: str
    """what the judged questions said of the last change"""
    previous: ModelState | None
    change: Change | None
    others: list[ModelState]
    """whose vectors are kept for nothing but measuring"""

    @property
    def setting_differs(self) -> bool:
        if self.in_force is None:
            return False
        try:
            return describe(self.setting).name != self.in_force.name
        except ValueError:
            return True


# --- What a person asks for ---------------------------------------------------------------------


def start(name: str, *, force: bool = False) -> ModelState | None:
    """Begins the change to a model (a key of search.embedding.models, a folder, a name on the hub), which this process
    loads first. None where nothing is to be changed since nothing is embedded yet: it is in force at once.

    A change under way to the same model goes on, one that stopped is tried again, one to another model is replaced.
    Raises Refused.
    """
    folder = Path(name).expanduser()
    source = str(folder.resolve()) if folder.is_dir() else name
    embedder = _tried(source, force=force)
    with transaction.atomic():
        row = _row_for_update(embedder)
        model = model_row(embedder)
        if row is None:
            ModelChoice.objects.create(current=model, switched_at=timezone.now())
            return None
        if row.current_id == model.pk:
            raise Refused(f"{model.name} is already in force.")
        beside.retry(model.pk)
        same = row.candidate_id == model.pk
        ModelChoice.objects.update(
            candidate=model,
            began_at=row.began_at if same else timezone.now(),
            force=force,
            stopped="",
            verdict="",
            run_before=None,
            run_after=None,
            **({} if same else {"embedded": 0, "seconds": 0.0}),
        )
    return _state_of(model)


def back() -> str:
    """Puts the model before into force, at once. What was published since is due and gets its vectors next.

    Returns its name. Raises Refused.
    """
    row = ModelChoice.objects.select_related("previous", "current").first()
    if row is None or row.previous is None:
        raise Refused(
            "There is no model to go back to: no change has been made, or its vectors were dropped."
        )
    known = choice().previous
    if known is None or embedder_of(known) is None:
        raise Refused(
            f"The files of {row.previous.name} are gone or others now, so that no question can be compared with its "
            f"vectors. ./lotse model use {row.previous.source or row.previous.name} computes them anew."
        )
    _switch(row.previous.pk)
    return row.previous.name


def stop() -> str:
    """Gives up the change under way. What was embedded is kept: the same change goes on there. Raises Refused."""
    row = ModelChoice.objects.select_related("candidate").first()
    if row is None or row.candidate is None:
        raise Refused("No change is under way.")
    ModelChoice.objects.update(candidate=None, began_at=None, stopped="", force=False)
    return row.candidate.name


def drop(name: str) -> list[ModelState]:
    """Deletes the vectors of models that are neither in force nor being changed to. Raises Refused."""
    row = ModelChoice.objects.first()
    if row is None:
        raise Refused("Nothing is embedded yet.")
    named = [
        model
        for model in EmbeddingModel.objects.all()
        if name in (model.name, model.source, model.fingerprint)
    ]
    if not named:
        known = ", ".join(sorted({model.name for model in EmbeddingModel.objects.all()}))
        raise Refused(f"There are no vectors of {name}. There are: {known}.")
    wanted = {row.current_id, row.candidate_id}
    unwanted = [model for model in named if model.pk not in wanted]
    if not unwanted:
        raise Refused(
            f"{name} is in force."
            if any(model.pk == row.current_id for model in named)
            else f"A change to {name} is under way; ./lotse model stop gives it up."
        )
    dropped = [_state_of(model) for model in unwanted]
    for model in unwanted:
        with transaction.atomic():
            ModelChoice.objects.filter(previous=model).update(previous=None)
            model.delete()  # the database deletes its vectors
    approximate.keep()
    return dropped


def state() -> State:
    row = ModelChoice.objects.select_related("current", "previous", "candidate").first()
    used = [] if row is None else [row.current, row.previous, row.candidate]
    others = EmbeddingModel.objects.exclude(pk__in=[model.pk for model in used if model]).order_by("name")
    return State(
        setting=settings.SEARCH_EMBEDDING_MODEL,
        in_force=None if row is None else _state_of(row.current),
        switched_at=None if row is None else row.switched_at,
        verdict="" if row is None or row.candidate else row.verdict,
        previous=None if row is None or row.previous is None else _state_of(row.previous),
        change=None if row is None else _change(row),
        others=[_state_of(model) for model in others],
    )


# --- One turn -----------------------------------------------------------------------------------


def go_on(*, seconds: float | None = None) -> bool:
    """Takes the change under way further, for about so long. Whether there is more to do at once.

    Does nothing while another process is at it, and where no change is under way.
    """
    try:
        _follow_files()
    except (EmbedderUnavailable, ImportError, OSError, ValueError) as error:
        logger.error("The files of the model in force cannot be read: %s", error)
    row = ModelChoice.objects.select_related("current", "candidate").first()
    if row is None or row.candidate is None or row.stopped:
        return False
    with beside.alone() as mine:
        if not mine:
            return False
        try:
            return _turn(row, row.candidate, seconds)
        except (EmbedderUnavailable, ImportError, ValueError) as error:
            logger.error("The change to %s waits: %s", row.candidate.name, error)
            _note(row.candidate, verdict=f"Waits: {error}")
            return False


def _turn(row: ModelChoice, candidate: EmbeddingModel, seconds: float | None) -> bool:
    known = choice().candidate
    embedder = None if known is None else embedder_of(known)
    if embedder is None:
        raise EmbedderUnavailable(
            f"the files of {candidate.name} are gone or have changed; ./lotse model use {candidate.source} begins anew"
        )
    began = time.monotonic()
    done = beside.embed(candidate.pk, embedder, seconds=seconds)
    _count(candidate, done, time.monotonic() - began)
    left = beside.left(candidate.pk)
    if left.missing:
        return True
    if left.failed and not row.force:
        _note(
            candidate, stopped=f"{left.failed} passages cannot be read by this model (./lotse model status)."
        )
        return False
    if said := approximate.keep():
        logger.info("Before the switch to %s: %s", candidate.name, ", ".join(said))
    verdict = "Not compared (--force)."
    if not row.force:
        found = model_comparison.turn(
            row.current,
            candidate,
            before_run=row.run_before,
            after_run=row.run_after,
            note=lambda before, after: _note(candidate, run_before=before, run_after=after),
            seconds=seconds,
        )
        if found is None:
            return True
        verdict = found.text
        if found.worse:
            _note(candidate, stopped=verdict, verdict=verdict)
            return False
    _note(candidate, verdict=verdict)
    # Something was published since it was looked: its passages first.
    return not _switch(candidate.pk, complete=True)


def _switch(model_id: int, *, complete: bool = False) -> bool:
    """Puts a model into force. With `complete` only if no passage lacks its vector, pages being written included:
    whoever writes one holds the row's lock (index.writer.write)."""
    with transaction.atomic():
        row = ModelChoice.objects.select_for_update().get()
        if complete and (row.candidate_id != model_id or beside.left(model_id).missing):
            return False
        ended: dict[str, Any] = {"candidate": None, "began_at": None, "stopped": "", "force": False}
        ModelChoice.objects.update(
            current_id=model_id,
            previous_id=row.current_id,
            switched_at=timezone.now(),
            **(ended if row.candidate_id == model_id else {}),
            **({} if complete else {"verdict": ""}),
        )
        with connection.cursor() as cursor:
            # One page without them is enough for relations to be computed anew. Not one that an editor is saving.
            cursor.execute(
                "update search_indexedpage set related_at = null where page_id = ("
                "select page_id from search_indexedpage where passage_count > 0 limit 1 for update skip locked)"
            )
    claims.retry()  # what the model before could not read may be read by this one
    logger.info("The model %s is in force", EmbeddingModel.objects.get(pk=model_id).name)
    return True


def _follow_files() -> None:
    """Where the files of the model in force have changed under its name, the index works for the new ones, and
    questions are answered by words. As soon as everything is embedded, the new ones are in force."""
    chosen = choice()
    if chosen.current is None:
        return
    embedder = index_embedder()
    if embedder.fingerprint == chosen.current.fingerprint:
        return
    model = EmbeddingModel.objects.filter(fingerprint=embedder.fingerprint).first()
    status = selectors.status()
    if model is not None and status.due <= status.failed:
        _switch(model.pk)


# --- What it needs ------------------------------------------------------------------------------


def _tried(source: str, *, force: bool) -> Embedder:
    """The model, loaded and asked. Raises Refused."""
    try:
        embedder = embedder_named(source)
        embedder.warm()
        vector = embedder.embed_query(_SAMPLES[0])
        spent = []
        for text in _SAMPLES:
            began = time.perf_counter()
            embedder.embed_query(text)
            spent.append(time.perf_counter() - began)
    except (EmbedderUnavailable, ImportError, OSError, ValueError) as error:
        raise Refused(f"{source} cannot be used: {error}") from error
    if vector.shape != (embedder.dimensions,) or not 0 < embedder.dimensions <= MOST_DIMENSIONS:
        raise Refused(
            f"{source} gives vectors of shape {vector.shape}, described are {embedder.dimensions} dimensions "
            f"(at most {MOST_DIMENSIONS})."
        )
    took = 1000 * statistics.median(spent)
    if took > conf().embedding_timeout_ms and not force:
        raise Refused(
            f"{embedder.name} takes {took:.0f} ms for a question on this machine, and an answer waits no longer than "
            f"{conf().embedding_timeout_ms} ms for it (embedding_timeout_ms), so that readers would be answered by "
            "words alone. --force takes it nevertheless."
        )
    return embedder


def _row_for_update(new: Embedder) -> ModelChoice | None:
    """The row, made where there are vectors and it is missing (an index of an earlier version)."""
    row = ModelChoice.objects.select_for_update().first()
    if row is None and EmbeddingModel.objects.filter(vectors__isnull=False).exists():
        ModelChoice.objects.create(current=model_row(index_embedder()))
        row = ModelChoice.objects.select_for_update().get()
    return row


def _note(candidate: EmbeddingModel, **values: Any) -> None:
    ModelChoice.objects.filter(candidate=candidate).update(**values)


def _count(candidate: EmbeddingModel, passages: int, seconds: float) -> None:
    if not passages:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update search_modelchoice set embedded = embedded + %s, seconds = seconds + %s, verdict = '' "
            "where candidate_id = %s",
            (passages, seconds, candidate.pk),
        )


def _change(row: ModelChoice) -> Change | None:
    if row.candidate is None:
        return None
    to = _state_of(row.candidate)
    left = to.missing - to.failed
    if row.stopped:
        phase = STOPPED
    elif left:
        phase = EMBEDDING
    else:
        phase = JUDGING if row.run_before or row.force else INDEX
    return Change(
        to=to,
        phase=phase,
        why=row.stopped or row.verdict,
        passages=to.vectors + to.missing,
        eta_seconds=left * row.seconds / row.embedded if row.embedded else None,
        began_at=row.began_at,
        failures=beside.failures(row.candidate.pk),
    )


def _state_of(model: EmbeddingModel) -> ModelState:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*),
                coalesce((select pg_relation_size(c.oid) from pg_class c where c.relname = %s), 0)
            from search_passagevector where model_id = %s
            """,
            (f"{approximate.PREFIX}{model.pk}", model.pk),
        )
        vectors, index_bytes = cursor.fetchone()
    left = beside.left(model.pk)
    return ModelState(
        name=model.name,
        source=model.source,
        fingerprint=model.fingerprint,
        vectors=vectors,
        missing=left.missing + left.failed,
        failed=left.failed,
        # A row: header, three keys, two bytes a component; and its entries in three b-trees.
        bytes=vectors * (24 + 4 + 3 * 8 + 8 + 2 * model.dimensions + 3 * 24) + index_bytes,
    )
