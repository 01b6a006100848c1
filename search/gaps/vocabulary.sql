-- Which of some terms ("de:antrag") occur on a page that everybody may read: as `visible` in
-- ../retrieval/answer.sql, for nobody in particular.
with
closed as materialized (
    select p.path
    from wagtailcore_pageviewrestriction r
    join wagtailcore_page p on p.id = r.page_id
    where r.restriction_type <> 'none'
)
select wanted.term
from unnest(%(terms)s::text[]) as wanted (term)
where exists (
    select
    from search_posting o
    join wagtailcore_page p on p.id = o.page_id
    where o.term = wanted.term
        and p.live
        and p.alias_of_id is null
        and (p.expire_at is null or p.expire_at > statement_timestamp())
        and p.url_path like any(%(roots)s::text[])
        and not exists (select from closed c where starts_with(p.path, c.path))
)
