-- What the one who asks may see. Every statement that shows pages begins with these two, or asks what audience.py keeps
-- of them.
-- Paths that a view restriction closes to this reader; a restriction covers the page and everything below it.
closed as materialized (
    select p.path
    from wagtailcore_pageviewrestriction r
    join wagtailcore_page p on p.id = r.page_id
    where r.restriction_type <> 'none'
        and not (r.restriction_type = 'login' and %(authenticated)s)
        and not (
            r.restriction_type = 'groups'
            and (
                %(superuser)s
                or exists (
                    select from wagtailcore_pageviewrestriction_groups g
                    where g.pageviewrestriction_id = r.id and g.group_id = any(%(groups)s::int[])
                )
            )
        )
),
visible as (
    select i.page_id, i.translation_key, i.language, i.kind, i.title, i.facets, i.length, i.lengths, i.passage_count,
        p.url_path
    from search_indexedpage i
    join wagtailcore_page p on p.id = i.page_id
    where p.live
        and p.alias_of_id is null
        and (p.expire_at is null or p.expire_at > statement_timestamp())
        and i.pipeline <> ''
        and p.url_path like any(%(roots)s::text[])
        and not p.path ^@ any (array(select path from closed))
),
