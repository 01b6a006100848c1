-- Topics with their evidence, in one statement. A topic is there for who may see every page it was computed from.
with
--include visible.sql
shown as (
    select t.key, coalesce(t.merged_into_id, t.key) as root, t.owner, t.labels, t.terms, t.weight
    from topics_topic t
    left join topics_topic m on m.key = t.merged_into_id
    where t.found
        and (%(owner)s::uuid is null or t.owner = %(owner)s::uuid)
        and (%(hidden)s or not coalesce(m.hidden, t.hidden))
        and cardinality(t.pages) = (
            select count(*) from unnest(t.pages) as p (id) join visible v on v.page_id = p.id
        )
),
-- Merged topics are one; its own words come first, then those of the strongest that was merged into it.
together as (
    select s.root, s.owner,
        (array_agg(s.labels order by (s.key = s.root) desc, s.weight desc, s.key))[1] as labels,
        (array_agg(s.terms order by (s.key = s.root) desc, s.weight desc, s.key))[1] as terms,
        sum(s.weight) as weight
    from shown s
    group by s.root, s.owner
),
-- One passage of a page, in the reader's language where there is one.
best as (
    select distinct on (s.root, v.translation_key)
        s.root, v.translation_key, v.page_id, v.kind, v.title, v.url_path, v.language, tp.weight, tp.dated,
        p.anchor, p.heading_path,
        coalesce(substr(p.text, tp.start + 1, tp.stop - tp.start), p.text) as text
    from shown s
    join topics_topicpassage tp on tp.topic_id = s.key
    join search_passage p on p.id = tp.passage_id
    join visible v on v.page_id = p.page_id
    order by s.root, v.translation_key, v.language = %(language)s desc, tp.weight desc, p.ordinal
),
proofs as (
    select b.root, json_agg(to_json(b) order by b.weight desc, b.translation_key) as passages
    from best b
    group by b.root
)
select coalesce(json_agg(to_json(found) order by found.owner, found.weight desc, found.key), '[]')::text
from (
    select t.root as key, t.owner, t.labels, r.given_labels, r.hidden, t.terms, t.weight, e.passages,
        to_json(o) as owner_page
    from together t
    join topics_topic r on r.key = t.root
    join proofs e on e.root = t.root
    cross join lateral (
        select v.page_id, v.title, v.url_path, v.language
        from visible v where v.translation_key = t.owner
        order by v.language = %(language)s desc, v.page_id limit 1
    ) o
) found
