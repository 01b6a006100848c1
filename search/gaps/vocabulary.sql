-- Which of some terms ("de:antrag") occur on a page that everybody may read.
with
--include visible.sql
wanted as (
    select unnest(%(terms)s::text[]) as term
)
select term
from wanted
where exists (
    select
    from search_posting o
    join visible v on v.page_id = o.page_id
    where o.term = wanted.term
)
