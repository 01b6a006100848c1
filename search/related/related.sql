-- Pages that belong with a page, in one statement: an editor's links first, then what the machine found, each in
-- the reader's language, none that the reader may not see, never the page itself or a translation of it.
with
--include visible.sql
typed as (
    select p.translation_key, l.kind as link, l.place
    from unnest(%(link_pages)s::int[], %(link_kinds)s::text[]) with ordinality as l (page_id, kind, place)
    join visible p on p.page_id = l.page_id
),
-- Relations of all visible translations of this page: one of them may be the only one with a match.
found as (
    select o.translation_key, r.score, r.shared, r.passage_id, r.other_passage_id,
        m.language = %(language)s as own_language
    from search_relation r
    join visible m on m.page_id = r.page_id
    join visible o on o.page_id = r.other_id
    where m.translation_key = %(translation_key)s::uuid and r.score >= %(threshold)s
),
best as (
    select distinct on (translation_key) translation_key, null::text as link, 0::bigint as place, score, shared,
        passage_id, other_passage_id
    from found
    order by translation_key, own_language desc, score desc
),
together as (
    select distinct on (translation_key) *
    from (
        select t.translation_key, t.link, t.place, b.score, b.shared, b.passage_id, b.other_passage_id
        from typed t left join best b on b.translation_key = t.translation_key
        union all
        select translation_key, link, place, score, shared, passage_id, other_passage_id from best
    ) both_kinds
    where translation_key <> %(translation_key)s::uuid
    order by translation_key, link is null, place
)
select coalesce(json_agg(to_json(shown) order by (shown.link is null), shown.place, shown.score desc), '[]')::text
from (
    select v.page_id, v.kind, v.title, v.language, v.url_path, t.link, t.place, t.score,
        coalesce(t.shared, '{}') as shared, a.text as passage, b.text as other_passage, b.anchor as other_anchor
    from together t
    cross join lateral (
        select * from visible v where v.translation_key = t.translation_key
        order by v.language = %(language)s desc, v.page_id limit 1
    ) v
    left join search_passage a on a.id = t.passage_id
    left join search_passage b on b.id = t.other_passage_id
    order by (t.link is null), t.place, t.score desc nulls last, v.page_id
    limit %(limit)s
) shown
