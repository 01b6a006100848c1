-- Candidates with their evidence, in one statement. A candidate is there for who may see every page it depends on.
with
--include visible.sql
shown as (
    select c.*
    from topics_candidate c
    where not c.rejected
        and (%(owner)s::uuid is null or %(owner)s::uuid in (c.left_owner, c.right_owner))
        and (%(kind)s::text is null or c.kind = %(kind)s)
        and (%(key)s::text is null or c.key = %(key)s)
        and cardinality(c.pages) = (
            select count(*) from unnest(c.pages) as p (id) join visible v on v.page_id = p.id
        )
),
-- Pairs are kept for every language of the site; a reader of none of them gets the first.
spoken as (
    select distinct on (p.candidate_id) p.candidate_id, p.language
    from topics_candidatepassages p join shown s on s.key = p.candidate_id
    order by p.candidate_id, p.language = %(language)s desc, p.language
),
pairs as (
    select p.candidate_id, count(*) as number,
        json_agg(
            json_build_object(
                'score', p.score,
                'left', json_build_object(
                    'page_id', lv.page_id, 'translation_key', lv.translation_key, 'kind', lv.kind, 'title', lv.title,
                    'url_path', lv.url_path, 'language', lv.language, 'anchor', l.anchor,
                    'heading_path', l.heading_path,
                    'text', coalesce(substr(l.text, p.left_start + 1, p.left_stop - p.left_start), l.text)
                ),
                'right', json_build_object(
                    'page_id', rv.page_id, 'translation_key', rv.translation_key, 'kind', rv.kind, 'title', rv.title,
                    'url_path', rv.url_path, 'language', rv.language, 'anchor', r.anchor,
                    'heading_path', r.heading_path,
                    'text', coalesce(substr(r.text, p.right_start + 1, p.right_stop - p.right_start), r.text)
                )
            ) order by p.place
        ) as pairs
    from topics_candidatepassages p
    join spoken s using (candidate_id, language)
    join search_passage l on l.id = p.left_id
    join search_passage r on r.id = p.right_id
    join visible lv on lv.page_id = l.page_id
    join visible rv on rv.page_id = r.page_id
    group by p.candidate_id
),
-- The version of a page that this reader gets.
versions as (
    select distinct on (translation_key) translation_key, page_id, kind, title, url_path, language
    from visible
    order by translation_key, language = %(language)s desc, page_id
)
select coalesce(json_agg(to_json(found) order by found.score desc, found.key), '[]')::text
from (
    select c.key, c.kind, c.score, c.terms, c.found_at, e.pairs,
        to_json(lo) as left_owner, to_json(ro) as right_owner,
        to_json(lp) as left_page, to_json(rp) as right_page,
        coalesce(lr.key, lt.key) as left_topic, coalesce(rr.key, rt.key) as right_topic,
        coalesce(lt.labels, '{}') as left_labels, coalesce(rt.labels, '{}') as right_labels,
        coalesce(lr.labels, '{}') as left_root_labels, coalesce(rr.labels, '{}') as right_root_labels,
        coalesce(lr.given_labels, lt.given_labels, '{}') as left_given_labels,
        coalesce(rr.given_labels, rt.given_labels, '{}') as right_given_labels,
        (
            select coalesce(json_agg(n.title order by n.title), '[]')
            from versions n where n.translation_key::text = any(c.new_evidence)
        ) as new_evidence
    from shown c
    join pairs e on e.candidate_id = c.key and e.number >= 2
    join versions lo on lo.translation_key = c.left_owner
    join versions ro on ro.translation_key = c.right_owner
    left join topics_topic lt on lt.key = c.left_topic_id
    left join topics_topic rt on rt.key = c.right_topic_id
    left join topics_topic lr on lr.key = lt.merged_into_id
    left join topics_topic rr on rr.key = rt.merged_into_id
    left join versions lp on lp.translation_key = c.left_page_key
    left join versions rp on rp.translation_key = c.right_page_key
    where not coalesce(lr.hidden, lt.hidden, false) and not coalesce(rr.hidden, rt.hidden, false)
        and (c.kind = 'topic' or (lp.page_id is not null and rp.page_id is not null))
) found
