"""The machine's candidates, beside what people have already made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail.models import Page

from kb.bridges import permissions, services
from kb.bridges.models import Bridge, Step
from kb.bridges.models.bridge import LONGEST_PROBLEM, LONGEST_TITLE
from kb.bridges.services import Passage
from search.reader import Reader
from search.topics import selectors as topics
from search.topics.reading import ReadCandidate

GONE = gettext_lazy("This proposal is no longer there. Somebody may have dealt with it already.")


@dataclass(frozen=True)
class Proposal:
    """A candidate that nobody has taken up, or that was turned down and has new evidence."""

    candidate: ReadCandidate
    bridge: Bridge | None = None
    rejection: Step | None = None
    """the step that turned it down"""
    new_evidence: tuple[str, ...] = ()
    """titles of pages that came after it"""

    @property
    def title(self) -> str:
        return title_of(self.candidate)

    @property
    def digest(self) -> str:
        """Differs when the candidate is another one, or comes back with other new evidence."""
        told = "|".join([self.candidate.key, *sorted(self.new_evidence)])
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def proposals(reader: Reader, language: str, *, clusters: Set[UUID] | None = None) -> list[Proposal]:
    """What `reader` may see of the candidates, best first; only those of `clusters` where some are given."""
    found = [
        one
        for one in topics.candidates(reader, language)
        if clusters is None or not clusters.isdisjoint({one.left.owner.key, one.right.owner.key})
    ]
    bridges = _bridges_of(found)
    rejections = {
        step.bridge_id: step
        for step in Step.objects.filter(
            bridge__in=bridges.values(), action=Step.Action.STATUS, after=Bridge.Status.REJECTED
        )
        .select_related("by")
        .order_by("version")
    }
    shown = []
    for one in found:
        bridge = bridges.get(one.key)
        if bridge is None:
            shown.append(Proposal(one))
        elif bridge.status == Bridge.Status.REJECTED and (
            new := _new_pages(one, bridge, rejections.get(bridge.pk))
        ):
            shown.append(Proposal(one, bridge, rejections.get(bridge.pk), new))
    return shown


def _bridges_of(candidates: Sequence[ReadCandidate]) -> dict[str, Bridge]:
    """Candidate -> the bridge that was made of it, or that people made of the same pages of the same clusters."""
    bridges = Bridge.objects.prefetch_related("clusters", "evidence").order_by("pk")
    by_key = {bridge.candidate_key: bridge for bridge in bridges if bridge.candidate_key}
    known = [
        (
            {one.cluster_key for one in bridge.clusters.all()},
            {one.page_key for one in bridge.evidence.all()},
            bridge,
        )
        for bridge in bridges
    ]
    found = {}
    for one in candidates:
        owners = {one.left.owner.key, one.right.owner.key}
        same = (
            bridge
            for clusters, pages, bridge in known
            if owners <= clusters
            and any({pair.left.page_key, pair.right.page_key} <= pages for pair in one.pairs)
        )
        if bridge := by_key.get(one.key) or next(same, None):
            found[one.key] = bridge
    return found


def _new_pages(candidate: ReadCandidate, bridge: Bridge, rejection: Step | None) -> tuple[str, ...]:
    """Titles of what came after the bridge was rejected."""
    if bridge.candidate_key == candidate.key:
        return candidate.new_evidence
    if rejection is None:
        return ()
    # The bridge was thought of by people: what they had not chosen, but could have, is not new.
    ids = {one.page_id: one.title for pair in candidate.pairs for one in (pair.left, pair.right)}
    new = Page.objects.filter(pk__in=ids, first_published_at__gt=rejection.at).order_by("first_published_at")
    return tuple(dict.fromkeys(ids[pk] for pk in new.values_list("pk", flat=True)))


def proposal(key: str, reader: Reader, language: str) -> Proposal | None:
    """The proposal with this key; None when it is gone, taken up, turned down, or not for this reader."""
    return next((one for one in proposals(reader, language) if one.candidate.key == key), None)


def take_up(*, key: str, by: Any, language: str) -> Bridge:
    """Makes a bridge of a candidate, with the evidence that `by` sees; a rejected one becomes a candidate again.

    Raises PermissionDenied, and ValidationError when it is gone or somebody was quicker.
    """
    if not (permissions.may_add(by) and permissions.may_change(by)):
        raise PermissionDenied
    with transaction.atomic():
        found = _found(key, by, language)
        if found.bridge is None:
            return _make(found.candidate, by)
        # Without the pages' titles: the history is for good, who may read a page is not.
        return _take_up_again(found.bridge, found.candidate, by, _("There is new evidence."))


def turn_down(*, key: str, by: Any, language: str, reason: str) -> Bridge:
    """Rejects a candidate with a reason; it stays away until a page brings something new. Raises as `take_up`."""
    if not (permissions.may_add(by) and permissions.may_change(by)):
        raise PermissionDenied
    with transaction.atomic():
        found = _found(key, by, language)
        if found.bridge is None:
            bridge = _make(found.candidate, by)
        else:
            bridge = _take_up_again(found.bridge, found.candidate, by, _("Looked at again."))
        return services.advance(
            bridge_id=bridge.pk, to=Bridge.Status.REJECTED, by=by, version=bridge.version, reason=reason
        )


def title_of(candidate: ReadCandidate) -> str:
    """ "Old boats – Rotor blades"; one label where both sides have the same."""
    labels = dict.fromkeys((candidate.left.label, candidate.right.label))
    return " – ".join(label for label in labels if label)[:LONGEST_TITLE]


def _found(key: str, by: Any, language: str) -> Proposal:
    found = proposal(key, Reader.of(by), language)
    if found is None:
        raise ValidationError(GONE)
    return found


def _take_up_again(bridge: Bridge, candidate: ReadCandidate, by: Any, reason: str) -> Bridge:
    try:
        return services.take_up_again(
            bridge_id=bridge.pk, by=by, version=bridge.version, passages=_passages(candidate), reason=reason
        )
    except services.Outdated:
        raise ValidationError(GONE) from None


def _make(candidate: ReadCandidate, by: Any) -> Bridge:
    texts = {}
    for language in ("de", "en"):
        with override(language):
            said = topics.candidate(candidate.key, Reader.of(by), language) or candidate
        texts[f"title_{language}"] = title_of(said) or title_of(candidate)
        texts[f"problem_{language}"] = said.explanation[:LONGEST_PROBLEM]
    try:
        with transaction.atomic():
            return services.make(
                by=by,
                texts=texts,
                clusters=[candidate.left.owner.key, candidate.right.owner.key],
                kind=Bridge.Kind.NEED_OFFER if candidate.kind == "need_offer" else Bridge.Kind.PROBLEM,
                candidate_key=candidate.key,
                passages=_passages(candidate),
            )
    except IntegrityError:
        raise ValidationError(GONE) from None


def _passages(candidate: ReadCandidate) -> list[Passage]:
    sides = (candidate.left.owner.key, candidate.right.owner.key)
    return [
        Passage(owner, one.page_id, one.anchor, " › ".join(one.headings), one.text, number)
        for number, pair in enumerate(candidate.pairs, start=1)
        for owner, one in zip(sides, (pair.left, pair.right), strict=True)
    ]
