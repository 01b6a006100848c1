"""What the search is worth, in figures: judged questions, metrics, runs to compare.

Read in the order in which a measurement runs: questions (what is asked, from the site or from a collection) -> legs
(what is measured, and what each switches off) -> asking (each question through `search.retrieval.ask`) -> measures
(nDCG, recall, MRR, significance, AUROC) -> measuring (all of it) -> table. Beside them: baselines (outside methods on
the same texts), tuning (weights), calibration (the line below which the site says that it knows nothing), command
(what a person asks for), runs (measurements that are kept), admin (the screens), exchange (questions as files),
related (pages that belong together).
"""
