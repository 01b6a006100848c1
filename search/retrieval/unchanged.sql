-- Whether an audience still says what the database says, in this statement's own snapshot (audience.py): if not, nothing is
-- computed and null is the answer.
%(version)s::uuid is not distinct from (select version from search_visibility)
    and (%(until)s::timestamptz is null or %(until)s::timestamptz > statement_timestamp())
