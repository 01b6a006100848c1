"""The list of judged questions, and how they leave and enter as a file."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import MultipleUserFilter, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, UserColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.log_actions import log

from search.evaluation import exchange
from search.evaluation.admin.forms import ImportForm
from search.evaluation.models import JudgedQuestion, Judgement
from search.evaluation.permission import JudgesOnly
from search.reader import Reader
from search.reports import WIDE, FirmOrder, HarmlessExport, WideTitleColumn

LANGUAGES = dict(settings.LANGUAGES)


class QuestionFilters(WagtailFilterSet):
    """Narrows the list down."""

    MARKED, OPEN = "marked", "open"

    language = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"), choices=JudgedQuestion.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    split = django_filters.ChoiceFilter(
        label=gettext_lazy("Half"),
        choices=[choice for choice in JudgedQuestion.Split.choices if choice[0]],
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )
    reader = django_filters.ChoiceFilter(
        label=gettext_lazy("Asked by"),
        choices=JudgedQuestion.Asker.choices,
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Marks"),
        choices=[(MARKED, gettext_lazy("Marked")), (OPEN, gettext_lazy("Waiting for marks"))],
        method="of_state",
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )
    judged_by = MultipleUserFilter(
        label=gettext_lazy("Judged by"),
        queryset=lambda request: _judges(),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = JudgedQuestion
        fields: list[str] = []

    def of_state(self, questions: Any, name: str, value: str) -> Any:
        marked = Exists(Judgement.objects.filter(question=OuterRef("pk"))) | Q(
            kind=JudgedQuestion.Kind.UNANSWERABLE
        )
        return questions.filter(marked if value == self.MARKED else ~marked)


def _judges() -> QuerySet[Any]:
    names = JudgedQuestion.objects.exclude(judged_by=None).values("judged_by")
    return get_user_model()._default_manager.filter(pk__in=names)


class QuestionListView(JudgesOnly, HarmlessExport, FirmOrder):
    """All judged questions, each leading to its judging screen."""

    model = JudgedQuestion
    page_title = gettext_lazy("Judged questions")
    header_icon = "list-ul"
    index_url_name = "search_quality:questions"
    index_results_url_name = "search_quality:questions_results"
    is_searchable = True
    search_fields = ["text", "source"]
    filterset_class = QuestionFilters
    default_ordering = "text"
    paginate_by = 50
    template_name = "evaluation/questions.html"
    results_template_name = "evaluation/questions_results.html"
    verbose_name_plural = gettext_lazy("judged questions")
    export_filename = "judged-questions"
    list_export = [
        "text",
        "language",
        "get_kind_display",
        "get_split_display",
        "get_reader_display",
        "answers",
        "judged_by",
        "judged_at",
    ]
    export_headings = {
        "text": gettext_lazy("Question"),
        "get_kind_display": gettext_lazy("Kind"),
        "get_split_display": gettext_lazy("Half"),
        "get_reader_display": gettext_lazy("Asked by"),
        "answers": gettext_lazy("Pages that answer"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "text",
                label=_("Question"),
                sort_key="text",
                get_url=lambda question: reverse("search_quality:question", args=[question.pk]),
                link_attrs={"dir": "auto"},
            ),
            Column(
                "language",
                label=_("Language"),
                accessor=lambda q: LANGUAGES.get(q.language, q.language),
                sort_key="language",
                classname=WIDE,
            ),
            Column(
                "kind",
                label=_("Kind"),
                accessor=lambda q: q.get_kind_display() if q.kind else "",
                classname=WIDE,
            ),
            Column(
                "split",
                label=_("Half"),
                accessor=lambda q: q.get_split_display() if q.split else "",
                classname=WIDE,
            ),
            Column("answers", label=_("Pages that answer"), accessor=_answers, sort_key="answers"),
            UserColumn("judged_by", label=_("Judged by"), blank_display_name="", classname=WIDE),
            DateColumn("judged_at", label=_("Judged"), sort_key="judged_at", classname=WIDE),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        answering = Count("judgements__translation_key", filter=Q(judgements__grade__gt=0), distinct=True)
        return JudgedQuestion.objects.select_related("judged_by").annotate(answers=answering)

    @cached_property
    def header_buttons(self) -> list[Button]:
        return [HeaderButton(_("Ask and judge"), url=reverse("search_quality:judge"), icon_name="plus")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        export = reverse("search_quality:export") + "?" + self.request.GET.urlencode()
        return [
            Button(_("Import"), url=reverse("search_quality:import"), icon_name="upload", priority=10),
            Button(_("Export for import elsewhere (YAML)"), url=export, icon_name="download", priority=20),
            *super().header_more_buttons,
        ]

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> Any:
        if self.is_export:
            return self.as_spreadsheet(context["object_list"], self.request.GET["export"])
        return super().render_to_response(context, **response_kwargs)


def _answers(question: Any) -> str:
    if question.answers:
        return ngettext("%(count)s page", "%(count)s pages", question.answers) % {"count": question.answers}
    if question.kind == JudgedQuestion.Kind.UNANSWERABLE:
        return _("none, as intended")
    return _("open")


class DeleteQuestionView(JudgesOnly, WagtailAdminTemplateMixin, TemplateView):
    """Asks, then deletes the question with its marks. Its values in stored measurements go with it."""

    template_name = "evaluation/delete.html"
    header_icon = "bin"

    def get_page_title(self) -> str:
        return _("Delete this question?")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("search_quality:questions"), "label": _("Judged questions")},
            {"url": "", "label": _("Delete")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = get_object_or_404(JudgedQuestion, pk=self.kwargs["pk"])
        return super().get_context_data(question=question, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        question = get_object_or_404(JudgedQuestion, pk=pk)
        log(instance=question, action="wagtail.delete", user=request.user, deleted=True)
        question.delete()
        messages.success(request, _("The question is deleted."))
        return redirect("search_quality:questions")


class ExportQuestionsView(JudgesOnly, View):
    """The questions of the list, as filtered and searched there, in one YAML file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = QuestionListView()
        listing.setup(request)
        text = exchange.write(listing.get_queryset(), reader=Reader.of(request.user))
        response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
        name = f"judged-questions-{timezone.localdate():%Y-%m-%d}.yaml"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class ImportQuestionsView(JudgesOnly, WagtailAdminTemplateMixin, TemplateView):
    """Takes a file of the form that the export writes: everything in it, or nothing and a list of what is wrong."""

    template_name = "evaluation/import.html"
    header_icon = "upload"

    def get_page_title(self) -> str:
        return _("Import judged questions")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("search_quality:questions"), "label": _("Judged questions")},
            {"url": "", "label": _("Import")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ImportForm())
        return super().get_context_data(
            max_questions=exchange.MAX_QUESTIONS, example=exchange.EXAMPLE, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            done = exchange.take_in(
                form.cleaned_data["file"],
                replace=form.cleaned_data["present"] == ImportForm.REPLACE,
                user=request.user,
            )
        except exchange.FileRefused as refusal:
            context = self.get_context_data(form=form, problems=refusal.problems, more=refusal.more)
            return self.render_to_response(context, status=422)
        messages.success(
            request,
            _("Imported: %(new)s new, %(replaced)s replaced, %(kept)s kept as they were.")
            % {"new": done.new, "replaced": done.replaced, "kept": done.kept},
        )
        return redirect("search_quality:questions")
