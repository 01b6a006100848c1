"""Topics of owners and candidates for bridges: computed now, or read as a visitor reads them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from search.embedding import EmbedderUnavailable
from search.reader import ANONYMOUS
from search.topics import compute, evaluation, selectors
from search.topics.reading import ReadCandidate, ReadTopic


class Command(BaseCommand):
    help = "Lists topics or candidates for bridges as a visitor sees them, or computes both now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "candidates", "compute", "evaluate"])
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="of labels and texts")
        parser.add_argument("--owner", help="only of the owner with this title (or the beginning of it)")
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--judgements", type=Path, help="YAML file of judged pairs of pages, for `evaluate`"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            getattr(self, f"_{options['what']}")(options)

    def _compute(self, options: dict[str, Any]) -> None:
        try:
            report = compute.compute()
        except EmbedderUnavailable as error:
            raise CommandError(f"The model cannot be used: {error}") from error
        if report is None:
            raise CommandError("Another process is computing topics; try again in a minute.")
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
            return
        self.stdout.write(
            f"{report.topics} topics of {report.owners} owners from {report.pages} pages, "
            f"{report.candidates} candidates for bridges, in {report.seconds:.1f} s."
        )

    def _list(self, options: dict[str, Any]) -> None:
        found = [
            topic
            for topic in selectors.all_topics(ANONYMOUS, options["language"])
            if self._of(options, topic.owner.title)
        ]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(topic) for topic in found], default=str, ensure_ascii=False))
            return
        for title in dict.fromkeys(topic.owner.title for topic in found):
            self.stdout.write(title)
            for topic in found:
                if topic.owner.title == title:
                    self.stdout.write(f"  {topic.weight:4.0%}  {_described(topic)}")

    def _candidates(self, options: dict[str, Any]) -> None:
        found = [
            candidate
            for candidate in selectors.candidates(ANONYMOUS, options["language"])
            if self._of(options, candidate.left.owner.title, candidate.right.owner.title)
        ]
        if options["json"]:
            rows = [asdict(candidate) for candidate in found]
            self.stdout.write(json.dumps(rows, default=str, ensure_ascii=False))
            return
        for place, candidate in enumerate(found, 1):
            self._write_candidate(place, candidate)

    def _write_candidate(self, place: int, candidate: ReadCandidate) -> None:
        self.stdout.write(f"{place}. {candidate.score:.2f} {candidate.kind} {candidate.key}")
        self.stdout.write(f"   {candidate.explanation}")
        for side in (candidate.left, candidate.right):
            self.stdout.write(f"   {side.owner.title}: {side.label}")
        for pair in candidate.pairs:
            self.stdout.write(f"     {pair.score:5.2f} {pair.left.title}: {_short(pair.left.text)}")
            self.stdout.write(f"           {pair.right.title}: {_short(pair.right.text)}")
        if candidate.new_evidence:
            self.stdout.write(f"   New since it was rejected: {', '.join(candidate.new_evidence)}")

    def _evaluate(self, options: dict[str, Any]) -> None:
        if not options["judgements"]:
            raise CommandError("Which judgements? --judgements FILE, e.g. site/demo/bridge_judgements.yaml")
        try:
            judged = evaluation.judgements(options["judgements"])
        except evaluation.NotReadable as error:
            raise CommandError(str(error)) from error
        found = selectors.candidates(ANONYMOUS, options["language"])
        figures = evaluation.measured(found, judged)
        kinds = evaluation.by_kind(found, judged)
        if options["json"]:
            both = {**asdict(figures), "kinds": {kind: asdict(one) for kind, one in kinds.items()}}
            self.stdout.write(json.dumps(both, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{figures.judgements} judgements, {figures.proposed} candidates proposed.")
        self.stdout.write(
            f"{'':11}{'proposed':>9}{'judged':>8}{'good':>6}{'precision':>11}"
            f"{'recall':>8} of{'planted found':>16} of"
        )
        for name, one in {"all": figures, **kinds}.items():
            self.stdout.write(
                f"{name:11}{one.proposed:9}{one.judged:8}{one.good:6}{one.precision:11.2f}"
                f"{one.recall:8.2f}{one.to_find:3}{one.recall_planted:16.2f}{one.planted:3}"
            )
        self.stdout.write(
            f"Precision of the first 10: {figures.precision_at_10:.2f}, of the first 20: {figures.precision_at_20:.2f}."
        )
        for label, pairs in (("not found", figures.missed), ("not judged", figures.unjudged)):
            for pair in pairs:
                self.stdout.write(f"  {label}: {pair}")

    def _of(self, options: dict[str, Any], *titles: str) -> bool:
        wanted = (options["owner"] or "").casefold()
        return any(title.casefold().startswith(wanted) for title in titles)


def _described(topic: ReadTopic) -> str:
    quarters = ", ".join(f"{quarter}: {count}" for quarter, count in topic.quarters)
    return f"{topic.label} ({', '.join(topic.terms)}) · {topic.pages} pages · {quarters}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89]}…"
