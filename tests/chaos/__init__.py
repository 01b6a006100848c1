"""The real stack, random editors, random faults; afterwards the index must be what the content says.

Read in the order in which a run goes: `command` (what was asked) -> `stack` (PostgreSQL, workers, beat, web) ->
`schedule` (actions of `editor`, faults of `faults`, while `reader` asks) -> `recomputation` (index == content?).
"""
