"""The judging screen: a question, the real answers of the product, and a mark for each."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from search.evaluation import marking, measures
from search.evaluation.admin.board import Board, board
from search.evaluation.admin.forms import AddPageForm, AskForm, MarkForm, QuestionForm, posted_keys
from search.evaluation.judging import ENOUGH
from search.evaluation.marking import ChangedMeanwhile, Mark
from search.evaluation.models import JudgedQuestion, Judgement
from search.evaluation.permission import JudgesOnly
from search.reader import Reader, reading_language

LIST = "search_quality:questions"


class JudgeView(JudgesOnly, WagtailAdminTemplateMixin, TemplateView):
    """GET without a question: the form to ask one. With one: its answers. POST saves the marks."""

    template_name = "evaluation/judge.html"
    header_icon = "help"
    page_title = ""

    def get_page_title(self) -> str:
        return _("Judge answers")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(LIST), "label": _("Judged questions")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Ask and judge"), url=reverse("search_quality:judge"), icon_name="plus")]

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        if pk is not None:
            question = get_object_or_404(JudgedQuestion, pk=pk)
            return self._screen(question, QuestionForm(instance=question))
        if "q" not in request.GET:
            return self._ask(
                AskForm(initial={"language": reading_language(), "reader": JudgedQuestion.Asker.VISITOR})
            )
        form = AskForm(request.GET)
        if not form.is_valid():
            return self._ask(form)
        values = {
            "text": form.cleaned_data["q"],
            "language": form.cleaned_data["language"],
            "reader": form.cleaned_data["reader"],
        }
        known = JudgedQuestion.objects.filter(**values).first()
        if known is not None:
            return redirect("search_quality:question", known.pk)
        question = JudgedQuestion(**values)
        return self._screen(question, QuestionForm(instance=question))

    def post(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        question = JudgedQuestion.objects.filter(pk=pk).first() if pk is not None else None
        if pk is not None and question is None:
            messages.error(request, _("The question has been deleted in the meantime. Nothing was saved."))
            return redirect(LIST)
        # A copy: a form changes its instance, and the screen still needs what is stored.
        form = QuestionForm(request.POST, instance=copy(question))
        valid = form.is_valid()
        if question is None:
            if "text" in form.errors or "language" in form.errors or "reader" in form.errors:
                return self._ask(_ask_again(request), status=422)
            question = JudgedQuestion(
                **{name: form.cleaned_data[name] for name in ("text", "language", "reader")}
            )
        stored = marking.marks_of(question) if question.pk else {}
        keys = posted_keys(request.POST)
        shown = self._board(question, stored, keys)
        marks = {
            row.key: MarkForm(row, stored.get(row.key, Mark()), data=request.POST)
            for row in shown.rows
            if row.key in set(keys)
        }
        marks_valid = [mark.is_valid() for mark in marks.values()]
        add = AddPageForm(request.POST, reader=Reader.of(request.user))
        if not all([valid, add.is_valid(), *marks_valid]):
            messages.error(request, _("Nothing was saved yet. Please see the notes below."))
            return self._screen(question, form, shown=shown, marks=marks, add=add, status=422)

        changed = {key: mark.mark for key, mark in marks.items() if mark.is_touched}
        headings = {(row.key, anchor): heading for row in shown.rows for anchor, heading in row.passages}
        if add.found is not None:
            key = add.found.translation_key
            names = dict(marking.headings_of([add.found.pk]).get(add.found.pk, []))
            changed[key] = Mark(add.cleaned_data["grade"], add.anchor if add.anchor in names else "")
            headings |= {(key, anchor): heading for anchor, heading in names.items()}
        if form.instance.kind == JudgedQuestion.Kind.UNANSWERABLE and any(
            mark.grade is not None and mark.grade >= ENOUGH for mark in {**stored, **changed}.values()
        ):
            form.add_error(
                "kind", _("A page is marked as an answer, so this is not a question without an answer.")
            )
            messages.error(request, _("Nothing was saved yet. Please see the notes below."))
            return self._screen(question, form, shown=shown, marks=marks, add=add, status=422)
        try:
            marking.save(
                form.instance,
                changed,
                seen=request.POST.get("seen", ""),
                user=request.user,
                headings=headings,
            )
        except ChangedMeanwhile as change:
            return self._conflict(form, changed, change)
        except IntegrityError:
            form.add_error(None, _("This question is there already."))
            return self._screen(question, form, shown=shown, marks=marks, add=add, status=422)
        return self._saved(form.instance, len(changed))

    # --- Parts --------------------------------------------------------------------------------

    def _ask(self, form: AskForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(ask_form=form, next_open=marking.next_open())
        return self.render_to_response(context, status=status)

    def _board(self, question: JudgedQuestion, marks: Mapping[UUID, Mark], added: list[UUID]) -> Board:
        return board(
            question.text,
            language=question.language,
            asked_by=question.reader,
            own=Reader.of(self.request.user),
            marks=marks,
            added=added,
        )

    def _screen(
        self,
        question: JudgedQuestion,
        form: QuestionForm,
        *,
        shown: Board | None = None,
        marks: Mapping[UUID, MarkForm] | None = None,
        add: AddPageForm | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """`marks` are the forms of pages that were on the screen before; all others get their stored mark."""
        stored = marking.marks_of(question) if question.pk else {}
        shown = shown or self._board(question, stored, [])
        given = marks or {}

        def forms(rows: Any) -> list[MarkForm]:
            return [given.get(row.key) or MarkForm(row, stored.get(row.key, Mark())) for row in rows]

        context = self.get_context_data(
            question=question,
            form=form,
            board=shown,
            answer=shown.answer,
            first=forms(shown.first),
            missed=forms(shown.missed),
            later=forms(shown.later),
            hidden=[Judgement.Grade(grade).label for grade in shown.hidden],
            add=add or AddPageForm(),
            seen=marking.fingerprint(question) if question.pk else "",
            next_open=marking.next_open(question),
            **_values(shown, stored),
            **more,
        )
        return self.render_to_response(context, status=status)

    def _conflict(self, form: QuestionForm, mine: dict[UUID, Mark], change: ChangedMeanwhile) -> HttpResponse:
        """Shows what is stored now, with this editor's own choices kept and each difference named."""
        question = JudgedQuestion.objects.get(pk=form.instance.pk)
        stored = marking.marks_of(question)
        shown = self._board(question, stored, list(mine))
        marks = {
            row.key: MarkForm(row, stored.get(row.key, Mark()), chosen=mine.get(row.key))
            for row in shown.rows
        }
        own_fields = {
            name: form.cleaned_data[name] for name in form.changed_data if name in form.cleaned_data
        }
        return self._screen(
            question,
            QuestionForm(instance=question, initial=own_fields),
            shown=shown,
            marks=marks,
            status=409,
            conflict={
                "by": get_user_display_name(change.by) if change.by else "",
                "at": date_format(localtime(change.at), "SHORT_DATETIME_FORMAT") if change.at else "",
                "fields": [
                    (
                        form.fields[name].label,
                        getattr(question, f"get_{name}_display", lambda: "")() or getattr(question, name),
                    )
                    for name, value in own_fields.items()
                    if getattr(question, name) != value
                ],
            },
        )

    def _saved(self, question: JudgedQuestion, count: int) -> HttpResponse:
        if count:
            text = ngettext("%(count)s mark saved.", "%(count)s marks saved.", count) % {"count": count}
        else:
            text = _("The question is saved.")
        messages.success(self.request, text)
        if self.request.POST.get("then") == "next":
            following = marking.next_open(question)
            if following is None:
                messages.info(self.request, _("No question is waiting for its first mark."))
                return redirect(LIST)
            return redirect("search_quality:question", following.pk)
        return redirect("search_quality:question", question.pk)


def _values(shown: Board, marks: Mapping[UUID, Mark]) -> dict[str, Any]:
    """The measures of this answer, nothing as long as no page is marked as one."""
    wanted = {str(key): mark.grade for key, mark in marks.items() if mark.grade}
    if not wanted:
        return {}
    ranked = [str(hit.translation_key) for hit in shown.answer.hits]
    places = [place for place, key in enumerate(ranked, start=1) if key in wanted]
    return {"values": measures.values([ranked], [wanted])[0], "first_place": places[0] if places else None}


def _ask_again(request: HttpRequest) -> AskForm:
    return AskForm(
        {"q": request.POST.get("text", ""), **{n: request.POST.get(n, "") for n in ("language", "reader")}}
    )
