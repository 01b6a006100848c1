"""Question -> candidates -> fusion -> results -> excerpts."""

from search.retrieval.answer import Answer, Fragment, Hit, HitPassage
from search.retrieval.asking import ask

__all__ = ["Answer", "Fragment", "Hit", "HitPassage", "ask"]
