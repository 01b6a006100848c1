-- Meaning: every visible passage is compared, so that no candidate of the words lacks a cosine.
dense_pages as materialized (
    select e.page_id, max(1 - (e.embedding <=> (select %(vector)s::halfvec))) as cosine
    from search_passagevector e
    where %(vector)s::text is not null
        and e.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
        and e.page_id = any (array(select page_id from pages))
    group by e.page_id
),
