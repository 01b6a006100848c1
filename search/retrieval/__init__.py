"""Question -> candidates -> fusion -> results -> excerpts."""

from search.retrieval.answer import Answer, Correction, Fragment, Hit, HitPassage
from search.retrieval.asking import ask

__all__ = ["Answer", "Correction", "Fragment", "Hit", "HitPassage", "ask"]
