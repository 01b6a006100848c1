"""The facets of the toolbox: what a manager narrows guides down by, as query parameters of its address.

One choice for each facet. What fits is asked as a manager means it: there is an hour, fifteen people come, it may cost
a little. A guide that says nothing about a fact is not found by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kb.core.facet_options import Option, OptionGroup
from kb.core.models import TaskArea
from kb.toolbox.models.facts import CostClass, Kind, Mode, Phase

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AT_MOST_MINUTES = {
    60: _("at most an hour"),
    120: _("at most two hours"),
    240: _("at most half a day"),
    480: _("at most a day"),
}
PEOPLE: dict[tuple[int, int | None], StrOrPromise] = {
    (1, 5): _("1 to 5 people"),
    (6, 15): _("6 to 15 people"),
    (16, 40): _("16 to 40 people"),
    (41, None): _("more than 40 people"),
}
AT_MOST_COSTS = {
    (CostClass.NONE,): _("No costs"),
    (CostClass.NONE, CostClass.LOW): _("at most low costs"),
    (CostClass.NONE, CostClass.LOW, CostClass.MEDIUM): _("at most medium costs"),
}


@dataclass(frozen=True)
class Choice:
    """A value of a facet and which guides it leaves."""

    value: str
    label: StrOrPromise
    condition: Q


@dataclass(frozen=True)
class Facet:
    """`name` is the query parameter."""

    name: str
    title: StrOrPromise
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Narrowed:
    """What the address asks for.

    `removable` has a link for each choice in force; its count is what there is without that choice.
    """

    condition: Q
    count: int
    groups: Sequence[OptionGroup]
    removable: Sequence[Option]


def facets(areas: Iterable[TaskArea]) -> list[Facet]:
    """All facets, in the order in which they are shown."""
    return [
        Facet(
            "time",
            _("Time you have"),
            [
                Choice(str(minutes), label, Q(_shortest__lte=minutes))
                for minutes, label in AT_MOST_MINUTES.items()
            ],
        ),
        Facet("people", _("Group size"), [_group(size, label) for size, label in PEOPLE.items()]),
        Facet(
            "costs",
            _("Costs"),
            [
                Choice(classes[-1].value, label, Q(cost_class__in=classes))
                for classes, label in AT_MOST_COSTS.items()
            ],
        ),
        _of_field("phase", _("Phase"), Phase.choices),
        Facet(
            "task_area",
            _("Task area"),
            [Choice(area.slug, area.name, Q(task_area__slug=area.slug)) for area in areas],
        ),
        _of_field("kind", _("Kind"), Kind.choices),
        _of_field("mode", _("Mode"), Mode.choices),
    ]


def narrow(guides: Any, asked: QueryDict, facets: Sequence[Facet]) -> Narrowed:
    """`guides` (PageQuerySet) counted for the facets in the address; one query. Unknown values narrow nothing.

    A choice is counted among what the other facets leave, so that its number is what a click on it shows.
    """
    chosen = {
        facet.name: choice
        for facet in facets
        for choice in facet.choices
        if choice.value == asked.get(facet.name)
    }
    counted = {"all": _all_of(chosen)}
    for facet in facets:
        others = _all_of({name: choice for name, choice in chosen.items() if name != facet.name})
        counted[_key(facet)] = others
        counted |= {_key(facet, choice): others & choice.condition for choice in facet.choices}
    counts = with_facts(guides).aggregate(
        **{
            key: Count("pk", filter=condition) if condition else Count("pk")
            for key, condition in counted.items()
        }
    )
    return Narrowed(
        condition=counted["all"],
        count=counts["all"],
        groups=[
            group
            for facet in facets
            if (group := _group_of_options(facet, counts, asked, chosen.get(facet.name)))
        ],
        removable=[
            Option(choice.value, choice.label, counts[_key(facet)], address(asked, facet.name, None), True)
            for facet in facets
            if (choice := chosen.get(facet.name))
        ],
    )


def with_facts(guides: Any) -> Any:
    """`guides` with the facts that a condition compares; a single figure stands for both ends of its range."""
    return guides.alias(
        _shortest=Coalesce(F("duration_min"), F("duration_max")),
        _smallest=Coalesce(F("group_min"), F("group_max")),
        _largest=Coalesce(F("group_max"), F("group_min")),
    )


def address(asked: QueryDict, name: str, value: str | None) -> str:
    """The query string with `name` set to `value` (None: without it), from its first page on."""
    query = asked.copy()
    query.pop("page", None)
    query.pop(name, None)
    if value is not None:
        query[name] = value
    return f"?{query.urlencode()}"


def _group(size: tuple[int, int | None], label: StrOrPromise) -> Choice:
    smallest, largest = size
    condition = Q(_largest__gte=smallest)
    if largest is not None:
        condition &= Q(_smallest__lte=largest)
    return Choice(str(smallest), label, condition)


def _of_field(name: str, title: StrOrPromise, choices: Iterable[tuple[str, StrOrPromise]]) -> Facet:
    return Facet(name, title, [Choice(value, label, Q(**{name: value})) for value, label in choices])


def _all_of(chosen: Mapping[str, Choice]) -> Q:
    return Q(*(choice.condition for choice in chosen.values()))


def _key(facet: Facet, choice: Choice | None = None) -> str:
    position = "any" if choice is None else str(facet.choices.index(choice))
    return f"{facet.name}_{position}"


def _group_of_options(
    facet: Facet, counts: Mapping[str, int], asked: QueryDict, chosen: Choice | None
) -> OptionGroup | None:
    """None for a facet that would narrow nothing: no choice of it is in force, and each leaves all or none."""
    options = [
        Option(
            value=choice.value,
            label=choice.label,
            count=counts[_key(facet, choice)],
            url=address(asked, facet.name, None if choice is chosen else choice.value),
            chosen=choice is chosen,
        )
        for choice in facet.choices
        if choice is chosen or counts[_key(facet, choice)]
    ]
    if chosen is None and all(option.count == counts["all"] for option in options):
        return None
    return OptionGroup(facet.name, facet.title, options)
