-- Pages of some types in one language that nothing leads to: no relation above the line that nobody dismissed, no pin,
-- no link on another page. As the one who asks sees the site.
with
--include visible.sql
decided as materialized (
    select distinct on (page_key, other_key) page_key, other_key, verdict
    from curation_decision
    order by page_key, other_key, id desc
),
led_to as (
    select o.translation_key
    from search_relation r
    join visible m on m.page_id = r.page_id
    join visible o on o.page_id = r.other_id
    where r.score >= %(threshold)s
        and not exists (
            select from decided d
            where d.page_key = m.translation_key and d.other_key = o.translation_key and d.verdict = 'dismissed'
        )
    union
    select d.other_key
    from decided d
    where d.verdict = 'pinned' and d.page_key in (select translation_key from visible)
    union
    select o.translation_key
    from visible m
    join wagtailcore_referenceindex f on f.object_id = m.page_id::text
    join wagtailcore_page o on f.to_object_id = o.id::text
    where f.base_content_type_id = %(page_type)s
        and f.to_content_type_id = %(page_type)s
        and o.translation_key <> m.translation_key
)
select coalesce(json_agg(v.page_id), '[]')::text
from visible v
join wagtailcore_page p on p.id = v.page_id
where v.language = %(language)s
    and p.content_type_id = any(%(content_types)s)
    and v.translation_key not in (select translation_key from led_to)
