"""The search: an index of passages with their vectors, and everything that asks it. Knows Wagtail, and nothing of kb.

Two rivers: `index` (page -> passages -> vectors -> rows) and `retrieval` (question -> candidates -> answer).
docs/developers/README.md says what happens in each room, docs/developers/search.md follows both rivers.
"""
