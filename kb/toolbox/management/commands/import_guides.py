"""Imports a folder of Markdown guides: docs/editors-import.md."""

from __future__ import annotations

import dataclasses
import json
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page

from kb.core.models import TaskArea
from kb.core.priority import stand_back
from kb.toolbox.imports.files import LANGUAGES
from kb.toolbox.imports.report import FileReport, Outcome, Report
from kb.toolbox.imports.service import import_folder
from kb.toolbox.models import GuideSectionPage, ToolboxPage

USAGE_ERROR = 2
BEHIND_READERS = 5
"""nice: who imports thousands of guides has more time than who asks meanwhile"""


class Command(BaseCommand):
    help = "Import a folder of Markdown guides with front matter. Drafts, unless --publish is given."

    def run_from_argv(self, argv: list[str]) -> None:
        stand_back(BEHIND_READERS)  # not where other code calls this command: that process stays as it is
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="folder with .md files, searched with all folders in it")
        parser.add_argument("--publish", action="store_true", help="publish what is complete enough")
        parser.add_argument(
            "--language",
            choices=LANGUAGES,
            default="de",
            help="for files that do not say theirs (default: de)",
        )
        parser.add_argument("--parent", help="address of a toolbox or section, such as /de/toolbox/archive/")
        parser.add_argument(
            "--task-area", default="wissensmanagement", help="short name, for files that do not name one"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--json", action="store_true", help="the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"]).expanduser()
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.", returncode=USAGE_ERROR)
        if not TaskArea.objects.filter(slug=options["task_area"]).exists():
            known = ", ".join(TaskArea.objects.values_list("slug", flat=True).distinct().order_by("slug"))
            message = f"There is no task area “{options['task_area']}”. There are: {known or 'none'}."
            raise CommandError(message, returncode=USAGE_ERROR)
        parents = _parents(options["parent"])
        # A line for each save would bury the report.
        for name in ("wagtail", "django_tasks"):
            logging.getLogger(name).setLevel(logging.WARNING)
        quiet = options["json"] or options["verbosity"] == 0

        def progress(number: int, file: FileReport) -> None:
            if not quiet and (file.message or options["verbosity"] > 1 or number % 50 == 0):
                self.stdout.write(_line(number, file, details=options["verbosity"] > 1))
                self.stdout.flush()

        report = import_folder(
            folder=folder,
            parents=parents,
            task_area=options["task_area"],
            language=options["language"],
            publish=options["publish"],
            dry_run=options["dry_run"],
            progress=progress,
        )
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_summary(report, dry_run=options["dry_run"]))
        if not report.files:
            raise CommandError(f"There is no Markdown file (.md) in {folder}.", returncode=USAGE_ERROR)
        if not report.ok:
            raise SystemExit(1)


def _parents(path: str | None) -> dict[str, Page]:
    """The page to import below, for each language. Raises CommandError where there is none."""
    if path is None:
        chosen: Page | None = ToolboxPage.objects.filter(alias_of__isnull=True).order_by("path").first()
        if chosen is None:
            raise CommandError(
                "There is no toolbox yet: create one below the home page, or load the demo content.",
                returncode=USAGE_ERROR,
            )
    else:
        chosen = _at(path)
        if not isinstance(chosen, ToolboxPage | GuideSectionPage):
            raise CommandError(f"There is no toolbox or section at {path}.", returncode=USAGE_ERROR)
    versions = type(chosen).objects.filter(translation_key=chosen.translation_key, alias_of__isnull=True)
    return {page.locale.language_code: page for page in versions.select_related("locale")}


def _at(path: str) -> Page | None:
    """The page at an address with or without its language, such as /de/toolbox/ or toolbox."""
    language, _, rest = path.strip("/").partition("/")
    pages = Page.objects.filter(depth__gt=2)
    if language in LANGUAGES:
        pages = pages.filter(locale__language_code=language)
    else:
        rest = path.strip("/")
    found = [
        page
        for page in pages.filter(slug=rest.rsplit("/", 1)[-1])
        if page.url_path.split("/", 2)[2].strip("/") == rest
    ]
    return found[0].specific if found else None


def _line(number: int, file: FileReport, *, details: bool) -> str:
    line = f"{number:5} {file.outcome.value:<9} {file.path}"
    if file.message:
        line += f": {file.message}"
    if not details:
        return line
    parts = [
        ("mapped", "; ".join(f"{words} → {field}" for words, field in file.mapped.items())),
        ("sections", "; ".join(file.sections)),
        ("filled", ", ".join(file.filled)),
        ("unused", "; ".join(f"{name}: {value}" for name, value in file.unused.items())),
        ("LOST", " ".join(file.lost)),
    ]
    return "\n".join([line, *(f"          {name}: {text}" for name, text in parts if text)])


def _summary(report: Report, *, dry_run: bool) -> str:
    counts = ", ".join(f"{report.count(outcome)} {outcome.value}" for outcome in Outcome)
    lines = [
        f"{len(report.files)} files{' (nothing was written)' if dry_run else ''}: {counts}; "
        f"{report.published} published; {report.words_lost} words lost; {report.seconds:.1f} s",
        "Headings and marks that became fields: "
        + (", ".join(f"{field} {count}" for field, count in report.fields.most_common()) or "none"),
        f"Headings that became sections: {sum(len(file.sections) for file in report.files)}",
        "Front matter without a field (kept with the import): "
        + (", ".join(f"{name} {count}" for name, count in report.unused.most_common()) or "none"),
    ]
    for file in report.files:
        if file.lost:
            lines.append(f"LOST from {file.path}: {' '.join(file.lost)}")
    if refused := [file for file in report.files if file.outcome is Outcome.REFUSED]:
        lines += ["Not imported:", *(f"  {file.path}: {file.message}" for file in refused)]
    return "\n".join(lines)


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "files": [dataclasses.asdict(file) for file in report.files],
        "summary": {outcome.value: report.count(outcome) for outcome in Outcome}
        | {
            "files": len(report.files),
            "published": report.published,
            "words_lost": report.words_lost,
            "seconds": round(report.seconds, 2),
        },
    }
