        (1 - w.dense) * (
            (1 - w.gram) * (
                %(page_share)s * coalesce(c.page_score / s.page_score, 0)
                + (1 - %(page_share)s) * coalesce(c.passage_score / s.passage_score, 0)
            ) + w.gram * coalesce(c.gram_score / s.gram_score, 0)
        ) + w.dense * coalesce((c.cosine - s.least_cosine) / s.cosine_range, 0) as score
