"""The launcher behind `./lotse`.

Read in the order in which a start runs: cli (what was asked) -> environment (a Python with the locked packages) ->
assets (styles and fonts) -> database (embedded PostgreSQL) -> processes (web, worker, beat and their end).
Everything up to the finished environment uses the standard library alone.
"""
