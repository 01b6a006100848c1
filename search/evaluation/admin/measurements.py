"""Measurements in the admin: begin one, watch it, read it, lay two side by side."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from search.evaluation.admin import wording
from search.evaluation.admin.forms import RunForm
from search.evaluation.comparing import compare
from search.evaluation.judging import site_questions
from search.evaluation.models import Run
from search.evaluation.permission import JudgesOnly
from search.evaluation.tasks import measure

logger = logging.getLogger(__name__)

PER_PAGE = 25
ACTIVE = (Run.State.WAITING, Run.State.RUNNING)
LATE = timedelta(seconds=30)
"""A worker that has nothing else to do takes a run after a second."""
CHANGES_SHOWN = 100
QUESTIONS_PER_PAGE = 50


class RunsFrame(JudgesOnly, WagtailAdminTemplateMixin, TemplateView):
    """What the screens about measurements share."""

    header_icon = "history"

    def get_page_title(self) -> str:
        return _("Measurements")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [
            *super().get_breadcrumbs_items(),
            {"url": reverse("search_quality:runs"), "label": _("Measurements")},
        ]
        title = self.get_page_title()
        if title == items[-1]["label"]:
            items[-1]["url"] = ""
            return items
        return [*items, {"url": "", "label": title}]


@dataclass(frozen=True)
class RunLine:
    """A measurement in a list."""

    run: Run
    what: str
    changed: list[tuple[str, str]]
    """figures other than the site's"""
    means: dict[str, Any]
    """over all pairs; empty as long as nothing is measured"""
    model: str
    """its name, without version and digest"""

    @classmethod
    def of(cls, run: Run) -> RunLine:
        return cls(
            run=run,
            what=wording.what(run.leg),
            changed=wording.said(run.figures),
            means=run.metrics.get("all", {}),
            model=run.model.rpartition(":")[0],
        )


class RunListView(RunsFrame):
    """All measurements, newest first; two of them can be chosen."""

    template_name = "evaluation/runs.html"

    def get_header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Measure now"), url=reverse("search_quality:measure"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(Run.objects.select_related("created_by"), PER_PAGE)
        page = pages.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page, lines=[RunLine.of(run) for run in page.object_list], **kwargs
        )


