        case when c.page_score > 0 then 1.0 / (%(rrf_k)s + rank() over (order by c.page_score + c.passage_score desc)) else 0 end
            + case when c.gram_score > 0 then 1.0 / (%(rrf_k)s + rank() over (order by c.gram_score desc)) else 0 end
            + case when c.page_cosine is not null
                then 1.0 / (%(rrf_k)s + rank() over (order by c.page_cosine desc nulls last)) else 0 end as score
