"""Percentiles and a table: what every measurement prints."""

import statistics
from collections.abc import Mapping, Sequence


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, and the number of values they come from."""
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
        "n": len(ordered),
    }


def table(title: str, rows: Mapping[str, object]) -> str:
    width = max((len(name) for name in rows), default=0)
    return "\n".join([title, *(f"  {name:<{width}}  {_text(value)}" for name, value in rows.items())])


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{name} {part}" for name, part in value.items())
    return str(value)
