"""Does anything that was written for the model stand in what it is measured with?

`python -m search.training.overlap DATA` prints every sentence of `written/` that equals a text of DATA/eval (questions,
similarity, translations), case and punctuation aside, or shares more than `NEAR` of its words with one; exits with 1 where
one is equal. To be run after writing: who writes opens nothing of DATA.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from search.training import written

NEAR = 0.7
"""Jaccard index of two sentences' sets of words from which they are shown"""
EQUAL_FROM, NEAR_FROM = 3, 5
"""words of a sentence that is compared: shorter ones ("Das stimmt.") are anybody's"""
_FREQUENT = 400
"""A word of more sentences than this finds no candidates."""


@dataclass(frozen=True)
class Overlap:
    ours: str
    theirs: str
    likeness: float
    """1: the same words in the same order"""


def measured_texts(data: Path) -> Iterator[str]:
    """Questions of known_item, and every cell of sts and translation that is a text, in both languages."""
    for path in sorted(data.glob("eval/known_item/*/queries.*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    for path in sorted((*data.glob("eval/sts/*.tsv"), *data.glob("eval/translation/*.tsv"))):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from (cell for cell in line.split("\t") if " " in cell)


def overlaps(ours: Iterable[str], theirs: Iterable[str]) -> list[Overlap]:
    """One for each of our texts that has any, with the text that is most like it."""
    texts = {words: text for text in theirs if len(words := _words(text)) >= EQUAL_FROM}
    long = [words for words in texts if len(words) >= NEAR_FROM]
    places: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(long):
        for word in set(words):
            places[word].append(place)
    found = []
    for text in ours:
        own = _words(text)
        if own in texts:
            found.append(Overlap(text, texts[own], 1.0))
        elif len(own) >= NEAR_FROM:
            telling = (places[word] for word in set(own) if len(places.get(word, ())) in range(1, _FREQUENT))
            shared = Counter(place for some in telling for place in some)
            likeness = {place: _jaccard(own, long[place]) for place, count in shared.items() if count > 1}
            best = max(likeness, key=likeness.__getitem__, default=None)
            if best is not None and likeness[best] > NEAR:
                found.append(Overlap(text, texts[long[best]], min(likeness[best], 0.99)))
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


def _jaccard(left: Sequence[str], right: Sequence[str]) -> float:
    return len(set(left) & set(right)) / len(set(left) | set(right))


def main(typed: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m search.training.overlap", description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args(typed).data
    ours = [text for pair in written.sentences() for text in (pair.de, pair.en)]
    for item in written.answers():
        ours += [item.question_de, item.question_en]
    theirs = list(measured_texts(data))
    if not theirs:
        parser.error(f"{data} has no texts to compare with (eval/known_item, eval/sts, eval/translation)")
    found = overlaps(ours, theirs)
    for one in found:
        print(f"{one.likeness:.2f}  {one.ours}  |  {one.theirs}")
    equal = sum(one.likeness == 1 for one in found)
    print(f"{equal} equal, {len(found) - equal} near of {len(ours):,} texts")
    return 1 if equal else 0


if __name__ == "__main__":
    sys.exit(main())
