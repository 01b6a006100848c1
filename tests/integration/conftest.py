"""What integration tests share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, transaction


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker) -> Callable[[], AbstractContextManager[None]]:
    """For module fixtures: what is written inside is there for every test of the file and gone after the last.

    Each test's own transaction is a savepoint in this one.
    """

    @contextmanager
    def once() -> Iterator[None]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return once


@pytest.fixture
def committed() -> Callable[[], None]:
    """What a commit does to the number of kb.core.content_version and the version of search_visibility: tests end without
    one."""
    return connection.check_constraints
