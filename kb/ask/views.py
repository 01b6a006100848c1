"""The search page and its suggestions. Takes what was typed, calls search once, presents what it says."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from kb import limits
from kb.ask import later as later_on
from kb.ask import presentation, ways_on
from kb.ask.forms import QuestionForm
from kb.ask.languages import Choice, language_choices
from kb.ask.later import Later
from kb.core.reader import reader_of
from search import gaps, retrieval, suggesting
from search.reader import reading_language


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET ?q=&kind=&task_area=&cluster=&language=&page= ; with htmx only the part that changes."""
    form = QuestionForm(request.GET)
    form.is_valid()  # what cannot be is left out, see QuestionForm
    language = reading_language()
    context: dict[str, Any] = {"form": form, "question": form.question}
    later = None
    if form.question:
        found = _answer_or_later(request, form, language)
        if isinstance(found, Later):
            later = context["later"] = found
        else:
            context |= found
    if not (context.get("hits") or later):
        context["examples"] = ways_on.example_questions(language)
    if not ((context.get("hits") and context["answer"].answered) or later):
        context |= ways_on.ways_on(request, language)

    # What a member is shown must not wait in a shared cache; a fragment must not stand in for the page.
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    fragment = htmx and not htmx.history_restore_request
    response = render(request, "ask/fragment.html" if fragment else "ask/page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if later:
        response.status_code = later.status
        response["Retry-After"] = str(later.seconds)
    return _kept_private(request, response)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """GET ?q= ; options for the listbox of the search box. Nothing here is noted, and no model is asked.

    429 and 503 have no body: whoever types goes on typing, and simply is not offered anything.
    """
    if seconds := limits.seconds_to_wait(request, "suggestions"):
        return _nothing_now(request, later_on.too_many(seconds))
    with limits.place(later_on.SUGGESTION_PATIENCE) as got:
        if not got:
            return _nothing_now(request, later_on.BUSY)
        found = suggesting.suggest(
            request.GET.get("q", ""), reader=reader_of(request), language=reading_language()
        )
    return _kept_private(request, render(request, "ask/suggestions.html", {"suggestions": found}))


def _nothing_now(request: HttpRequest, later: Later) -> HttpResponse:
    response = HttpResponse(status=later.status, headers={"Retry-After": str(later.seconds)})
    return _kept_private(request, response)


def _kept_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store" if request.user.is_authenticated else "private, max-age=0"
    response["X-Robots-Tag"] = "noindex"
    return response


def _sent_off(request: HttpRequest, form: QuestionForm) -> bool:
    """A question that somebody asks just now: no filter, no further page, no look at the headers, no way back."""
    back = request.htmx.history_restore_request  # type: ignore[attr-defined]
    return request.method == "GET" and form.page_number == 1 and not form.filters and not back


def _answer_or_later(request: HttpRequest, form: QuestionForm, language: str) -> dict[str, Any] | Later:
    if seconds := limits.seconds_to_wait(request, "answers"):
        return later_on.too_many(seconds)
    with limits.place(later_on.ANSWER_PATIENCE) as got:
        return _answer(request, form, language) if got else later_on.BUSY


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
    # Quotation marks that nothing fits were left out: its further pages and filters are those of the plain question.
    question = answer.question if answer.without_quotes else form.question
    pages = presentation.pages(answer.total, number, question=question, filters=filters)
    if number > pages.count:  # an old address of a list that has become shorter
        number = pages.count
        answer = ask(number)
        pages = presentation.pages(answer.total, number, question=question, filters=filters)
    noted = _sent_off(request, form) and gaps.note(form.question, language, answer)
    facets = presentation.facets(
        answer.facets, question=question, filters=filters, language=language, reader=reader
    )
    languages: tuple[Choice, ...] = ()
    if answer.answered or "language" in filters:  # no way on where nothing answers, but one back
        counts = answer.facets.get("language", {})
        languages = language_choices(counts, question=question, filters=filters)
    return {
        "answer": answer,
        "hits": presentation.results(answer, language=language),
        "wordless": not form.says_something(language),
        "corrected_url": presentation.address(answer.suggestion, filters) if answer.suggestion else "",
        "too_long": form.is_too_long or answer.too_long,
        "noted": noted,
        "pages": pages,
        "facets": facets,
        "languages": languages,
        "chosen": [option for facet in facets for option in facet.options if option.chosen],
        "unfiltered_url": presentation.address(form.question, {}) if filters else "",
    }
