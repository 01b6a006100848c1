"""What retrieval/audience.py needs: a version of all that decides who sees which page, and the length of a page with its
words, so that a question reads no row of a page that it does not show."""

from django.db import migrations, models

VERSION = """
create table search_visibility (id smallint primary key default 1 check (id = 1), version uuid not null);
insert into search_visibility (version) values (gen_random_uuid());

-- A row lives from the first change of a transaction to its end: nobody else ever sees one.
create table search_visibilitychange (transaction xid8 primary key);

create function search_note_visibility() returns trigger language plpgsql as $$
begin
    insert into search_visibilitychange values (pg_current_xact_id()) on conflict do nothing;
    return null;
end $$;

create function search_change_visibility() returns trigger language plpgsql as $$
begin
    insert into search_visibility (version) values (gen_random_uuid())
        on conflict (id) do update set version = excluded.version;
    delete from search_visibilitychange where transaction = new.transaction;
    return null;
end $$;

-- Deferred: the one row that all writers share is locked for the moment of the commit, not for their work.
create constraint trigger search_visibility_changed after insert on search_visibilitychange
    deferrable initially deferred for each row execute function search_change_visibility();
"""

# Rows that are written all the time: few of the writes change who sees a page. Compared in a function and not by the
# trigger, since a column that a trigger names cannot be altered by a later migration.
NOTED = {
    "search_note_page": ("live", "alias_of_id", "expire_at", "path", "url_path"),
    "search_note_indexed": ("page_id", "pipeline", "language", "length", "passage_count"),
}
FUNCTIONS = "".join(
    f"""
create function {name}() returns trigger language plpgsql as $$
begin
    if ({", ".join(f"old.{column}" for column in columns)})
        is distinct from ({", ".join(f"new.{column}" for column in columns)})
    then
        insert into search_visibilitychange values (pg_current_xact_id()) on conflict do nothing;
    end if;
    return null;
end $$;
"""
    for name, columns in NOTED.items()
)

WATCHED = {
    "wagtailcore_page": "search_note_page",
    "search_indexedpage": "search_note_indexed",
    "wagtailcore_pageviewrestriction": "search_note_visibility",
    "wagtailcore_pageviewrestriction_groups": "search_note_visibility",
}
TRIGGERS = "".join(
    f"""
create trigger search_visibility after insert or delete on {table}
    for each row execute function search_note_visibility();
create trigger search_visibility_update after update on {table}
    for each row execute function {on_update}();
create trigger search_visibility_truncate after truncate on {table}
    for each statement execute function search_note_visibility();
"""
    for table, on_update in WATCHED.items()
)

GONE = """
drop function search_note_visibility() cascade;
drop function search_note_page() cascade;
drop function search_note_indexed() cascade;
drop table search_visibilitychange;
drop function search_change_visibility();
drop table search_visibility;
"""

LENGTHS = """
update search_posting p set length = i.length from search_indexedpage i where i.page_id = p.page_id
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0007_forms_of_postings")]

    operations = [
        migrations.RunSQL(VERSION, GONE),
        migrations.RunSQL(FUNCTIONS + TRIGGERS, migrations.RunSQL.noop),
        migrations.RemoveIndex("posting", "search_posting_term"),
        migrations.AddField("posting", "length", models.PositiveIntegerField(default=0, db_default=0)),
        migrations.RunSQL(LENGTHS, migrations.RunSQL.noop),
        migrations.AddIndex(
            "posting",
            models.Index(
                fields=["term"],
                include=["page", "length", "title", "keywords", "headings", "body", "places"],
                name="search_posting_term",
            ),
        ),
    ]
