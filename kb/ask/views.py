"""The search page. Takes the question, calls the retrieval once, presents the answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def search(request: HttpRequest) -> HttpResponse:
    """GET ?q=&kind=&task_area=&cluster=&language=&page= ; all optional, nothing else is read."""
    return render(request, "ask/page.html")
