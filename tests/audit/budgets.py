"""What a page may cost its reader. Each is asked of the first visit, with nothing kept from an earlier page."""

BUDGETS: dict[str, float] = {
    # a first page, on a phone in a hall with bad reception
    # (without the pictures further down, which the browser fetches ahead: `all_kilobytes`, `all_requests`)
    "kilobytes": 150,
    "requests": 12,
    # “good” by web.dev/articles/cls ends at 0.1
    "layout_shift": 0,
    # “good” by web.dev/articles/lcp; on loopback it says what the browser has to do, not what a network takes
    "largest_paint_ms": 2500,
    # a task of more than 50 ms is one that a reader feels (W3C Long Tasks); some time for a busy machine
    "long_tasks_ms": 200,
    "overflow_px": 0,
}
OF_TIME = ("largest_paint_ms", "long_tasks_ms")
LISTS = ("axe", "texts", "markup", "errors")
"""Findings of which there may be none."""


def broken(row: dict, *, timed: bool = True) -> list[str]:
    """What `row` (measure.page) is over or has that it must not have, one line each; without `timed` nothing that
    depends on how busy the machine is."""
    over = [
        f"{name} {row[name]:g} (at most {most:g})"
        for name, most in BUDGETS.items()
        if row[name] > most and (timed or name not in OF_TIME)
    ]
    return over + [f"{name}: {found}" for name in LISTS for found in row[name]]
