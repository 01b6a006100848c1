"""What the search is worth, in figures: judged questions, metrics, runs to compare.

Read in the order in which a measurement runs: questions (what is asked, from the site or from a collection) ->
settings (the legs and what they switch off) -> asking (each question through `search.retrieval.ask`) -> measures
(nDCG, recall, MRR, significance, AUROC) -> report (the table). Beside them: baselines (outside methods on the same
texts), tuning (weights), calibration (the line below which the site says that it knows nothing).
"""
