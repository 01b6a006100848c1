"""The words of the index, held in memory: compounds with a word, words that look like it, words it may be meant for."""

from search.vocabulary.store import Vocabularies, current, forget
from search.vocabulary.words import Form, Near, Vocabulary

__all__ = ["Form", "Near", "Vocabularies", "Vocabulary", "current", "forget"]
