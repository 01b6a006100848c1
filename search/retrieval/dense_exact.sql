-- Meaning: the exact scan scores every visible passage, so that no candidate of the words lacks a cosine.
dense as materialized (
    select e.passage_id, e.page_id, 1 - (e.embedding <=> %(vector)s::halfvec) as cosine
    from search_passagevector e
    join pages v on v.page_id = e.page_id
    where %(vector)s::text is not null
        and e.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
),
