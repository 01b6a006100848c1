"""A number that rises with every committed change of what a page may show, whoever makes it and in whichever table.

Triggers note the transaction; when it commits, and not before, one row is counted up. So two readers who see the same
number see the same content, in every process. All tables are watched but those in QUIET: one that is forgotten there costs
a page that is rendered once more; one that is forgotten anywhere else would show something old.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

QUIET = frozenset(
    {
        # Who reads, asks, signs in or edits, and what the machine notes of it.
        "django_session", "django_migrations", "health_sign", "limits_bucket", "feedback_feedback",
        "gaps_asking", "gaps_gap", "gaps_monthcount", "upkeep_reminder", "checks_pagefindings",
        "evaluation_judgedquestion", "evaluation_judgement", "evaluation_run", "evaluation_runquestion",
        # Drafts, their history and their checks: what is published of them is written into the page's own tables.
        "wagtailcore_revision", "wagtailcore_pagelogentry", "wagtailcore_modellogentry", "wagtailcore_comment",
        "wagtailcore_commentreply", "wagtailcore_pagesubscription", "wagtailcore_referenceindex",
        "wagtailcore_taskstate", "wagtailcore_workflowstate", "wagtailcore_uploadedfile", "wagtailadmin_editingsession",
        "wagtailadmin_formstate", "wagtailsearch_indexentry", "wagtailusers_userprofile",
        "wagtail_localize_overridablesegment", "wagtail_localize_relatedobjectsegment", "wagtail_localize_segmentoverride",
        "wagtail_localize_string", "wagtail_localize_stringsegment", "wagtail_localize_stringtranslation",
        "wagtail_localize_template", "wagtail_localize_templatesegment", "wagtail_localize_translationcontext",
        "wagtail_localize_translationlog",
        # The index. What pages show of it is written together with its row of a page, which is watched (INDEXED).
        "search_embeddingmodel", "search_modelchoice", "search_lexeme", "search_passage", "search_passagevector",
        "search_posting", "search_vectorfailure", "related_computation", "topics_computation", "topics_textvector",
        "search_visibility", "search_visibilitychange", "bilingual_minedpage", "bilingual_mining", "bilingual_siteterms",
        # Its own.
        "core_contentchange", "core_contentversion",
    }
)  # fmt: skip
INDEXED = "search_indexedpage"
"""Written all the time by those who work on it; a page's content in it changes with `indexed_at`."""

TRIGGER = "lotse_content_change"
_EVENTS = {
    "": "after insert or delete on {table} for each row",
    # By row: a statement that finds nothing to do, or writes what was there, changes nothing.
    "_update": "after update on {table} for each row when ({column} is distinct from {changed})",
    "_truncate": "after truncate on {table} for each statement",
}


def current() -> int:
    """The number, read anew."""
    with connection.cursor() as cursor:
        cursor.execute("select number from core_contentversion")
        row = cursor.fetchone()
    return int(row[0])


def watch(**_: Any) -> None:
    """Puts the triggers on all tables there are. After each migration, so that a new table is watched from the start."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
        for (table,) in sorted(cursor.fetchall()):
            quoted = connection.ops.quote_name(table)
            column = "indexed_at" if table == INDEXED else "*"
            for name, event in _EVENTS.items():
                if table in QUIET:
                    cursor.execute(f"drop trigger if exists {TRIGGER}{name} on {quoted}")
                    continue
                on = event.format(table=quoted, column=f"old.{column}", changed=f"new.{column}")
                # Replaced and not dropped first: no moment without it, however busy the site is.
                cursor.execute(
                    f"create or replace trigger {TRIGGER}{name} {on} execute function core_note_change()"
                )
