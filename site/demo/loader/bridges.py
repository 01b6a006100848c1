"""Bridges of the demo content: from bridges.yaml beside it, made by the demo's own people step by step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page

from demo.loader.content import ContentError
from demo.loader.pages import key_of
from demo.loader.records import Records
from kb.bridges import services
from kb.bridges.models import Bridge, BridgePage, LinkedPage

FOLDER = "bridge-records"
MADE_BY = "redaktion"
ROLES = {"guides": LinkedPage.Role.GUIDE, "results": LinkedPage.Role.RESULT}


def load_bridges(*, path: Path, records: Records) -> None:
    """Make the bridges that were never loaded. Their history is never written over, so they are made once.

    Raises ContentError, which names the bridge.
    """
    if not path.exists():
        return
    for row in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
        name = f"{FOLDER}/{row['key']}"
        if records.object_id(name) is not None:
            continue
        try:
            with transaction.atomic():
                records.keep(name, "made", _make(row).pk)
        except (KeyError, ValueError, ValidationError) as error:
            raise ContentError(f"{path.name}, {row['key']}: {error}") from None


def _make(row: Mapping[str, Any]) -> Bridge:
    people = {user.get_username(): user for user in get_user_model()._default_manager.all()}
    editor = people[MADE_BY]
    bridge = services.make(
        by=editor,
        texts={
            f"{field}_{language}": row[field][language]
            for field in ("title", "problem")
            for language in ("de", "en")
        },
        clusters=[key_of(f"clusters/{cluster}") for cluster in row["clusters"]],
        kind=row["kind"],
        passages=[
            _passage(cluster, name, anchor, number)
            for number, side_by_side in enumerate(row["evidence"], start=1)
            for cluster, name, anchor in side_by_side
        ],
    )
    if row.get("page"):
        _tie_to_page(bridge, row["key"])
    if named := row.get("responsible"):
        bridge = services.set_responsible(
            bridge_id=bridge.pk,
            by=editor,
            version=bridge.version,
            people={key_of(f"clusters/{cluster}"): [people[who].pk] for cluster, who in named.items()},
        )
    for field, role in ROLES.items():
        for page in row.get(field) or ():
            bridge = services.link(
                bridge_id=bridge.pk, by=editor, version=bridge.version, page=_page(page), role=role
            )
    for status, who, reason in row["path"]:
        bridge = services.advance(
            bridge_id=bridge.pk, to=status, by=people[who], version=bridge.version, reason=reason
        )
    for who, text in row.get("comments") or ():
        services.comment(bridge=bridge, by=people[who], text=text)
    return bridge


def _tie_to_page(bridge: Bridge, key: str) -> None:
    """The page is one of the content's own, made with its key before; in the admin it is the other way round."""
    page_key = key_of(f"bridges/{key}")
    if not BridgePage.objects.filter(translation_key=page_key).exists():
        raise ValueError(f"there is no page bridges/{key}")
    bridge.page_key = page_key
    bridge.save(update_fields=["page_key"])


def _page(name: str) -> Page:
    page = Page.objects.filter(translation_key=key_of(name), locale__language_code="de").first()
    if page is None:
        raise ValueError(f"there is no {name}")
    return page


def _passage(cluster: str, name: str, anchor: str, row: int) -> services.Passage:
    page = _page(name)
    for found, heading, text in services.passages_of(page):
        if found == anchor:
            return services.Passage(key_of(f"clusters/{cluster}"), page.pk, anchor, heading, text, row)
    raise ValueError(f"{name} has no passage “{anchor}”")
