-- Meaning, for an index with more vectors than a question can compare. HNSW only names pages: all passages of the
-- pages that stay in the race get their exact cosine, so that no candidate of any leg lacks one.
-- Where the reader, or what the filters leave, has few passages, all of them are compared: that is quicker than
-- a scan which passes over most of what it meets, and misses nothing (docs/decisions/search-dense-plans.md).
amounts as materialized (
    select coalesce(sum(passage_count), 0) as passing from passing where %(filtered)s
),
nearest as materialized (
    select e.page_id
    from search_passagevector e
    where e.model_id = %(vector_model)s
        and get_bit(%(visible)s, e.page_id) <> 0
        and %(visible_passages)s > %(few_passages)s
    order by e.embedding::halfvec(%(vector_dimensions)s) <=> %(vector)s::halfvec(%(vector_dimensions)s)
    limit %(nearest)s
),
-- `in … is not false` keeps what passes a hash that the scan itself asks: as a join it would come after it.
nearest_passing as materialized (
    select e.page_id
    from search_passagevector e
    where e.model_id = %(vector_model)s
        and (e.page_id in (select page_id from passing)) is not false
        and (select passing > %(few_passages)s and passing < %(visible_passages)s from amounts)
    order by e.embedding::halfvec(%(vector_dimensions)s) <=> %(vector)s::halfvec(%(vector_dimensions)s)
    limit %(nearest)s
),
-- A scan that gave fewer than it was asked for was not made, gave up among passages this reader may not see, or began on an
-- island of the graph. What comparing all instead would take is bounded: beyond, what it gave and the words named is it.
scored as materialized (
    select page_id from nearest
    union
    select page_id from nearest_passing
    union
    select page_id from lexical_candidates
    union
    select unnest(%(sample_pages)s::int[])
    union
    select page_id
    from pages
    where %(visible_passages)s <= %(made_good_up_to)s and (select count(*) from nearest) < %(nearest)s
    union
    select page_id
    from passing
    where %(filtered)s
        and (select passing < %(visible_passages)s and passing <= %(made_good_up_to)s from amounts)
        and (select count(*) from nearest_passing) < %(nearest)s
),
dense_pages as materialized (
    select e.page_id, max(1 - (e.embedding <=> (select %(vector)s::halfvec))) as cosine
    from search_passagevector e
    where e.model_id = %(vector_model)s and e.page_id = any (array(select page_id from scored))
    group by e.page_id
),
