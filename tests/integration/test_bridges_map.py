"""The map of clusters, topics and bridges: the table says the same, and nobody finds on it what is not theirs to see."""

from __future__ import annotations

import json
import re
from datetime import date
from uuid import uuid4

import pytest

from kb.bridges import network, services
from kb.bridges.models import BridgeIndexPage, BridgePage
from kb.clusters.roles import ensure_cluster_group
from search.topics.reading import Owner, ReadPassage, ReadTopic
from tests.integration.bridges_cast import go
from tests.integration.kb.conftest import add, make_private, signed_in

pytest_plugins = ["tests.integration.kb.conftest", "tests.integration.bridges_cast"]
pytestmark = pytest.mark.django_db

MAP = "/de/clusterbruecken-karte/"


@pytest.fixture
def drawn(bridge, two, site, monkeypatch):
    """An active bridge between Meer and Wind, and twelve topics of Meer."""
    add(site.home, BridgeIndexPage(title="Clusterbrücken", slug="clusterbruecken", summary="Brücken"))
    for status in ("reviewed", "contacted", "active"):
        bridge = go(bridge, status, two.editor)
    services.make_page(bridge_id=bridge.pk, by=two.editor, version=bridge.version)
    page = BridgePage.objects.get()
    page.get_latest_revision().publish()
    two.sea.field = "Schifffahrt </script><b>"
    two.sea.save()
    found = [topic(two, number) for number in range(12)]
    monkeypatch.setattr(network.topics, "all_topics", lambda reader, language: found)
    monkeypatch.setattr(
        network.topics,
        "topics_of",
        lambda owner, reader, language: [one for one in found if one.owner.key == owner],
    )
    return page


def topic(two, number):
    guide = two.sea_guide
    passage = ReadPassage(
        guide.pk, guide.translation_key, "guide", guide.title, guide.url, "de", "purpose", (), "Text"
    )
    return ReadTopic(
        key=uuid4(),
        owner=Owner(two.sea.translation_key, two.sea.pk, "Meer", two.sea.url, "de"),
        label=f"Thema {number}",
        language="de",
        terms=(),
        weight=0.1,
        pages=1,
        first_on=date(2026, 1, 1),
        last_on=date(2026, 1, 1),
        quarters=(),
        passages=(passage,),
    )


def data_of(response, name="map-data"):
    return json.loads(re.search(rf'id="{name}" type="application/json">(.*?)</script>', text_of(response))[1])


def text_of(response):
    return response.content.decode()


def labels(response, kind):
    return [node["label"] for node in data_of(response)["nodes"] if node["kind"].startswith(kind)]


def test_map_and_table_say_the_same(drawn, two, client):
    response = client.get(MAP)
    assert labels(response, "cluster") == ["Medien", "Meer", "Wind"]
    assert labels(response, "bridge-active") == ["Alte Boote"]
    assert len(labels(response, "topic")) == network.MOST_TOPICS
    table = text_of(response).partition("<table")[2].partition("</table>")[0]
    for label in [*labels(response, "cluster"), *labels(response, "bridge"), *labels(response, "topic")]:
        assert label in table
    assert "</script><b>" not in text_of(response)
    bridge = f"bridge/{drawn.pk}"
    ends = [link[1] for link in data_of(response)["links"] if link[0] == bridge]
    assert ends == [str(two.sea.translation_key), str(two.wind.translation_key)]


def test_the_filters(drawn, two, client):
    assert labels(client.get(MAP, {"status": "completed"}), "bridge") == []
    assert labels(client.get(MAP, {"industry": two.sea.field}), "cluster") == ["Meer", "Wind"]
    for odd in ({"status": "rejected"}, {"industry": "nonsense"}):
        assert labels(client.get(MAP, odd), "cluster") == ["Medien", "Meer", "Wind"]


def test_private_clusters_and_bridges_are_not_on_it(drawn, two, client):
    make_private(two.wind, ensure_cluster_group(two.wind))
    response = client.get(MAP)
    assert "Wind" not in text_of(response)
    assert labels(response, "bridge") == ["Alte Boote"]
    make_private(drawn, ensure_cluster_group(two.sea))
    assert "Alte Boote" not in text_of(client.get(MAP))
    seen = signed_in(two.sea_person).get(MAP)
    assert labels(seen, "bridge") == ["Alte Boote"]
    assert "no-store" in seen["Cache-Control"]


def test_a_cluster_has_its_small_view(drawn, two, client):
    data = data_of(client.get(two.sea.get_url()), "map-data-small")
    assert {node["label"] for node in data["nodes"] if node["kind"] == "cluster"} == {"Meer", "Wind"}
    assert "map-data-small" not in text_of(client.get(two.media.get_url()))


def test_an_english_reader_without_an_english_map_gets_an_empty_page(drawn, client):
    assert client.get("/en/bridges-map/").status_code == 200
