"""The import itself: for each file, create, update or leave its page."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page

from kb.core.models import TaskArea
from kb.toolbox.imports import pages
from kb.toolbox.imports.files import GuideFile, Refused, read_folder
from kb.toolbox.imports.report import FileReport, Outcome, Report
from kb.toolbox.markdown.draft import BodyParagraph, BodySection, BodyTable
from kb.toolbox.models import ImportedGuide

# The index is nudged once a transaction: a few dozen pages together are faster, and lost work stays small.
PAGES_A_TRANSACTION = 25

# Change this when the same file makes a different page, so that the next run brings pages up to date.
MAPPING_VERSION = 1


def import_folder(
    *,
    folder: Path,
    parents: Mapping[str, Page],
    task_area: str,
    language: str = "de",
    publish: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, FileReport], None] = lambda number, file: None,
) -> Report:
    """Import every Markdown file below `folder`.

    `parents`: the toolbox or section for each language code; files in a language without one are refused.
    `task_area`: slug of the task area for files that name none that exists.
    `progress` is called with the running number and the report of each file.
    """
    begin = time.monotonic()
    run = _Run(parents, _task_areas(), task_area, publish, dry_run)
    files: list[FileReport] = []
    for batch in _batches(read_folder(folder, language=language)):
        with transaction.atomic():
            for file in batch:
                files.append(run.one(file))
                progress(len(files), files[-1])
    return Report(tuple(files), time.monotonic() - begin)


@dataclasses.dataclass
class _Run:
    parents: Mapping[str, Page]
    task_areas: Mapping[tuple[str, str], TaskArea]
    fallback_area: str
    publish: bool
    dry_run: bool

    def __post_init__(self) -> None:
        records = ImportedGuide.objects.filter(parent__in=[parent.pk for parent in self.parents.values()])
        self.records = {(record.parent_id, record.source_id): record for record in records}

    def one(self, file: GuideFile | Refused) -> FileReport:
        """Import one file; a page that cannot be saved is reported, and the others go on."""
        if isinstance(file, Refused):
            return FileReport(file.path, Outcome.REFUSED, file.reason)
        if (parent := self.parents.get(file.language)) is None:
            return FileReport(
                file.path, Outcome.REFUSED, f"there is no toolbox in language “{file.language}”"
            )
        area, filled = self._task_area(file)
        if area is None:
            return FileReport(file.path, Outcome.REFUSED, f"there is no task area “{self.fallback_area}”")
        report = _described(file, filled)
        try:
            with transaction.atomic():
                return self._page(file, parent, area, report)
        except ValidationError as error:
            message = " ".join(error.messages)
            return dataclasses.replace(report, outcome=Outcome.REFUSED, message=message)

    def _page(self, file: GuideFile, parent: Page, area: TaskArea, report: FileReport) -> FileReport:
        digest = hashlib.sha256(f"{MAPPING_VERSION} {file.digest} {area.slug}".encode()).hexdigest()
        record = self.records.get((parent.pk, file.source_id))
        if record is None:
            if self.dry_run:
                return dataclasses.replace(report, outcome=Outcome.CREATED)
            page = pages.create(parent, file.draft, key=file.source_id, task_area=area)
            record = ImportedGuide(parent=parent, source_id=file.source_id, page=page)
            return self._finished(Outcome.CREATED, record, digest, file, report)
        if record.content_hash == digest:
            return self._published(
                record, dataclasses.replace(report, outcome=Outcome.UNCHANGED, page_id=record.page_id)
            )
        if pages.fingerprint(record.page) != record.page_hash:
            message = "changed on the site since the import; the file's new text was not taken over"
            return dataclasses.replace(report, outcome=Outcome.KEPT, message=message, page_id=record.page_id)
        if self.dry_run:
            return dataclasses.replace(report, outcome=Outcome.UPDATED, page_id=record.page_id)
        latest = record.page.get_latest_revision_as_object()
        latest.task_area = area
        pages.update(latest, file.draft, key=file.source_id)
        record.page.refresh_from_db()
        return self._finished(Outcome.UPDATED, record, digest, file, report)

    def _finished(
        self, outcome: Outcome, record: ImportedGuide, digest: str, file: GuideFile, report: FileReport
    ) -> FileReport:
        record.content_hash = digest
        record.page_hash = pages.fingerprint(record.page)
        record.unused = _plain(file.draft.unused)
        record.save()
        self.records[record.parent_id, record.source_id] = record
        return self._published(record, dataclasses.replace(report, outcome=outcome, page_id=record.page_id))

    def _published(self, record: ImportedGuide, report: FileReport) -> FileReport:
        """With --publish, publish what is not live yet or has changes of this import."""
        if not self.publish or self.dry_run:
            return report
        page = record.page
        if page.live and not page.has_unpublished_changes:
            return report
        if report.outcome is Outcome.UNCHANGED and pages.fingerprint(page) != record.page_hash:
            return report  # an editor is working on it
        reason = pages.publish(page)
        if reason:
            return dataclasses.replace(report, message=f"stays a draft: {reason}")
        return dataclasses.replace(report, published=True)

    def _task_area(self, file: GuideFile) -> tuple[TaskArea | None, tuple[str, ...]]:
        stated = self.task_areas.get((file.language, file.draft.facts.task_area))
        if stated:
            return stated, ()
        return self.task_areas.get((file.language, self.fallback_area)), ("task_area",)


def _task_areas() -> dict[tuple[str, str], TaskArea]:
    areas = TaskArea.objects.select_related("locale")
    return {(area.locale.language_code, area.slug): area for area in areas}


def _described(file: GuideFile, filled: tuple[str, ...]) -> FileReport:
    draft = file.draft
    headings = (
        item.heading if isinstance(item, BodySection) else item.caption if isinstance(item, BodyTable) else ""
        for item in draft.body
        if not isinstance(item, BodyParagraph)
    )
    unused = dict(draft.unused)
    if draft.facts.task_area and "task_area" in filled:
        unused["task_area"] = draft.facts.task_area
    return FileReport(
        path=file.path,
        outcome=Outcome.UNCHANGED,
        title=draft.title,
        language=file.language,
        mapped={reading.words: reading.became for reading in draft.readings},
        sections=tuple(filter(None, headings)),
        unused=_plain(unused),
        filled=(
            *filled,
            *(["summary"] if draft.summary_from in {"text", "title"} else []),
            *(["purpose"] if not draft.purpose else []),
            *(["kind"] if not draft.facts.kind else []),
        ),
        lost=dict(file.lost),
    )


def _plain(value: Any) -> Any:
    """A YAML value as JSON can hold it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _batches(files: Iterator[GuideFile | Refused]) -> Iterator[list[GuideFile | Refused]]:
    batch: list[GuideFile | Refused] = []
    for file in files:
        batch.append(file)
        if len(batch) == PAGES_A_TRANSACTION:
            yield batch
            batch = []
    if batch:
        yield batch
