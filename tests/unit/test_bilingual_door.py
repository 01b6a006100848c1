"""`./lotse index terms`"""

import pytest

from door import cli


@pytest.mark.parametrize(
    ("typed", "run"),
    [(["index", "terms", "--json"], ["terms_mine", "--json"]), (["index", "status"], ["index_status"])],
)
def test_the_door_leads_to_the_command(monkeypatch, typed, run):
    asked = []
    monkeypatch.setattr(cli.environment, "ensure", lambda **_: None)
    monkeypatch.setattr(cli.environment, "enter", lambda _: None)
    monkeypatch.setattr(cli, "manage", lambda words: asked.append(words) or 0)
    assert cli.main(typed) == 0
    assert asked == [run]
