"""Language analysis without a database: text -> words -> terms. The same at indexing and at asking."""

from search.analysis.compounds import Split, splits
from search.analysis.sentences import Sentence, sentences
from search.analysis.terms import Occurrences, Word, stem, words

ANALYSIS_VERSION = "3"
"""Part of what a page's index rows were computed from: raise it whenever a word's terms can change."""

__all__ = [
    "ANALYSIS_VERSION",
    "Occurrences",
    "Sentence",
    "Split",
    "Word",
    "sentences",
    "splits",
    "stem",
    "words",
]