class MeasureView(RunsFrame):
    """Begins a measurement. It runs in the background: some 200 questions take ten seconds and more."""

    template_name = "evaluation/measure.html"

    def get_page_title(self) -> str:
        return _("Measure now")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", RunForm())
        return super().get_context_data(questions=len(site_questions().questions), active=_active(), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RunForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if not site_questions().of_split(form.cleaned_data["split"]).questions:
            form.add_error("split", _("There are no judged questions among these."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        with transaction.atomic():
            if (active := _active()) is not None:
                messages.warning(request, _("A measurement is under way. Please wait until it is done."))
                return redirect("search_quality:run", active.pk)
            run = form.save(commit=False)
            run.figures = form.figures
            run.created_by = request.user
            run.save()
            transaction.on_commit(lambda: _begin(run.pk))
        return redirect("search_quality:run", run.pk)


def _active() -> Run | None:
    return Run.objects.filter(state__in=ACTIVE).order_by("pk").first()


def _begin(run_id: int) -> None:
    """Nudges the worker. A broker that is away costs seconds: the sweep finds what waits."""
    try:
        measure.delay(run_id)
    except Exception:
        logger.exception("The message to measure run %s was not sent", run_id)


class RunView(RunsFrame):
    """A measurement: on its way, or its figures with the questions that were answered worst."""

    template_name = "evaluation/run.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self._run: Run | None = None

    @property
    def run(self) -> Run:
        if self._run is None:
            self._run = get_object_or_404(Run.objects.select_related("created_by"), pk=self.kwargs["pk"])
        return self._run

    def get_page_title(self) -> str:
        return str(self.run)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        answerable = run.questions.filter(ndcg__isnull=False)
        pages = Paginator(
            answerable.select_related("question").order_by("ndcg", "recall", "question_id"),
            QUESTIONS_PER_PAGE,
        )
        refusals = Counter(answerable.filter(answered=False).values_list("pair", flat=True))
        refusals["all"] = refusals.total()
        return super().get_context_data(
            run=run,
            line=RunLine.of(run),
            progress=progress_of(run),
            pairs=[(wording.pair(pair), values, refusals[pair]) for pair, values in _ordered(run.metrics)],
            refused=answerable.filter(answered=False).select_related("question").order_by("question_id"),
            unfounded=run.questions.filter(ndcg__isnull=True, answered=True)
            .select_related("question")
            .order_by("question_id"),
            page=pages.get_page(self.request.GET.get("p")),
            others=[
                RunLine.of(other)
                for other in Run.objects.filter(state=Run.State.DONE).exclude(pk=run.pk)[:PER_PAGE]
            ],
            **kwargs,
        )


@dataclass(frozen=True)
class Progress:
    """How far a measurement is."""

    active: bool
    done: int
    total: int
    late: bool
    """no worker has taken it yet, although one should have"""

    @property
    def said(self) -> str:
        if not self.total:
            return _("Waiting for the background worker …")
        return ngettext(
            "%(done)s of %(total)s question asked", "%(done)s of %(total)s questions asked", self.total
        ) % {"done": self.done, "total": self.total}


def progress_of(run: Run) -> Progress:
    """How far a run is, and whether nobody has worked on it for too long."""
    # A run waits between two turns of its worker as well.
    last_sign = run.heartbeat_at or run.created_at
    waits = run.state == Run.State.WAITING and timezone.now() - last_sign > LATE
    return Progress(
        active=run.state in ACTIVE,
        done=run.question_done,
        total=run.question_count,
        late=waits,
    )


class ProgressView(JudgesOnly, TemplateView):
    """The part of a run's screen that changes while it is measured; asked for by htmx every two seconds."""

    template_name = "evaluation/progress.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(Run, pk=pk)
        response = self.render_to_response({"run": run, "progress": progress_of(run)})
        if run.state not in ACTIVE:
            response["HX-Refresh"] = "true"
        return response


class DeleteRunView(RunsFrame):
    """Asks, then deletes a measurement; one that is on its way ends with that."""

    template_name = "evaluation/run_delete.html"
    header_icon = "bin"

    def get_page_title(self) -> str:
        return _("Delete this measurement?")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = get_object_or_404(Run, pk=self.kwargs["pk"])
        return super().get_context_data(run=run, line=RunLine.of(run), **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(Run, pk=pk).delete()
        messages.success(request, _("The measurement is deleted."))
        return redirect("search_quality:runs")


class CompareView(RunsFrame):
    """Two measurements side by side, the older one first unless somebody asks otherwise."""

    template_name = "evaluation/compare.html"

    def get_page_title(self) -> str:
        return _("Compare two measurements")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = Run.objects.filter(
            pk__in=[text for text in request.GET.getlist("run") if text.isdecimal() and len(text) < 10]
        ).order_by("created_at", "pk")
        if len(chosen) != 2:
            messages.warning(request, _("Please choose two measurements."))
            return redirect("search_quality:runs")
        if any(run.state != Run.State.DONE for run in chosen):
            messages.warning(request, _("Only measurements that are done can be compared."))
            return redirect("search_quality:runs")
        before, after = reversed(chosen) if "turn" in request.GET else chosen
        found = compare(before, after)
        return self.render_to_response(
            self.get_context_data(
                before=RunLine.of(before),
                after=RunLine.of(after),
                turned="turn" in request.GET,
                other_model=before.model != after.model,
                pairs=[
                    (wording.pair(change.pair), change, _verdict(change)) for change in _all_last(found.pairs)
                ],
                worse=_changes(found.worse),
                better=_changes(found.better),
                more_worse=max(0, len(found.worse) - CHANGES_SHOWN),
                more_better=max(0, len(found.better) - CHANGES_SHOWN),
                comparison=found,
            )
        )


def _ordered(metrics: dict[str, Any]) -> list[tuple[str, Any]]:
    """The pairs with one language first, then those across, then all together."""
    return sorted(metrics.items(), key=lambda item: (item[0] == "all", len(set(item[0].split("-"))), item[0]))


def _all_last(changes: Any) -> list[Any]:
    return sorted(changes, key=lambda one: (one.pair == "all", len(set(one.pair.split("-"))), one.pair))


def _changes(changes: Any) -> list[tuple[str, Any]]:
    return [(wording.pair(change.pair), change) for change in changes[:CHANGES_SHOWN]]


def _verdict(change: Any) -> str:
    """What the difference of a pair is worth, in words."""
    difference = change.after.ndcg - change.before.ndcg
    if abs(difference) < 0.0005:
        return _("no difference")
    if change.p is None:
        return _("too few questions to say")
    if change.p >= 0.05:
        return _("may be chance")
    return _("better, hardly by chance") if difference > 0 else _("worse, hardly by chance")
