        (1 - c.dense) * (
            (1 - c.gram) * (
                %(page_share)s * coalesce(c.page_score / s.page_score, 0)
                + (1 - %(page_share)s) * coalesce(c.passage_score / s.passage_score, 0)
            ) + c.gram * coalesce(c.gram_score / s.gram_score, 0)
        ) + c.dense * coalesce((c.page_cosine - s.least_cosine) / s.cosine_range, 0) as score
