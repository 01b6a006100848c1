"""What the term table is worth: plain BM25 with and without it, questions in one language on texts in the other.

`python -m tests.bench.term_table FOLDER [--split train|test]`, FOLDER being the shared data. A probabilistic structured
query: a question's word counts in a text what its translations count there, each by its weight; its document
frequency is that of its translations, weighted alike (Darwish & Oard, Probabilistic Structured Query Methods,
SIGIR 2003). BM25 as in Robertson & Zaragoza (2009), k1 1.2, b 0.75. No fields, no vectors: the table alone is measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from search.analysis import splits, words
from search.bilingual import Clause, Row, Translations, clauses, mine_site, shipped
from search.bilingual.alignment import pieces
from search.bilingual.mining import best_split
from search.bilingual.site import SiteFirst
from tests.bench.figures import table

K1, B = 1.2, 0.75
PRIVATE = ("guides_members", "pages_aviation")
"""folders of the demo content that visitors do not see"""
Expand = Callable[[str], list[Clause]]


@dataclass(frozen=True)
class Question:
    text: str
    answers: frozenset[str]


class Index:
    """Postings of texts of one language; German compounds also stand under their parts where those are words of
    the same texts."""

    def __init__(self, texts: Mapping[str, str], language: str) -> None:
        self.ids = list(texts)
        self.language = language
        counts: dict[str, dict[int, float]] = defaultdict(dict)
        written: dict[str, str] = {}
        lengths = []
        for place, text in enumerate(texts.values()):
            found = list(words(text, language))
            lengths.append(len(found))
            written.update((word.term, word.folded) for word in found)
            for term, n in Counter(word.term for word in found).items():
                counts[term][place] = n
        self._add_parts(counts, written)
        self.postings = {
            term: (np.fromiter(found, np.int64), np.fromiter(found.values(), np.float64))
            for term, found in counts.items()
        }
        length = np.array(lengths, np.float64)
        self._norm = K1 * (1 - B + B * length / length.mean())

    def _add_parts(self, counts: dict[str, dict[int, float]], written: Mapping[str, str]) -> None:
        frequency = {term: len(found) for term, found in counts.items()}
        added: dict[str, Counter[int]] = defaultdict(Counter)
        for term, word in written.items():
            parts = best_split(splits(self.language, word), lambda part: frequency.get(part, 0), 1)
            if parts and math.prod(frequency[part] for part in parts) > frequency[term] ** len(parts):
                for part in parts:
                    added[part].update({place: int(n) for place, n in counts[term].items()})
        for part, found in added.items():
            for place, n in found.items():
                counts[part][place] = counts[part].get(place, 0.0) + n

    def ranked(self, query: Iterable[Clause], limit: int = 10) -> list[str]:
        """Ids of the best texts, best first; texts without any of the words are not among them."""
        scores = np.zeros(len(self.ids))
        for clause in query:
            tf = np.zeros(len(self.ids))
            df = 0.0
            for term, weight in clause.alternatives:
                if term in self.postings:
                    places, n = self.postings[term]
                    tf[places] += weight * n
                    df += weight * len(places)
            if df:
                idf = math.log(1 + (len(self.ids) - df + 0.5) / (df + 0.5))
                scores += clause.weight * idf * tf * (K1 + 1) / (tf + self._norm)
        best = np.lexsort((np.arange(len(scores)), -scores))[:limit]
        return [self.ids[place] for place in best if scores[place] > 0]


def ndcg(index: Index, questions: Sequence[Question], expand: Expand) -> float:
    """Mean nDCG@10 with binary grades (Järvelin & Kekäläinen 2002)."""
    values = []
    for question in questions:
        ranked = index.ranked(expand(question.text))
        gain = sum(1 / math.log2(place + 2) for place, key in enumerate(ranked) if key in question.answers)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(question.answers))))
        values.append(gain / ideal)
    return round(float(np.mean(values)), 4)


def as_asked(language: str) -> Expand:
    return lambda text: [Clause(((word.term, 1.0),)) for word in words(text, language)]


def bridged(source: str, target: str, chosen: Translations) -> Expand:
    known: dict[str, tuple[Clause, ...]] = {}

    def expand(text: str) -> list[Clause]:
        found: list[Clause] = []
        for word in words(text, source):
            if word.folded not in known:
                known[word.folded] = clauses(word.term, source, target, word=word.folded, table=chosen)
            found.extend(known[word.folded])
        return found

    return expand


class NoTable:
    def row(self, term: str, source: str, target: str) -> tuple[tuple[str, float], ...]:
        return ()


def across(
    texts: Mapping[str, Mapping[str, str]],
    questions: Mapping[str, Sequence[Question]],
    tables: Mapping[str, Translations],
) -> dict[str, float]:
    """nDCG@10 by direction and table; `texts` and `questions` by language."""
    indexes = {language: Index(found, language) for language, found in texts.items()}
    figures = {}
    for source, target in (("de", "en"), ("en", "de")):
        figures[f"{source} on {source}"] = ndcg(indexes[source], questions[source], as_asked(source))
        for name, chosen in tables.items():
            expand = bridged(source, target, chosen)
            figures[f"{source} on {target}, {name}"] = ndcg(indexes[target], questions[source], expand)
    return figures


def known_item(folder: Path, split: str) -> dict[str, float]:
    texts, questions = {}, {}
    answers: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            answers[query].add(document)
    for language in ("de", "en"):
        with gzip.open(folder / f"corpus.{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
            pages = [json.loads(line) for line in lines]
        texts[language] = {page["id"]: f"{page['title']}\n{page['text']}" for page in pages}
        with (folder / f"queries.{language}.jsonl").open(encoding="utf-8") as lines:
            asked = [json.loads(line) for line in lines]
        questions[language] = [
            Question(query["text"], frozenset(answers[query["id"]]))
            for query in asked
            if split in ("all", query["split"])
        ]
    return across(texts, questions, {"no table": NoTable(), "table": shipped()})


def sentence_pairs(path: Path, part: int) -> dict[str, float]:
    """Every other sentence asks for its translation among all; `part` 0 was tuned on, 1 was not."""
    pairs = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines()]
    texts, questions = {}, {}
    for place, language in enumerate(("de", "en")):
        texts[language] = {str(number): pair[place] for number, pair in enumerate(pairs)}
        questions[language] = [
            Question(pair[place], frozenset([str(number)]))
            for number, pair in enumerate(pairs)
            if number % 2 == part
        ]
    return across(texts, questions, {"no table": NoTable(), "table": shipped()})


@dataclass(frozen=True)
class DemoPage:
    summary: str
    blocks: tuple[str, ...]
    """title, then paragraphs and headings"""


def demo_pages(content: Path) -> dict[str, dict[str, DemoPage]]:
    """Pages that exist in both languages, by language and path."""
    pages: dict[str, dict[str, DemoPage]] = {"de": {}, "en": {}}
    for german in sorted(content.rglob("*.de.md")):
        english = german.with_name(german.name.replace(".de.md", ".en.md"))
        if english.exists():
            for language, path in (("de", german), ("en", english)):
                pages[language][german.name] = _demo_page(path.read_text(encoding="utf-8"))
    return pages


def _demo_page(text: str) -> DemoPage:
    _, matter, body = text.split("---\n", 2)
    title = re.search(r"^title: (.*)$", matter, re.M)
    summary = re.search(r"^summary: (.*)$", matter, re.M)
    blocks = [block.strip() for block in re.split(r"\n\s*\n", body) if block.strip()]
    return DemoPage(
        summary.group(1).strip('"') if summary else "", (title.group(1) if title else "", *blocks)
    )


class Rows:
    """Rows as a site would keep them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Row]] = {}

    def replace(self, rows: Mapping[tuple[str, str], Iterable[Row]]) -> None:
        self.rows = {key: {row.term: row for row in found} for key, found in rows.items()}


