"""The models of this process: loaded once, asked within a time limit, never a reason not to answer."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

from django.core.signals import setting_changed

from search.conf import conf
from search.embedding.hashing import HashingEmbedder
from search.embedding.interface import Embedder, EmbedderUnavailable, Vectors
from search.embedding.models import describe
from search.embedding.sentence_transformer import SentenceTransformerEmbedder

logger = logging.getLogger(__name__)

_lock = threading.RLock()  # a finished Future calls _remember in the thread that holds it
_embedders: dict[str, Embedder] = {}
_cache: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
_waiting: dict[tuple[str, str], Future[Vectors]] = {}
_executor: ThreadPoolExecutor | None = None
_warming: set[str] = set()
_failed: set[str] = set()


def embedder_named(name: str) -> Embedder:
    """The process-wide embedder of this name. Loads nothing yet; raises ValueError for a broken description."""
    with _lock:
        if name not in _embedders:
            description = describe(name)
            _embedders[name] = (
                HashingEmbedder(description.name, description.dimensions or 64)
                if description.source == "hashing"
                else SentenceTransformerEmbedder(description)
            )
        return _embedders[name]


def source_of(embedder: Embedder) -> str:
    """What `embedder_named` gave it for."""
    with _lock:
        return next((name for name, known in _embedders.items() if known is embedder), embedder.name)


def is_loaded(name: str) -> bool:
    """Whether this process has the model in memory. Loads nothing, reads no file."""
    with _lock:
        embedder = _embedders.get(name)
    return embedder is not None and embedder.is_warm


def release(name: str, *, but: Embedder) -> None:
    """Frees the memory of a model that is no longer asked, unless it is this very one under another name."""
    with _lock:
        if _embedders.get(name) is not but:
            _embedders.pop(name, None)


def query_vector(question: str, embedder: Embedder) -> Vectors | None:
    """The question's vector, or None when the model is not there in time (`embedding_timeout_ms`).

    A model that is not loaded yet starts to load in the background, for the next question.
    """
    key = (embedder.fingerprint, question)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    if not embedder.is_warm:
        warm_in_background(embedder)
        return None
    with _lock:
        future = _waiting.get(key)
        if future is None:
            future = _waiting[key] = _threads().submit(embedder.embed_query, question)
            future.add_done_callback(lambda done: _remember(key, done))
    try:
        return future.result(conf().embedding_timeout_ms / 1000)
    except (FutureTimeout, CancelledError):
        future.cancel()  # one that has not begun leaves the line, so that a rush does not queue up for minutes
        logger.warning("A question got no vector within %s ms", conf().embedding_timeout_ms)
    except EmbedderUnavailable as error:
        logger.warning("Answering by words alone: %s", error)
    return None


def warm_in_background(embedder: Embedder) -> None:
    """Starts loading once; later calls do nothing while it lasts."""
    with _lock:
        if embedder.fingerprint in _warming:
            return
        _warming.add(embedder.fingerprint)
    arguments = (embedder, embedder.fingerprint)
    threading.Thread(target=_warm, args=arguments, name=f"warm {embedder.name}", daemon=True).start()


def state_of(embedder: Embedder) -> str:
    """ "ready", "loading" (or not asked for yet) or "unavailable"."""
    if embedder.is_warm:
        return "ready"
    failed = embedder.fingerprint in _failed and embedder.fingerprint not in _warming
    return "unavailable" if failed else "loading"


def _warm(embedder: Embedder, key: str) -> None:
    try:
        embedder.warm()
        _failed.discard(key)
    except EmbedderUnavailable:
        _failed.add(key)  # logged where it happened; the next question after RETRY_AFTER tries again
    finally:
        with _lock:
            _warming.discard(key)


def _remember(key: tuple[str, str], done: Future[Vectors]) -> None:
    with _lock:
        _waiting.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        _cache[key] = done.result()
        while len(_cache) > conf().query_cache_size:
            _cache.popitem(last=False)


def _threads() -> ThreadPoolExecutor:
    # One thread: the embedder computes one text at a time anyway, and waiting in line costs no core.
    global _executor
    if _executor is None:
        _executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-embedding")
    return _executor


def reset() -> None:
    """Forgets embedders and cached vectors. For tests and for a changed setting."""
    with _lock:
        _embedders.clear()
        _cache.clear()
        _failed.clear()


def _setting_changed(*, setting: str, **_: object) -> None:
    if setting == "SEARCH_EMBEDDING_MODEL":
        reset()


setting_changed.connect(_setting_changed)
