"""Every block an editor can choose says what it is: label, icon, description, preview, group."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.template.loader import get_template
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail_localize.segments import StringSegmentValue

from kb.core.blocks.table import TableBlock

CHOICES = {
    f"{field.model._meta.label}.{field.name}.{name}": block
    for label in ("core", "toolbox", "clusters")
    for model in apps.get_app_config(label).get_models()
    for field in model._meta.get_fields()
    if isinstance(field, StreamField)
    for name, block in field.stream_block.child_blocks.items()
}
GROUPED = {name: block for name, block in CHOICES.items() if not name.endswith(".question")}


def test_there_are_blocks_to_look_at():
    assert len(CHOICES) > 30


@pytest.mark.parametrize("name", CHOICES)
def test_block_introduces_itself(name):
    block = CHOICES[name]
    assert str(block.label)
    assert str(block.get_description())
    assert block.meta.icon not in {"", "placeholder"}


@pytest.mark.parametrize("name", GROUPED)
def test_block_stands_in_a_group(name):
    assert str(GROUPED[name].meta.group)


@pytest.mark.parametrize(
    "name", [name for name, block in CHOICES.items() if not isinstance(block, blocks.PageChooserBlock)]
)
def test_block_has_a_preview_and_its_template_is_there(name):
    block = CHOICES[name]
    assert block.is_previewable
    template = block.meta.template
    assert template
    get_template(template)
    get_template(block.get_preview_template(block.get_preview_value()))


def test_every_cell_of_a_table_can_be_translated():
    value = {
        "data": [["Woche", "Aufgabe"], ["1", ""], [None, "Raum & Essen"]],
        "table_caption": "Vorlauf",
        "first_row_is_table_header": True,
    }
    block = TableBlock()
    segments = block.get_translatable_segments(value)
    assert [(one.path, one.string.get_translatable_html()) for one in segments] == [
        ("0-0", "Woche"),
        ("0-1", "Aufgabe"),
        ("1-0", "1"),
        ("2-1", "Raum &amp; Essen"),
        ("caption", "Vorlauf"),
    ]
    english = block.restore_translated_segments(
        value,
        [
            StringSegmentValue("0-0", "Week"),
            StringSegmentValue("2-1", "Room & food"),
            StringSegmentValue("caption", "Lead"),
        ],
    )
    assert english["data"] == [["Week", "Aufgabe"], ["1", ""], [None, "Room & food"]]
    assert english["table_caption"] == "Lead"
    assert value["data"][0][0] == "Woche"
    json.dumps(english)


def test_empty_table_has_nothing_to_translate():
    assert TableBlock().get_translatable_segments(None) == []
