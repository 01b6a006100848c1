"""What editors should know of how pages belong together: those nothing leads to, and those that say the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Length, Substr
from wagtail.models import Page, ReferenceIndex

from search.conf import conf
from search.curation.models import Decision
from search.curation.panel import is_offered
from search.embedding import index_embedder
from search.index.content import searchable_content_types
from search.index.models import Passage
from search.reader import Reader
from search.related.models import Relation
from search.retrieval.statement import run, sql, visible_params
from search.visibility import visible_to
from search.writers import pages_of_writer

REPORT_TIMEOUT_MS = 20_000


def orphans(user: Any, language: str) -> QuerySet[Page]:
    """Live pages in `language` that `user` may change and that nothing on the site leads to but lists and the search.

    Raises TimedOut.
    """
    found = run(
        sql("../curation/orphans.sql"),
        {
            **visible_params(Reader.of(user)),
            "threshold": conf().related_threshold,
            "language": language,
            "page_type": ContentType.objects.get_for_model(Page).pk,
            "content_types": _types(),
        },
        timeout_ms=REPORT_TIMEOUT_MS,
    )
    return (
        Page.objects.filter(pk__in=found)
        .filter(pk__in=pages_of_writer(user).values("pk"))
        .select_related("locale")
    )


def competing(user: Any, language: str) -> QuerySet[Relation]:
    """Pairs of pages on methods that are so near to each other that they may answer the same question: `user` may read
    both and change one. Each with `is_linked` (one of them names the other). What an editor dismissed is left out."""
    visible = readable(user).values("pk")
    editable = pages_of_writer(user).values("pk")
    pair = Relation.objects.filter(
        page_id__lt=F("other_id"),
        score__gte=conf().related_competing,
        page__kind__in=conf().competing_kinds,
        other__kind=F("page__kind"),
        page__language=language,
        other__language=language,
        page_id__in=visible,
        other_id__in=visible,
    )
    return (
        pair.filter(Q(page_id__in=editable) | Q(other_id__in=editable))
        .annotate(_there=_verdict("page", "other"), _back=_verdict("other", "page"))
        .exclude(_there=Decision.Verdict.DISMISSED)
        .exclude(_back=Decision.Verdict.DISMISSED)
        .annotate(is_linked=Exists(_links("page_id", "other_id")) | Exists(_links("other_id", "page_id")))
        .select_related("page", "other", "passage", "other_passage")
    )


def sections(user: Any, language: str) -> QuerySet[Page]:
    """The pages directly above those that the reports may list."""
    pages = Page.objects.live().filter(
        pk__in=pages_of_writer(user).values("pk"), locale__language_code=language, content_type__in=_types()
    )
    above = pages.order_by().annotate(_above=Substr("path", 1, Length("path") - Page.steplen))
    return Page.objects.filter(path__in=above.values("_above").distinct()).order_by("title")


def parents(pages: Iterable[Page]) -> QuerySet[Page]:
    return Page.objects.filter(path__in={page.path[: -page.steplen] for page in pages})


def readable(user: Any) -> QuerySet[Page]:
    """Live pages that `user` may read, without those that show another page's text."""
    return visible_to(Page.objects.filter(alias_of=None), Reader.of(user))


@dataclass(frozen=True)
class Beside:
    """A passage of one page and the nearest one of the other, None where none comes near."""

    passage: Passage
    nearest: Passage | None


def side_by_side(left: int, right: int) -> tuple[list[Beside], list[Passage]]:
    """Passages of page `left` in order, each with its nearest of page `right` (each of those once, nearest pairs
    first), and those of `right` that stand beside none."""
    own, other = (
        list(Passage.objects.filter(page_id=page_id).order_by("ordinal")) for page_id in (left, right)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select x.passage_id, y.passage_id
            from search_passagevector x
            join search_passagevector y on y.model_id = x.model_id and y.page_id = %s
            where x.page_id = %s
                and x.model_id = (select id from search_embeddingmodel where fingerprint = %s)
                and 1 - (x.embedding <=> y.embedding) >= %s
            order by x.embedding <=> y.embedding, x.passage_id, y.passage_id
            """,
            (right, left, index_embedder().fingerprint, conf().competing_passage),
        )
        nearest: dict[int, int] = {}
        for mine, theirs in cursor.fetchall():
            if mine not in nearest and theirs not in nearest.values():
                nearest[mine] = theirs
    by_id = {passage.pk: passage for passage in other}
    rows = [Beside(passage, by_id.get(nearest.get(passage.pk, 0))) for passage in own]
    return rows, [passage for passage in other if passage.pk not in nearest.values()]


def _types() -> list[int]:
    """Content types of pages that show what belongs with them."""
    type_of = ContentType.objects.get_for_id
    return [key for key in searchable_content_types() if is_offered(type_of(key).model_class())]


def _verdict(page: str, other: str) -> Coalesce:
    """What is in force about `other` in the list of `page`; "" for nothing."""
    newest = Decision.objects.filter(
        page_key=OuterRef(f"{page}__translation_key"), other_key=OuterRef(f"{other}__translation_key")
    )
    return Coalesce(Subquery(newest.order_by("-pk").values("verdict")[:1]), Value(""))


def _links(page: str, other: str) -> QuerySet[ReferenceIndex]:
    page_type = ContentType.objects.get_for_model(Page)
    return ReferenceIndex.objects.filter(
        base_content_type=page_type,
        to_content_type=page_type,
        object_id=Cast(OuterRef(page), CharField()),
        to_object_id=Cast(OuterRef(other), CharField()),
    )