def demo(content: Path) -> dict[str, float]:
    """Summaries ask for their page in the other language. Rows of the site are mined from every other page, and only
    the pages between are asked for."""
    pages = demo_pages(content)
    names = list(pages["de"])
    texts = {
        language: {name: "\n".join(page.blocks) for name, page in found.items()}
        for language, found in pages.items()
    }
    questions = {
        language: [
            Question(found[name].summary, frozenset([name])) for name in names[1::2] if found[name].summary
        ]
        for language, found in pages.items()
    }
    store = Rows()
    mine_site(aligned(pages, names[::2]), store)
    own = SiteFirst(store.rows, shipped())
    return across(texts, questions, {"no table": NoTable(), "table": shipped(), "table and site": own})


def aligned(pages: Mapping[str, Mapping[str, DemoPage]], names: Iterable[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name in names:
        de, en = pages["de"][name].blocks, pages["en"][name].blocks
        if len(de) == len(en):
            for german, english in zip(de, en, strict=True):
                pairs.extend(pieces(german, english))
    return list(dict.fromkeys(pairs))


def judged(content: Path, split: str) -> dict[str, float]:
    """Judged questions whose pages exist in the other language, asked there. Rows of the site are mined from all
    pages that visitors may see, as on the site. Pages that help a lot or more (grades 2 and 3) count as answers."""
    pages = demo_pages(content)
    public = [
        name for name in pages["de"] if not any((content / folder / name).exists() for folder in PRIVATE)
    ]
    store = Rows()
    mine_site(aligned(pages, public), store)
    texts: dict[str, dict[str, str]] = {}
    for language in ("de", "en"):
        texts[language] = {
            str(path.relative_to(content)).removesuffix(f".{language}.md"): "\n".join(
                _demo_page(path.read_text(encoding="utf-8")).blocks
            )
            for path in sorted(content.rglob(f"*.{language}.md"))
        }
    found: dict[str, list[Question]] = {"de": [], "en": []}
    with (content.parent / "judgements.yaml").open(encoding="utf-8") as file:
        for asked in yaml.safe_load(file):
            other = "en" if asked["language"] == "de" else "de"
            answers = {answer["page"] for answer in asked.get("answers", ()) if answer["grade"] >= 2}
            answers &= texts[other].keys()
            if asked["split"] == split and asked["kind"] not in ("typo", "unanswerable") and answers:
                found[asked["language"]].append(Question(asked["question"], frozenset(answers)))
    own = SiteFirst(store.rows, shipped())
    figures = across(texts, found, {"no table": NoTable(), "table": shipped(), "table and site": own})
    return {"questions": sum(map(len, found.values())), **figures}


def coverage(content: Path) -> dict[str, float]:
    """Shares of the words of the German demo pages (as often as they stand there) by what the table says of them."""
    found: Counter[str] = Counter()
    for page in demo_pages(content)["de"].values():
        for word in words("\n".join((page.summary, *page.blocks)), "de"):
            if word.term.isalpha():
                row = shipped().row(word.term, "de", "en")
                answer = clauses(word.term, "de", "en", word=word.folded)
                same = not row and len(answer) == 1 and answer[0].alternatives[0][1] == 1.0
                found["row" if row else "itself" if same else "by its parts"] += 1
    return {name: round(n / found.total(), 4) for name, n in found.most_common()}


def measure(folder: Path, split: str) -> dict[str, Mapping[str, object]]:
    content = Path(__file__).parents[2] / "site" / "demo" / "content"
    results: dict[str, Mapping[str, object]] = {
        f"d365po, {split}": known_item(folder / "eval" / "known_item" / "d365po", split)
    }
    if split == "test":
        results["d365bc, test"] = known_item(folder / "eval" / "known_item" / "d365bc", "test")
    for name in ("practice",) if split == "train" else ("practice", "ntrex"):
        path = folder / "eval" / "translation" / f"{name}.tsv"
        results[f"sentences of {name}, {split}"] = sentence_pairs(path, int(split == "test"))
    results["demo pages"] = demo(content)
    results["judged questions"] = judged(content, "tune" if split == "train" else "held")
    results["words of the demo pages"] = coverage(content)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.term_table")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=["train", "test"], default="train")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    results = measure(wanted.folder, wanted.split)
    if wanted.json:
        print(json.dumps(results, indent=2))
    else:
        print("\n".join(table(name, rows) for name, rows in results.items()))


if __name__ == "__main__":
    main()
