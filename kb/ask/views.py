"""The search page. Takes the question, calls the retrieval once, presents the answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kb.ask import presentation, suggestions
from kb.ask.forms import QuestionForm
from kb.core.reader import reader_of
from search import retrieval


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET ?q=&kind=&task_area=&cluster=&language=&page= ; with htmx only the part that changes."""
    form = QuestionForm(request.GET)
    form.is_valid()  # what cannot be is left out, see QuestionForm
    language = (get_language() or "de").split("-")[0]
    context = {"form": form, "question": form.question}
    if form.question:
        context |= _answer(request, form, language)
    else:
        context["examples"] = suggestions.example_questions(language)
    if not context.get("hits"):
        context |= suggestions.ways_on(request, language)

    # What a member is shown must not wait in a shared cache; a fragment must not stand in for the page.
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    fragment = htmx and not htmx.history_restore_request
    response = render(request, "ask/fragment.html" if fragment else "ask/page.html", context)
    response["Cache-Control"] = "private, no-store" if request.user.is_authenticated else "private, max-age=0"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _answer(request: HttpRequest, form: QuestionForm, language: str) -> dict[str, Any]:
    reader = reader_of(request)
    filters = form.filters
    narrowing = {name: value for name, value in filters.items() if name != "language"}

    def ask(page: int) -> retrieval.Answer:
        return retrieval.ask(
            form.question,
            reader=reader,
            language=language,
            filters=narrowing,
            only_language=filters.get("language"),
            offset=(page - 1) * presentation.PER_PAGE,
            limit=presentation.PER_PAGE,
        )

    number = form.page_number
    answer = ask(number)
    pages = presentation.pages(answer.total, number, question=form.question, filters=filters)
    if number > pages.count:  # an old address of a list that has become shorter
        number = pages.count
        answer = ask(number)
        pages = presentation.pages(answer.total, number, question=form.question, filters=filters)
    facets = presentation.facets(
        answer.facets, question=form.question, filters=filters, language=language, reader=reader
    )
    return {
        "answer": answer,
        "hits": answer.hits,
        "too_long": form.is_too_long or answer.too_long,
        "pages": pages,
        "facets": facets,
        "chosen": [option for facet in facets for option in facet.options if option.chosen],
        "unfiltered_url": presentation.address(form.question, {}) if filters else "",
    }
