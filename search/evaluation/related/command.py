"""`./lotse evaluate related`: on the site's judged pairs, or on a collection whose editors linked its texts."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.evaluation.collection import CollectionError
from search.evaluation.progress import Progress
from search.evaluation.sources import Refused

if TYPE_CHECKING:
    from search.evaluation.related.methods import Page


def main(given: Sequence[str]) -> int:
    """Prints what came out. Returns 0, or 1 with a sentence on stderr."""
    asked = _parser().parse_args(given)
    progress = Progress(silent=asked.quiet)
    try:
        found = _of_collection(asked, progress) if asked.collection else _of_site(asked, progress)
    except (Refused, CollectionError) as problem:
        progress.clear()
        print(problem, file=sys.stderr)
        return 1
    progress.clear()
    print(json.dumps(found, ensure_ascii=False, indent=2) if asked.json else "\n".join(_lines(found)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lotse evaluate related",
        description="What the related pages are worth, beside tf-idf, mean page vectors and tags.",
    )
    parser.add_argument("--collection", type=Path, metavar="FOLDER", help="docs.jsonl[.gz] and related.tsv")
    parser.add_argument("--languages", metavar="de,en", help="of the collection's texts (all)")
    parser.add_argument("--pages", type=int, default=0, metavar="N", help="at most N texts, always the same")
    parser.add_argument("--model", help="as in SEARCH_EMBEDDING_MODEL, for a collection")
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="judged pairs of the site's pages")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    return parser


# --- A collection ---


def _of_collection(asked: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from search.evaluation.collected.database import NoDatabase, point_django_at
    from search.evaluation.related import collection as linked

    languages = set(asked.languages.split(",")) if asked.languages else None
    collection = linked.read(asked.collection, languages=languages, pages=asked.pages)
    try:
        point_django_at(collection.name, model=asked.model, languages=collection.languages)
    except NoDatabase as problem:
        raise Refused(str(problem)) from None
    import django

    django.setup()
    from django.core.management import call_command

    from search.evaluation.collected import loading
    from search.evaluation.related import measures, methods

    progress.say("database of the collection")
    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        loading.load(collection, collection.languages, say=progress.say)
    except loading.NotIndexed as problem:
        raise Refused(f"{problem}. The same command goes on where this one stopped.") from None
    pages = [page for page in methods.pages() if page.language in collection.languages]
    ids = {(page.key, page.language): page.id for page in pages}
    tags = {page.id: collection.tags.get((page.key, page.language), ()) for page in pages}
    ranked = methods.rankings(pages, tags, progress.say)
    found: dict[str, Any] = {
        "name": collection.name,
        "texts": len(ids),
        "links": len(collection.links),
        "parts": {},
    }
    for language in collection.languages:
        links: dict[int, set[int]] = defaultdict(set)
        for pair in collection.links:
            if all(code == language for _key, code in pair):
                one, other = (ids[node] for node in pair)
                links[one].add(other)
                links[other].add(one)
        if links:
            found["parts"][language] = {
                name: asdict(measures.of_links(order, links)) for name, order in ranked.items()
            }
    return found


# --- The site ---


def _of_site(asked: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    import django

    django.setup()
    from search.evaluation.related import measures, methods

    pages = methods.pages()
    if not pages:
        raise Refused("The index is empty. Start the site and wait until it is filled: ./lotse index status")
    judged = {"editors": _of_editors(pages)}
    if asked.pairs:
        judged |= _of_file(asked.pairs, pages)
    judged = {part: pairs for part, pairs in judged.items() if pairs}
    if not judged:
        raise Refused(
            "Nobody has judged pairs yet: editors do by pinning and dismissing, or give --pairs FILE"
        )
    ranked = methods.rankings(pages, {page.id: page.facets for page in pages}, progress.say)
    return {
        "name": "site",
        "texts": len(pages),
        "parts": {
            part: {name: asdict(measures.of_pairs(order, pairs)) for name, order in ranked.items()}
            for part, pairs in judged.items()
        },
    }


def _of_editors(pages: Iterable[Page]) -> dict[int, dict[int, int]]:
    """What editors pinned belongs, what they dismissed is bad; of the versions of a page in every language."""
    from search.curation.services import judgements
    from search.evaluation.related.measures import BAD, BELONGS

    by_key: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_key[page.key].append(page)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for said in judgements():
        for one in by_key[str(said.page_key)]:
            for other in by_key[str(said.other_key)]:
                if one.language == other.language:
                    found[one.id][other.id] = BELONGS if said.belongs else BAD
    return found


def _of_file(path: Path, pages: Iterable[Page]) -> dict[str, dict[int, dict[int, int]]]:
    """Part -> page -> other page -> grade. Raises Refused."""
    from django.conf import settings

    # A name is the title in every language: meant is the version in the site's own.
    own_last = sorted(pages, key=lambda page: page.language == settings.LANGUAGE_CODE)
    ids: Mapping[str, int] = {page.title: page.id for page in own_last}
    found: dict[str, dict[int, dict[int, int]]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error}") from None
    part = path.stem
    for number, line in enumerate(lines, start=1):
        if line.startswith("["):
            part = line.strip("[] ")
        elif line and not line.startswith("#"):
            title, _, rest = line.rpartition(": ")
            pairs = [pair.strip().rpartition(" ") for pair in rest.split("; ")]
            if not title or not all(grade in ("0", "1", "2") for _title, _, grade in pairs):
                raise Refused(f"{path}, line {number}: not “page: other page 2; other page 0”")
            if title in ids:
                found.setdefault(part, {})[ids[title]] = {
                    ids[other]: int(grade) for other, _, grade in pairs if other in ids
                }
    return found


# --- What is printed ---


def _lines(found: Mapping[str, Any]) -> Iterable[str]:
    yield f"{found['name']}: {found['texts']} texts" + (
        f", {found['links']} links" if "links" in found else ""
    )
    for part, methods in found["parts"].items():
        yield ""
        first = next(iter(methods.values()))
        yield f"{part}: {first['pages']} pages"
        if "precision" in first:
            yield f"  {'':<18}{'P@5':>8}{'R@10':>8}{'MRR':>8}{'shown':>8}"
            for name, row in methods.items():
                yield (
                    f"  {name:<18}{row['precision']:>8.3f}{row['recall']:>8.3f}{row['mrr']:>8.3f}{row['shown']:>8.1f}"
                )
        else:
            yield f"  {'':<18}{'shown':>8}{'judged':>8}{'belong':>8}{'fair':>8}{'bad':>8}"
            for name, row in methods.items():
                judged = row["belong"] + row["fair"] + row["bad"]
                shares = "".join(
                    f"{row[grade] / max(1, judged):>8.0%}" for grade in ("belong", "fair", "bad")
                )
                yield f"  {name:<18}{row['shown']:>8}{judged:>8}{shares}"
