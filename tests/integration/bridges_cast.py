"""Two clusters with people, pages and a bridge between them, for the tests of bridges."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from kb.bridges import proposals, services
from kb.bridges.models import Bridge
from kb.clusters.roles import ensure_cluster_group
from kb.core.visibility import visible_to
from search.topics.reading import Owner, Pair, ReadCandidate, ReadPassage, Side

TEXTS = {"title_de": "Alte Boote", "title_en": "Old boats", "problem_de": "Wohin damit?", "problem_en": ""}


@pytest.fixture
def two(site, people, make_cluster, make_guide):
    """Clusters Meer, Wind and Medien with a person in each team, and a guide of each of the first two."""
    found = SimpleNamespace(
        editor=people.editor, member=people.member, reviewer=people.reviewer, admin=people.admin
    )
    for name, title in (("sea", "Meer"), ("wind", "Wind"), ("media", "Medien")):
        cluster = make_cluster(title)
        person = User.objects.create_user(
            f"{name}-person", f"{name}@example.org", "secret", first_name="Kim", last_name=title
        )
        person.groups.add(people.roles.members, ensure_cluster_group(cluster))
        setattr(found, name, cluster)
        setattr(found, f"{name}_person", person)
    found.sea_guide = make_guide("Altboote", purpose="<p>Boote aus Fasern verwerten</p>")
    found.wind_guide = make_guide("Rotorblätter", purpose="<p>Blätter aus Fasern verwerten</p>")
    return found


def passage(cluster, page, text, row=1):
    return services.Passage(cluster.translation_key, page.pk, "purpose", "Ziel", text, row)


@pytest.fixture
def bridge(two):
    """A candidate between Meer and Wind with a passage of each."""
    return services.make(
        by=two.editor,
        texts=TEXTS,
        clusters=[two.sea.translation_key, two.wind.translation_key],
        passages=[
            passage(two.sea, two.sea_guide, "Boote aus Fasern verwerten"),
            passage(two.wind, two.wind_guide, "Blätter aus Fasern verwerten"),
        ],
    )


def go(bridge, to, by, reason=""):
    return services.advance(bridge_id=bridge.pk, to=to, by=by, version=bridge.version, reason=reason)


def make_responsible(bridge, two):
    return services.set_responsible(
        bridge_id=bridge.pk,
        by=two.editor,
        version=bridge.version,
        people={
            two.sea.translation_key: [two.sea_person.pk],
            two.wind.translation_key: [two.wind_person.pk],
        },
    )


@pytest.fixture
def machine(two, monkeypatch):
    """One candidate between Meer and Wind, as search.topics would give it to who may read both guides.

    `machine.new_evidence` are titles of pages that came after a rejection.
    """
    state = SimpleNamespace(new_evidence=(), gone=False)

    def read(page, text):
        return ReadPassage(
            page.pk, page.translation_key, "guide", page.title, page.url, "de", "purpose", ("Ziel",), text
        )

    def owner(page):
        return Owner(page.translation_key, page.pk, page.title, page.url, "de")

    def candidates(reader, language, **_):
        guides = [two.sea_guide, two.wind_guide]
        seen = visible_to(type(two.sea_guide).objects.filter(pk__in=[page.pk for page in guides]), reader)
        if seen.count() < 2 or state.gone:
            return []
        judged = Bridge.objects.filter(candidate_key="sea-wind", status=Bridge.Status.REJECTED).exists()
        if judged and not state.new_evidence:
            return []
        pair = Pair(
            read(two.sea_guide, "Boote aus Fasern verwerten"),
            read(two.wind_guide, "Blätter aus Fasern verwerten"),
            0.8,
        )
        return [
            ReadCandidate(
                key="sea-wind",
                kind="topic",
                left=Side(owner(two.sea), "Fasern", None, None),
                right=Side(owner(two.wind), "Fasern", None, None),
                score=0.7,
                terms=("Fasern",),
                explanation="Beide arbeiten an „Fasern“.",
                pairs=(pair,),
                new_evidence=tuple(state.new_evidence) if judged else (),
                found_at=datetime(2026, 11, 1, tzinfo=timezone.get_current_timezone()),
            )
        ]

    monkeypatch.setattr(proposals.topics, "candidates", candidates)
    monkeypatch.setattr(
        proposals.topics,
        "candidate",
        lambda key, reader, language: next(
            (one for one in candidates(reader, language) if one.key == key), None
        ),
    )
    return state
