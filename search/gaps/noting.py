"""A question and its answer -> one row, or none. Runs while a reader waits."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.db import connection, transaction
from django.utils import timezone

from search.gaps import figures, masking, vocabulary
from search.gaps.wording import key_of, terms_of
from search.retrieval import Answer
from search.retrieval.question import parse

logger = logging.getLogger(__name__)

_INSERT = """
set local statement_timeout = %(timeout)s;
set local synchronous_commit = off;
insert into gaps_asking (id, day, language, question)
select gen_random_uuid(), %(day)s, %(language)s, %(question)s
where (select count(*) from gaps_asking where day = %(day)s) < %(most)s
on conflict (day, language, question) do update set count = gaps_asking.count + 1
"""

# What no person asks a knowledge base: code, markup, paths, injections, one letter all over.
_MACHINE = re.compile(
    r"[<>{}\\|^`~$]|;\s*--|/\*|\.\./|/etc/|%[0-9a-f]{2}|\\x|\b(?:union\s+(?:all\s+)?select|select\s.+\sfrom|"
    r"drop\s+table|insert\s+into|sleep\s*\(|alert\s*\(|eval\s*\(|wp-admin|phpmyadmin|\.php|\.env|0x[0-9a-f]{4})\b|"
    r"\bor\s+1\s*=\s*1|(\w)\1{4,}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_VOWEL = re.compile(r"[aeiouyäöüàáâèéêìíòóôùúAEIOUYÄÖÜ]")
LONGEST_WORD = 45
"""letters: the longest word of the demo texts has 32"""
LEAST_DIFFERENT = 0.4
"""share of different words: fewer are typed by a machine, or by somebody who holds down "paste" """

_lock = threading.Lock()
_recent: OrderedDict[str, float] = OrderedDict()
"""keys of what was noted in this process, with the time; keyed digests, never written anywhere"""


def note(question_text: str, language: str, answer: Answer) -> bool:
    """See `search.gaps.note`."""
    try:
        return bool(settings.SEARCH_NOTE_GAPS) and is_gap(answer) and _note(question_text, language)
    except Exception as error:  # an answer is not lost over its note
        # Without the message and the traceback: PostgreSQL quotes the row that it refuses.
        logger.warning("A question without an answer could not be noted: %s", type(error).__name__)
        return False


def is_gap(answer: Answer) -> bool:
    """True where the site, in full possession of its faculties, had nothing to say."""
    if answer.timed_out or answer.lexical_only or answer.too_long:
        return False
    return not answer.answered or answer.total == 0


def is_asked_by_people(text: str) -> bool:
    """False for what a scanner, a script or a cat on the keyboard sends."""
    letters = len(_LATIN.findall(text))
    words = _WORD.findall(text)
    return (
        bool(words)
        and not _MACHINE.search(text)
        and letters >= 0.6 * len(text.replace(" ", ""))
        and len({word.casefold() for word in words}) >= LEAST_DIFFERENT * len(words)
        and all(len(word) <= LONGEST_WORD for word in words)
        and any(_VOWEL.search(word) for word in words)
    )


def cut(text: str) -> str:
    """The first `figures.LONGEST` characters at most, in whole words."""
    if len(text) <= figures.LONGEST:
        return text
    return text[: figures.LONGEST].rsplit(" ", 1)[0][: figures.LONGEST - 1].rstrip() + "…"


def _note(question_text: str, language: str) -> bool:
    asked = parse(question_text, language=language, languages=[code for code, _ in settings.LANGUAGES])
    # Quotation marks and minus words narrow down what is found, as filters do: that nothing is left is no gap.
    if asked.too_long or asked.phrases or asked.excluded or not is_asked_by_people(asked.text):
        return False
    question = cut(masking.mask(asked.text, vocabulary.known))
    terms = terms_of(question, asked.language)
    if not any(_WORD.fullmatch(word) for word in terms.values()):
        return False
    if _is_new(key_of(terms, asked.language)):
        _insert(question, asked.language)
    return True


def _is_new(key: str) -> bool:
    now = time.monotonic()
    with _lock:
        then = _recent.get(key)
        if then is not None and now - then < figures.SAME_AGAIN_SECONDS:
            return False
        _recent[key] = now
        _recent.move_to_end(key)
        while len(_recent) > figures.REMEMBERED:
            _recent.popitem(last=False)
    return True


def _insert(question: str, language: str) -> None:
    values: dict[str, Any] = {
        "timeout": figures.STATEMENT_TIMEOUT_MS,
        "day": timezone.localdate(),
        "language": language,
        "question": question,
        "most": figures.MOST_A_DAY,
    }
    # One message, and so one transaction of its own, whose limits end with it. It does not wait for the disk: a
    # note lost in a power cut is no loss, a reader's millisecond is.
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
        return
    # Inside somebody's transaction a failure must not spoil it, nor the limits outlive it.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        cursor.execute("set local statement_timeout to default; set local synchronous_commit to default")


def forget_recent() -> None:
    """Lets this process count every question again. For tests."""
    with _lock:
        _recent.clear()


def _setting_changed(*, setting: str, **_: object) -> None:
    if setting in {"SECRET_KEY", "SEARCH_NOTE_GAPS"}:
        forget_recent()


setting_changed.connect(_setting_changed)
