"""The one place that writes to a bridge. Each change names the version it was made from, and leaves a step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from kb.bridges import permissions
from kb.bridges.models import (
    Bridge,
    BridgeCluster,
    BridgeIndexPage,
    BridgePage,
    Comment,
    Evidence,
    LinkedPage,
    Responsible,
    Step,
)
from kb.bridges.models.history import LONGEST_REASON
from kb.clusters.members import members_of
from kb.core.visibility import visible_to
from search.index.services import mark_changed
from search.protocol import Searchable
from search.reader import Reader
from search.topics import services as judgements
from search.topics.models import Candidate

Action = Step.Action
FEWEST_CLUSTERS = 2


class Outdated(Exception):
    """Somebody else changed the bridge meanwhile. `last` is their step; nothing was written."""

    def __init__(self, last: Step | None) -> None:
        self.last = last
        super().__init__("The bridge has changed")


@dataclass(frozen=True)
class Passage:
    """A passage to keep as evidence. `row`: passages with the same number stand side by side."""

    cluster_key: UUID
    page_id: int
    anchor: str
    heading: str
    text: str
    row: int


@transaction.atomic
def make(
    *,
    by: Any,
    texts: Mapping[str, str],
    clusters: Sequence[UUID],
    kind: str = Bridge.Kind.PROBLEM,
    candidate_key: str = "",
    passages: Sequence[Passage] = (),
) -> Bridge:
    """A new bridge. `texts`: title_de, title_en, problem_de, problem_en; at least one title.

    Raises PermissionDenied, and ValidationError for texts or clusters that cannot be.
    """
    if not permissions.may_add(by):
        raise PermissionDenied
    bridge = Bridge(kind=kind, candidate_key=candidate_key, **texts)
    _check(bridge, clusters)
    bridge.save()
    BridgeCluster.objects.bulk_create(BridgeCluster(bridge=bridge, cluster_key=key) for key in clusters)
    _keep(bridge, passages, Reader.of(by))
    _step(bridge, Action.TAKEN if candidate_key else Action.MADE, by)
    return bridge


def advance(*, bridge_id: int, to: str, by: Any, version: int, reason: str = "") -> Bridge:
    """Gives the bridge another status.

    Raises PermissionDenied where `by` may not take this step, ValidationError for a step that does not exist or lacks
    its reason, Outdated.
    """
    reason = reason.strip()
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        before = bridge.status
        if to not in permissions.WAYS[before]:
            raise ValidationError(_("This step is not possible from the present status."))
        if to not in permissions.next_steps(by, bridge):
            raise PermissionDenied
        if permissions.needs_reason(before, to) and not reason:
            raise ValidationError({"reason": _("Please say why, in a sentence or two.")})
        if len(reason) > LONGEST_REASON:
            raise ValidationError(
                {"reason": _("Please say it in at most %(most)s characters.") % {"most": LONGEST_REASON}}
            )
        bridge.status = to
        _write(bridge, Action.STATUS, by, before=before, reason=reason)
        _page_follows(bridge, by)
        _candidate_follows(bridge, by, before, reason)
    return bridge


def edit(
    *, bridge_id: int, by: Any, version: int, texts: Mapping[str, str], clusters: Sequence[UUID], kind: str
) -> Bridge:
    """Changes texts, kind and clusters. Raises PermissionDenied, ValidationError, Outdated."""
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        for name, value in texts.items():
            setattr(bridge, name, value)
        bridge.kind = kind
        _check(bridge, clusters)
        there = {one.cluster_key: one for one in bridge.clusters.all()}
        gone = [key for key in there if key not in clusters]
        if bridge.evidence.filter(cluster_key__in=gone).exists():
            raise ValidationError(
                {
                    "clusters": _(
                        "There is evidence of a cluster that you took away. Remove the evidence first."
                    )
                }
            )
        bridge.clusters.filter(cluster_key__in=gone).delete()
        BridgeCluster.objects.bulk_create(
            BridgeCluster(bridge=bridge, cluster_key=key) for key in clusters if key not in there
        )
        _write(bridge, Action.TEXT, by)
    return bridge


def set_responsible(
    *, bridge_id: int, by: Any, version: int, people: Mapping[UUID, Collection[int]]
) -> Bridge:
    """Says who answers for each cluster. `people`: cluster -> keys of users of its team.

    Who was named before and has left the team may stay: the editor may not see that cluster to take them away.
    Raises PermissionDenied, ValidationError, Outdated.
    """
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        changed = False
        for cluster in bridge.clusters.all():
            wanted = set(people.get(cluster.cluster_key, ()))
            team = set(members_of(cluster.cluster_key).values_list("pk", flat=True))
            there = set(cluster.responsible.values_list("user_id", flat=True))
            if wanted - team - there:
                raise ValidationError(_("Only people of the cluster’s team can be responsible for it."))
            changed |= wanted != there
            cluster.responsible.exclude(user__in=wanted).delete()
            Responsible.objects.bulk_create(
                Responsible(cluster=cluster, user_id=user) for user in sorted(wanted - there)
            )
        if changed:
            _write(bridge, Action.PEOPLE, by)
    return bridge


def add_evidence(
    *, bridge_id: int, by: Any, version: int, page: Page, anchor: str, cluster: UUID, row: int | None
) -> Bridge:
    """Keeps a passage of `page` as it stands now, beside row `row` or in a new one.

    Raises PermissionDenied, ValidationError (no such passage, there already), Outdated.
    """
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        if not visible_to(Page.objects.filter(pk=page.pk), Reader.of(by)).exists():
            raise ValidationError(_("This page is not published, or not for you to read."))
        found = next((one for one in passages_of(page) if one[0] == anchor), None)
        if found is None or not bridge.clusters.filter(cluster_key=cluster).exists():
            raise ValidationError(_("Please choose a passage and the cluster it speaks for."))
        numbers = set(bridge.evidence.values_list("row", flat=True))
        number = row if row in numbers else max(numbers, default=0) + 1
        if bridge.evidence.filter(page_key=page.translation_key, anchor=anchor, row=number).exists():
            raise ValidationError(_("This passage is there already."))
        passage = Passage(cluster, page.pk, anchor, found[1], found[2], number)
        _keep(bridge, [passage], Reader.of(by))
        _write(bridge, Action.EVIDENCE, by)
    return bridge


def remove_evidence(*, bridge_id: int, by: Any, version: int, evidence_id: int) -> Bridge:
    """Raises PermissionDenied, Evidence.DoesNotExist, Outdated."""
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        bridge.evidence.get(pk=evidence_id).delete()
        _write(bridge, Action.EVIDENCE, by)
    return bridge


def take_up_again(
    *, bridge_id: int, by: Any, version: int, passages: Sequence[Passage], reason: str
) -> Bridge:
    """A rejected bridge becomes a candidate again, with the evidence that is new. Raises as `advance`."""
    with transaction.atomic():
        bridge = advance(
            bridge_id=bridge_id, to=Bridge.Status.CANDIDATE, by=by, version=version, reason=reason
        )
        highest = max(bridge.evidence.values_list("row", flat=True), default=0)
        _keep(bridge, [_shifted(one, highest) for one in passages], Reader.of(by))
        _write(bridge, Action.EVIDENCE, by)
    return bridge


def link(*, bridge_id: int, by: Any, version: int, page: Page, role: str) -> Bridge:
    """Links a page that helps or that came of it. Raises PermissionDenied, ValidationError, Outdated."""
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        if role not in LinkedPage.Role.values or not isinstance(page.specific, Searchable):
            raise ValidationError(_("Please choose a page and what it is for."))
        LinkedPage.objects.update_or_create(
            bridge=bridge, page_key=page.translation_key, defaults={"role": role}
        )
        _write(bridge, Action.LINKS, by)
    return bridge


def unlink(*, bridge_id: int, by: Any, version: int, link_id: int) -> Bridge:
    """Raises PermissionDenied, LinkedPage.DoesNotExist, Outdated."""
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        bridge.links.get(pk=link_id).delete()
        _write(bridge, Action.LINKS, by)
    return bridge


def comment(*, bridge: Bridge, by: Any, text: str) -> Comment:
    """Adds a comment; the caller has checked that `by` sees the bridge. Raises ValidationError for none."""
    made = Comment(bridge=bridge, by=by, text=text.strip())
    made.full_clean()
    made.save()
    return made


def make_page(*, bridge_id: int, by: Any, version: int) -> BridgePage:
    """A draft of the public page, below the overview of bridges, with title and problem of the record.

    Raises PermissionDenied (also for who may not add pages there), ValidationError, Outdated.
    """
    _may_change(by)
    with transaction.atomic():
        bridge = _locked(bridge_id, version)
        if bridge.status not in Bridge.PUBLIC:
            raise ValidationError(_("A bridge gets a public page when it is active."))
        if bridge.page_key and BridgePage.objects.filter(translation_key=bridge.page_key).exists():
            raise ValidationError(_("This bridge has a public page already."))
        language = "de" if bridge.title_de else "en"
        index = BridgeIndexPage.objects.filter(locale__language_code=language, alias_of__isnull=True).first()
        if index is None:
            raise ValidationError(
                _("There is no overview of cluster bridges yet. Make that page below the home page first.")
            )
        # Not `can_add_subpage`: it says no where a page type is made by code only.
        if not PagePermissionPolicy().user_has_permission_for_instance(by, "add", index):
            raise PermissionDenied
        with override(language):
            page = BridgePage(
                title=bridge.title,
                summary=Truncator(bridge.problem).chars(300),
                locale=index.locale,
                owner=by,
                live=False,
            )
        index.add_child(instance=page)
        page.save_revision(user=by, clean=False)
        bridge.page_key = page.translation_key
        _write(bridge, Action.PAGE, by)
    return page


def passages_of(page: Page) -> list[tuple[str, str, str]]:
    """(anchor, heading, text) of each passage of a published page; none where it is not searchable."""
    specific = page.specific
    if not isinstance(specific, Searchable):
        return []
    # Headings that every guide or example has are the interface's words: here in the page's language, not the editor's.
    with override(page.locale.language_code):
        return [(one.anchor, " › ".join(one.heading_path), one.text) for one in specific.passages()]


def _locked(bridge_id: int, version: int) -> Bridge:
    """Raises Bridge.DoesNotExist, Outdated."""
    bridge = Bridge.objects.select_for_update().get(pk=bridge_id)
    if bridge.version != version:
        raise Outdated(bridge.steps.select_related("by").first())
    return bridge


def _may_change(user: Any) -> None:
    if not permissions.may_change(user):
        raise PermissionDenied


def _write(bridge: Bridge, action: str, by: Any, *, before: str = "", reason: str = "") -> None:
    bridge.version += 1
    bridge.save()
    _step(bridge, action, by, before=before, reason=reason)
    if bridge.page_key:  # its page shows status, clusters and links
        mark_changed(
            Page.objects.filter(translation_key=bridge.page_key, live=True).values_list("pk", flat=True)
        )


def _step(bridge: Bridge, action: str, by: Any, *, before: str = "", reason: str = "") -> None:
    Step.objects.create(
        bridge=bridge,
        action=action,
        before=before or bridge.status,
        after=bridge.status,
        by=by,
        reason=reason,
        version=bridge.version,
    )


def _page_follows(bridge: Bridge, by: Any) -> None:
    """A bridge that is no longer public has no public page: it is taken offline, its text stays as a draft."""
    if bridge.page_key and bridge.status not in Bridge.PUBLIC:
        for page in BridgePage.objects.filter(translation_key=bridge.page_key, live=True):
            # Whoever may reject the bridge need not be one who may unpublish pages.
            UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)


def _candidate_follows(bridge: Bridge, by: Any, before: str, reason: str) -> None:
    """What people decide about a bridge, the machine learns of the candidate that it was made from."""
    rejected = Bridge.Status.REJECTED
    if not bridge.candidate_key or rejected not in (before, bridge.status):
        return
    judge = judgements.reject if bridge.status == rejected else judgements.keep
    # A computation since then may have dropped the candidate: then there is nothing to keep away.
    with suppress(Candidate.DoesNotExist):
        judge(bridge.candidate_key, by=by, reason=reason)


def _check(bridge: Bridge, clusters: Sequence[UUID]) -> None:
    problems: dict[str, Any] = {}
    if not (bridge.title_de or bridge.title_en):
        problems["title_de"] = _("Please give it a title in one of the two languages.")
    if len(set(clusters)) < FEWEST_CLUSTERS:
        problems["clusters"] = _("A bridge has at least two clusters.")
    if problems:
        raise ValidationError(problems)
    bridge.clean_fields()


def _keep(bridge: Bridge, passages: Iterable[Passage], reader: Reader) -> None:
    """Writes passages that `reader` may see; those of other pages, and those kept already, are left out."""
    wanted = list(passages)
    pages = visible_to(Page.objects.filter(pk__in={one.page_id for one in wanted}), reader)
    by_id = {page.pk: page for page in pages}
    Evidence.objects.bulk_create(
        [
            Evidence(
                bridge=bridge,
                cluster_key=one.cluster_key,
                row=one.row,
                page=by_id[one.page_id],
                page_key=by_id[one.page_id].translation_key,
                anchor=one.anchor,
                title=by_id[one.page_id].title[:255],
                heading=one.heading[:300],
                text=one.text,
                taken_at=timezone.now(),
            )
            for one in wanted
            if one.page_id in by_id
        ],
        ignore_conflicts=True,
    )


def _shifted(passage: Passage, by: int) -> Passage:
    return Passage(
        passage.cluster_key, passage.page_id, passage.anchor, passage.heading, passage.text, passage.row + by
    )
