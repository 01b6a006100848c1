-- What a reader may see, in the form that answer.sql reads: audience.py keeps it as long as `version` stands.
with
--include visible.sql
pages as materialized (
    select page_id, language, length, passage_count from visible
)
select json_build_object(
    'version', (select version from search_visibility),
    'until', (
        select min(expire_at) from wagtailcore_page where live and expire_at > statement_timestamp()
    ),
    'slots', (select coalesce(max(page_id), 0) + 1 from search_indexedpage),
    'pages', (select translate(encode(coalesce(string_agg(int4send(page_id), ''), ''), 'base64'), E'\n', '') from pages),
    -- A sample by lot, always the same as long as the same pages are visible.
    'sample', (
        select coalesce(json_agg(page_id), '[]')
        from (select page_id from pages order by hashint4(page_id) limit %(sample)s) drawn
    ),
    'languages', (
        select coalesce(json_agg(json_build_array(language, pages, length, passages)), '[]')
        from (
            select language, count(*) as pages, sum(length) as length, sum(passage_count) as passages
            from pages
            group by language
            order by language
        ) counted
    )
)::text
