"""Judged questions as a YAML file and back, in the form of the demo content's own (site/demo/judgements.yaml)."""

from search.evaluation.exchange.form import EXAMPLE, MAX_BYTES, MAX_QUESTIONS, FileRefused
from search.evaluation.exchange.reading import read
from search.evaluation.exchange.storing import Done, take_in
from search.evaluation.exchange.writing import write

__all__ = ["EXAMPLE", "MAX_BYTES", "MAX_QUESTIONS", "Done", "FileRefused", "read", "take_in", "write"]
