"""What kb/core/content_version.py counts with. The triggers on the tables come after each migration."""

from django.db import migrations

THERE = """
create table core_contentversion (id smallint primary key default 1 check (id = 1), number bigint not null);
insert into core_contentversion (number) values (1);

-- A row lives from the first change of a transaction to its end: nobody else ever sees one.
create table core_contentchange (transaction xid8 primary key);

create function core_note_change() returns trigger language plpgsql as $$
begin
    insert into core_contentchange values (pg_current_xact_id()) on conflict do nothing;
    return null;
end $$;

create function core_count_change() returns trigger language plpgsql as $$
begin
    update core_contentversion set number = number + 1;
    delete from core_contentchange where transaction = new.transaction;
    return null;
end $$;

-- Deferred: the one row that all writers share is locked for the moment of the commit, not for their work.
create constraint trigger core_content_counted after insert on core_contentchange
    deferrable initially deferred for each row execute function core_count_change();
"""

GONE = """
drop function core_note_change() cascade;
drop table core_contentchange;
drop function core_count_change();
drop table core_contentversion;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_help_with_examples")]

    operations = [migrations.RunSQL(THERE, GONE)]
