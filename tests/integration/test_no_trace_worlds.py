"""Random sites, read with their hidden pages and without them. By thousands: `python -m tests.property`."""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.property import no_trace, worlds

pytestmark = [pytest.mark.django_db]

EXAMPLES = int(os.environ.get("LOTSE_NO_TRACE_WORLDS", "2"))


# No shrinking: a step of it is a whole world. The seed names the world, here and for the command.
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(seed=st.integers(0, 2**32))
@pytest.mark.timeout(60 * (EXAMPLES + 1))
def test_a_hidden_page_changes_nothing_that_a_reader_is_shown(db, seed):
    result = no_trace.check(worlds.draw(Random(seed), questions=5, most_pages=9))
    assume(result.cases)  # else nothing was hidden from anybody
    assert sum(result.cases.values()) > 10
    assert not result.traces, f"seed {seed}:\n" + "\n".join(result.traces[:5])


def test_a_world_has_readers_from_whom_pages_are_hidden_and_readers_to_whom_they_are_not(db):
    """Were nothing hidden, or everything, the comparison would say nothing."""
    with no_trace.undone():
        world, close = worlds.build(worlds.draw(Random(6)))
        worlds.shut(close)
        hidden = {len(worlds.forbidden(world, getattr(world.users, name))) for name in worlds.READERS}
        assert len(hidden) > 2
        assert 0 < max(hidden) < len(world.pages)


def test_a_leak_would_be_seen(db, monkeypatch):
    """The comparison can fail: with a statement that forgets restrictions it does."""
    from search.retrieval import statement

    text = statement.sql("visible.sql")
    whole = statement.sql
    rule = "and not p.path ^@ any (array(select path from closed))"
    assert rule in text
    leaky = lambda name, **variants: whole(name, **variants).replace(rule, "")  # noqa: E731
    monkeypatch.setattr("search.retrieval.audience.sql", leaky)
    seed = next(seed for seed in range(100) if _closes_openly(worlds.draw(Random(seed), questions=4)))
    assert no_trace.check(worlds.draw(Random(seed), questions=4)).traces


def test_a_form_of_a_hidden_page_would_be_seen(db, monkeypatch):
    """The comparison can fail: with a statement that takes every form of a visible stem for a visible one it does."""
    from search.retrieval import statement

    page = worlds.PageSpec(None, "open", "", "", "", "guide", "", None, None, None)
    spec = worlds.WorldSpec(
        pages=(
            replace(page, title="Menü", text="Frühstück."),
            replace(page, title="Runde", text="Frühstücksrunde."),
            replace(page, title="Kosten", text="Frühstücks.", way="login"),
        ),
        when="before", approximate=False, narrow=False, never_there=True,
        questions=(("Frühstückstisch", "de", ()),), typed=(),
    )  # fmt: skip
    assert not no_trace.check(spec).traces
    whole = statement.sql
    rule = "and f.form = any (p.forms)"
    assert rule in whole("answer.sql", dense="dense_exact.sql", fuse="fuse_convex.sql")
    leaky = lambda name, **variants: whole(name, **variants).replace(rule, "")  # noqa: E731
    monkeypatch.setattr("search.retrieval.asking.sql", leaky)
    assert no_trace.check(spec).traces


def _closes_openly(spec: worlds.WorldSpec) -> bool:
    return len(spec.pages) < 9 and sum(page.way in {"login", "a", "b"} for page in spec.pages) > 1
