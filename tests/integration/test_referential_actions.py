"""What is written for a page while it is deleted goes with it, and the database knows that of every table of ours."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models.signals import pre_delete
from django.utils import timezone
from wagtail.models import Page

from kb.bridges.models import Bridge, Evidence
from kb.checks.models import PageFindings
from kb.core import referential_actions
from kb.experience.models import ShortReport
from kb.feedback.models import Feedback
from kb.toolbox.models import ImportedGuide
from kb.upkeep.models import Reminder

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

CODES = {models.CASCADE: "c", models.SET_NULL: "n"}


def constraints():
    """(table, column) -> (the table referred to, action) of every foreign key of one column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, c.confdeltype "
            "from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] "
            "where c.contype = 'f' and cardinality(c.conkey) = 1"
        )
        return {(table, column): (to, action) for table, column, to, action in cursor.fetchall()}


def our_models():
    """By where they stand, so that a package which nobody has listed is among them."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if "site-packages" not in Path(model._meta.app_config.path).parts
        and not model.__module__.startswith("tests.")
    ]


def test_every_foreign_key_of_ours_does_what_its_field_says():
    there = constraints()
    wrong = [
        str(field)
        for model in our_models()
        for field in model._meta.local_concrete_fields
        if field.remote_field and field.db_constraint
        if there[model._meta.db_table, field.column][1] != CODES.get(field.remote_field.on_delete, "a")
    ]
    assert not wrong


def test_no_table_of_ours_keeps_a_page_from_being_deleted():
    """Those too whose constraint is none of Django's (the index)."""
    pages = {model._meta.db_table for model in apps.get_models() if issubclass(model, Page)} | {
        "search_indexedpage"
    }
    ours = {model._meta.db_table for model in our_models()}
    to_pages = {key: action for key, (to, action) in constraints().items() if key[0] in ours and to in pages}
    assert len(to_pages) > 20
    assert [key for key, action in to_pages.items() if action not in "cn"] == []


def test_a_key_that_a_migration_made_anew_gets_its_action_back():
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname from pg_constraint where conrelid = 'gaps_asking'::regclass and contype = 'f'"
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(
            f"alter table gaps_asking drop constraint {name}, "
            f"add constraint {name} foreign key (gap_id) references gaps_gap deferrable initially deferred"
        )
    assert constraints()["gaps_asking", "gap_id"] == ("gaps_gap", "a")
    referential_actions.apply()
    assert constraints()["gaps_asking", "gap_id"] == ("gaps_gap", "c")


def evidence(page):
    bridge = Bridge.objects.create(title_de="Alte Boote")
    own = {"cluster_key": page.translation_key, "page_key": page.translation_key, "row": 1}
    return Evidence.objects.create(bridge=bridge, page=page, title=page.title, text="Boote", **own)


WRITTEN = {
    "findings": lambda page: PageFindings.objects.create(page=page, number=1, checked_at=timezone.now()),
    "reminder": lambda page: Reminder.objects.create(page=page, why="soon", next_review=date(2030, 1, 1)),
    "feedback": lambda page: Feedback.objects.create(page=page, day=date(2030, 1, 1), helpful=True),
    "short report": lambda page: ShortReport.objects.create(page=page),
    "imported guide": lambda page: ImportedGuide.objects.create(
        parent=page.get_parent(), page=page, source_id="a.md"
    ),
    "evidence": evidence,
}


@pytest.fixture
def deleted_while(make_guide):
    """Deletes a guide; `write` is called with it when Django has looked for what goes along. Returns what it made."""

    def delete(write):
        guide, made = make_guide(), []

        def meanwhile(sender, instance, **_):
            if not made:
                made.append(write(guide))

        pre_delete.connect(meanwhile, sender=Page)
        try:
            guide.delete()
        finally:
            pre_delete.disconnect(meanwhile, sender=Page)
        connection.check_constraints()  # as at the commit
        assert not Page.objects.filter(pk=guide.pk).exists()
        return made[0]

    return delete


@pytest.mark.parametrize("what", WRITTEN)
def test_what_is_written_for_a_page_while_it_is_deleted_goes_with_it(deleted_while, what):
    made = deleted_while(WRITTEN[what])
    assert not type(made).objects.filter(pk=made.pk).exists()
