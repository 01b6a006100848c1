"""Texts to learn from: sentence pairs, aligned sections of pages, German question-passage pairs. By licence.

DATA is a folder with `parallel/sentences.tsv.gz`, `parallel/pages/*.jsonl.gz` and `scale/german_business.jsonl.gz`.
Nothing under `eval/` is opened here, and no page of `split: test`.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Source:
    """Where texts come from. `take`: at most so many sentence pairs; `times`: how often each is seen an epoch."""

    name: str
    licence: str
    attribution: str
    take: int | None = None
    times: int = 1


SOURCES = {
    source.name: source
    for source in (
        Source("d365bc", "CC BY 4.0", "Microsoft, Dynamics 365 Business Central documentation"),
        Source(
            "d365bc_old", "CC BY 4.0", "Microsoft, Dynamics 365 Business Central documentation, older edition"
        ),
        Source(
            "d365ops",
            "CC BY 4.0",
            "Microsoft, Dynamics 365 finance, supply chain, commerce and HR documentation",
        ),
        Source("tatoeba", "CC BY 2.0 FR", "contributors of tatoeba.org", times=2),
        Source("php", "CC BY 3.0 or later", "The PHP Documentation Group", take=15_000),
        Source(
            "mdn",
            "CC BY-SA 2.5",
            "Mozilla contributors, MDN Web Docs and its German translation",
            take=40_000,
        ),
        Source("workfront", "MIT", "Adobe, Workfront documentation"),
    )
}
"""What the data folder holds besides (practice guides of other houses, test sets) is for measuring only."""

EVERYDAY = frozenset({"tatoeba"})
"""What people say to each other: the words that manuals do not have."""

OPEN_LICENCES = frozenset(
    {"CC0", "MIT", "CC BY 4.0", "CC BY 3.0 or later", "CC BY 2.0 FR", "CC BY-SA 2.5", "CC BY-SA 4.0"}
)
"""Licences under which a text may be learnt from and weights may be passed on, with attribution."""

_CHUNK_WORDS = 75  # German words: some 128 pieces, with title and heading


@dataclass(frozen=True)
class Pair:
    """The same in both languages."""

    de: str
    en: str


@dataclass(frozen=True)
class Retrieval:
    """A question and the passage that answers it, in both languages, or in German alone (`en` fields empty)."""

    question_de: str
    passage_de: str
    question_en: str = ""
    passage_en: str = ""
    page: str = ""
    """What two passages of one page have in common; "" where that is not known."""


def allowed(name: str, licences: frozenset[str] = OPEN_LICENCES) -> bool:
    """Whether a source is known here and under one of these licences. What is not known is not allowed."""
    return name in SOURCES and SOURCES[name].licence in licences


def sentence_pairs(data: Path, seed: int = 1, only: frozenset[str] | None = None) -> list[Pair]:
    """Shuffled pairs of 2 to 60 words with comparable lengths, each source at most `take` times; all sources, or
    `only` these, every pair once."""
    by_source: dict[str, list[Pair]] = {}
    with gzip.open(data / "parallel/sentences.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            german, english, name = line.rstrip("\n").split("\t")
            long, short = sorted((len(german.split()), len(english.split())), reverse=True)
            if (
                allowed(name)
                and (only is None or name in only)
                and short >= 2
                and long <= 60
                and long <= 2 * short + 3
            ):
                by_source.setdefault(name, []).append(Pair(german, english))
    found = []
    chance = random.Random(seed)
    for name, pairs in sorted(by_source.items()):
        chance.shuffle(pairs)
        found += pairs[: SOURCES[name].take] * (SOURCES[name].times if only is None else 1)
    chance.shuffle(found)
    return found


def aligned_retrieval(data: Path, seed: int = 1) -> list[Retrieval]:
    """Shuffled questions and passages of pages that exist in both languages, cut at the same lines.

    A question is the page's title with the heading, or a line taken out of the passage (inverse cloze task,
    Lee et al. 2019, arXiv 1906.00300), since summaries and what people ask are whole sentences.
    """
    chance = random.Random(seed)
    found: list[Retrieval] = []
    for name in ("d365bc", "php", "mdn"):
        for page in _pages(data / f"parallel/pages/{name}.jsonl.gz"):
            if page["split"] == "test" or not allowed(page["source"]):
                continue
            from_page = list(_aligned(page, chance))
            # A long reference page says the same thing many times.
            found += chance.sample(from_page, min(len(from_page), 12 if name == "d365bc" else 1))
    chance.shuffle(found)
    return found


def german_retrieval(data: Path, seed: int = 1) -> list[Retrieval]:
    """Shuffled questions (description, title, heading) and passages of German manuals."""
    chance = random.Random(seed)
    found: list[Retrieval] = []
    for page in _pages(data / "scale/german_business.jsonl.gz"):
        if not allowed(page["source"]) or page["licence"] not in OPEN_LICENCES:
            continue
        title, description = page["title"].strip(), (page.get("description") or "").strip()
        sections = [
            (heading, [line for line in lines if not description or description[:60] not in line])
            for heading, lines in _sections(page["text"])
        ]
        chunks = [(heading, chunk) for heading, lines in sections for chunk in _chunks([lines])]
        if not chunks:
            continue
        if len(description.split()) >= 5:
            heading, (chunk,) = chunks[0]
            found.append(Retrieval(description, f"{title}\n{' '.join(chunk)}", page=title))
        heading, (chunk,) = chunks[0]
        found.append(Retrieval(title, " ".join(chunk), page=title))
        for heading, (chunk,) in chance.sample(chunks[1:], min(4, len(chunks) - 1)):
            question, passage = _question(title, heading, [chunk], chance)
            found.append(Retrieval(question[0], passage[0], page=title))
    chance.shuffle(found)
    return found


def _aligned(page: dict[str, Any], chance: random.Random) -> Iterator[Retrieval]:
    german, english = _sections(page["text_de"]), _sections(page["text_en"])
    if len(german) != len(english):
        return
    for (heading_de, lines_de), (heading_en, lines_en) in zip(german, english, strict=True):
        if len(lines_de) != len(lines_en):
            continue
        for chunk_de, chunk_en in _chunks([lines_de, lines_en]):
            state = chance.getstate()
            question_de, passage_de = _question(page["title_de"], heading_de, [chunk_de, chunk_en], chance)
            chance.setstate(state)  # the same choice in the other language
            question_en, passage_en = _question(page["title_en"], heading_en, [chunk_en, chunk_de], chance)
            yield Retrieval(question_de[0], passage_de[0], question_en[0], passage_en[0], page["title_de"])


def _question(
    title: str, heading: str, chunks: list[list[str]], chance: random.Random
) -> tuple[list[str], list[str]]:
    """Question and passage of the first chunk; which lines may be a question depends on all languages."""
    chunk = chunks[0]
    above = f"{title} › {heading}" if heading and heading != title else title
    sentences = [
        number
        for number, line in enumerate(chunk)
        if all(5 <= len(texts[number].split()) <= 40 for texts in chunks)
    ]
    kind, place = chance.random(), chance.random()
    if kind < 0.55 and len(chunk) >= 3 and sentences:
        taken = sentences[int(place * len(sentences))]
        rest = " ".join(line for number, line in enumerate(chunk) if number != taken)
        return [chunk[taken]], [f"{above}\n{rest}"]
    if kind < 0.8 and heading:
        return [f"{title}: {heading}"], [" ".join(chunk)]
    return [title], [f"{heading}\n{' '.join(chunk)}" if heading and heading != title else " ".join(chunk)]


def _sections(text: str) -> list[tuple[str, list[str]]]:
    """Heading ("" before the first) and the lines under it."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in text.split("\n"):
        if match := re.match(r"#+\s+(.*)", line):
            found.append((match[1].strip(), []))
        elif line.strip():
            found[-1][1].append(line.strip())
    return found


def _chunks(versions: list[list[str]]) -> Iterator[list[list[str]]]:
    """Runs of the same lines in every version, of 20 to some _CHUNK_WORDS words."""
    start, words = 0, 0
    lengths = [max(len(version[n].split()) for version in versions) for n in range(len(versions[0]))]
    for number, length in enumerate(lengths):
        if words and words + length > _CHUNK_WORDS:
            if words >= 20:
                yield [version[start:number] for version in versions]
            start, words = number, 0
        words += length
    if words >= 20:
        yield [version[start:] for version in versions]


def _pages(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
