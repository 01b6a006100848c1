-- Pages that belong with a page, in one statement: an author's links, what editors pinned, and what the machine found,
-- less what they dismissed; each in the reader's language, none that the reader may not see, never the page itself or a
-- translation of it. Which of them are shown is decided by choosing.py.
with
--include visible.sql
-- The newest decision about each page is in force (search/curation).
decided as materialized (
    select distinct on (other_key) other_key as translation_key, verdict, id
    from curation_decision
    where page_key = %(translation_key)s::uuid
    order by other_key, id desc
),
-- Translation keys of whatever may have a say, by their keys alone: of a large site hardly anything is read.
concerned as materialized (
    select %(translation_key)s::uuid as key
    union
    select translation_key from decided
    union
    select translation_key
    from search_indexedpage
    where page_id = any (%(link_pages)s::int[]) or page_id = any (array(
        select r.other_id
        from search_relation r
        join search_indexedpage m on m.page_id = r.page_id
        where m.translation_key = %(translation_key)s::uuid and r.score >= %(threshold)s
    ))
),
clusters as (
    select substr(facet, 9)::uuid as key
    from search_indexedpage i
    cross join lateral unnest(i.facets) as f (facet)
    where i.translation_key = any (array(select key from concerned)) and starts_with(facet, 'cluster:')
),
here as materialized (
    select * from visible
    where translation_key = any (array(select key from concerned union select key from clusters))
),
typed as (
    select p.translation_key, min(l.kind) as link, min(l.place) as place
    from unnest(%(link_pages)s::int[], %(link_kinds)s::text[]) with ordinality as l (page_id, kind, place)
    join here p on p.page_id = l.page_id
    group by p.translation_key
),
-- Relations of all visible translations of this page: one of them may be the only one with a match.
found as (
    select o.translation_key, o.page_id as other_id, r.score, r.shared, r.passage_id, r.other_passage_id,
        m.language as own_language, o.language as other_language
    from search_relation r
    join here m on m.page_id = r.page_id
    join here o on o.page_id = r.other_id
    where m.translation_key = %(translation_key)s::uuid and r.score >= %(threshold)s
),
best as (
    select distinct on (translation_key) *
    from found
    order by translation_key, own_language = %(language)s desc, score desc, other_id
),
together as (
    select translation_key, t.link, t.place, d.verdict is not distinct from 'pinned' as pinned, d.id as pinned_place,
        b.other_id, b.score, b.shared, b.passage_id, b.other_passage_id, b.own_language, b.other_language
    from typed t
    full join best b using (translation_key)
    full join (select * from decided where verdict <> 'restored') d using (translation_key)
    where translation_key <> %(translation_key)s::uuid and (t.link is not null or d.verdict is distinct from 'dismissed')
)
select json_build_object(
    'pages', (select coalesce(json_agg(to_json(listed) order by
        listed.link is null, listed.place, not listed.pinned, listed.pinned_place, listed.score desc, listed.page_id), '[]')
        from (
            select v.page_id, v.kind, v.title, v.language, v.url_path, v.clusters, t.link, t.place, t.pinned, t.pinned_place,
                t.other_id, coalesce(t.score, 0) as score, coalesce(t.shared, '{}') as shared, t.own_language,
                t.other_language, a.text as passage, a.anchor, b.text as other_passage, b.anchor as other_anchor
            from together t
            cross join lateral (
                -- Its clusters as far as they may be seen: one that is hidden must not take up a place of its pages.
                select v.*, array(
                    select facet from unnest(v.facets) facet
                    where starts_with(facet, 'cluster:')
                        and substr(facet, 9)::uuid in (select c.translation_key from here c)
                ) as clusters
                from here v where v.translation_key = t.translation_key
                order by v.language = %(language)s desc, v.page_id limit 1
            ) v
            left join search_passage a on a.id = t.passage_id
            left join search_passage b on b.id = t.other_passage_id
        ) listed),
    -- How near they are to each other, for the choice among them.
    'near', (select coalesce(json_agg(json_build_array(r.page_id, r.other_id, r.score)), '[]')
        from search_relation r
        where r.page_id = any (array(select other_id from together))
            and r.other_id = any (array(select other_id from together)))
)::text
