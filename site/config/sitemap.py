"""The sitemap, read as of one moment."""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from wagtail.contrib.sitemaps.views import sitemap as wagtails


def sitemap(request: HttpRequest) -> HttpResponse:
    """Wagtail reads which pages there are first and their texts after that; one that goes in between would end in a
    KeyError (found by the fault harness). Where a transaction is open already (tests) it reads inside that."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        response = wagtails(request)
        return response.render()
