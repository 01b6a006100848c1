"""An owner's units -> groups on one subject each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from search.conf import conf
from search.topics.phrases import stems
from search.topics.units import Owned, Said, Text, Unit

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]


@dataclass
class Group:
    """What becomes a topic."""

    owner: str
    units: list[Unit]
    said: list[Said] = field(default_factory=list)
    """lines of the owner's own list of subjects that speak of it"""

    @property
    def weight(self) -> float:
        return sum(unit.weight for unit in self.units)

    @property
    def centre(self) -> Matrix:
        import numpy

        middle = numpy.sum([unit.weight * unit.centre for unit in self.units], axis=0)
        length: Matrix = middle / max(float(numpy.linalg.norm(middle)), 1e-6)
        return length


def groups(owned: Owned, text: Text) -> list[Group]:
    """Pages are grouped by average linkage (Sokal & Michener 1958): clusters are as loose as their mean distance, the
    threshold keeps its meaning from 5 to 500 pages, and the same input gives the same output. Sentences of the
    owner's own page then go to the nearest group; grouped with the pages, one that names three subjects would
    join them. What the owner itself lists as a subject stays one even if only its own page speaks of it.
    """
    made = [Group(owned.key, units) for units in _clusters([unit for unit in owned.units if not unit.own])]
    own = [unit for unit in owned.units if unit.own]
    lone = []
    for said in owned.said:
        group = max(made, key=lambda group: _speaks_of(said, group.units, text), default=None)
        if group is not None and _speaks_of(said, group.units, text) >= conf().topic_said_floor:
            group.said.append(said)
        else:
            lone.append(said)
    for said in lone:
        # Nearness alone would gather every sentence on aircraft under "aircraft cabin": its words must be there.
        units = [
            unit
            for unit in own
            if _occurs(said, unit) >= 0.5 and _speaks_of(said, [unit], text) >= conf().topic_said_floor
        ]
        if units:
            made.append(Group(owned.key, units, [said]))
    for unit in own:
        near = [
            (max(float(unit.centre @ other.centre) for other in group.units if other is not unit), place)
            for place, group in enumerate(made)
            if any(not other.own for other in group.units) and unit not in group.units
        ]
        best, place = max(near, default=(0.0, 0))
        if best >= conf().topic_sentence_floor:
            made[place].units.append(unit)
    return sorted(
        (group for group in made if group.weight >= conf().topic_weight_floor or group.said),
        key=lambda group: (-group.weight, group.units[0].name),
    )


def _clusters(units: list[Unit]) -> list[list[Unit]]:
    import numpy
    from sklearn.cluster import AgglomerativeClustering

    if len(units) < 2:
        return [[unit] for unit in units]
    found = AgglomerativeClustering(
        n_clusters=None,
        metric="cosine",
        linkage="average",
        distance_threshold=1 - conf().topic_similarity,
    ).fit_predict(numpy.array([unit.centre for unit in units]))
    return [
        [unit for unit, cluster in zip(units, found, strict=True) if cluster == number]
        for number in range(found.max() + 1)
    ]


def _speaks_of(said: Said, units: list[Unit], text: Text) -> float:
    """How much one of the units speaks of this subject: by its words and by its meaning."""
    found = [text.embedded[phrase] for phrase in said.phrases.values() if phrase in text.embedded]
    return max(
        (
            0.5 * _occurs(said, unit) + max((float(unit.centre @ vector) for vector in found), default=0.0)
            for unit in units
        ),
        default=0.0,
    )


def _occurs(said: Said, unit: Unit) -> float:
    """Share of the subject's words that the unit has, in the language where it has most."""
    shares = [0.0]
    for language, phrase in said.phrases.items():
        if wanted := stems(phrase, language):
            shares.append(len(wanted & unit.words.get(language, frozenset())) / len(wanted))
    return max(shares)
