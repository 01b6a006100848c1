"""When a site's terms are mined again."""

from dataclasses import replace

import pytest

from search.bilingual import services, store
from search.bilingual.selectors import State

MINED = State(pairs=3, mined=6, withdrawn=0, changed=0, quiet=3600, tried=3600, took=0.5, basis=store.basis())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"changed": 1}, True),
        ({"changed": 1, "quiet": 5}, False),
        ({"changed": 1, "quiet": 5, "tried": 100_000}, True),
        ({"changed": 1, "tried": 60}, False),
        ({"changed": 1, "took": 60}, False),
        ({"basis": "another analysis"}, True),
        ({"mined": 0, "changed": 6, "tried": None, "basis": ""}, True),
        ({"mined": 0, "changed": 6, "tried": None, "basis": "", "quiet": 5}, False),
        ({"pairs": 0, "mined": 0, "tried": None, "basis": "", "quiet": None}, False),
        ({"pairs": 0, "changed": 6, "quiet": None}, True),
    ],
)
def test_due(change, expected):
    assert services.due(replace(MINED, **change)) is expected
