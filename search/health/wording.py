"""Errors and problems in the words of people who publish pages."""

from __future__ import annotations

from django.utils.translation import gettext as _


def error_in_words(error: str) -> str:
    """What an error of `IndexedPage.last_error` means for the page."""
    if error.startswith(("The model ", "EmbedderUnavailable")) or " vectors for " in error:
        return _("The language model could not be used. The page is found by its words.")
    if error.startswith(("OperationalError", "DatabaseError", "InterfaceError", "IntegrityError")):
        return _("The database refused the entry.")
    if "never" in error.lower() and "return" in error.lower():
        return _("The work on this page was interrupted, perhaps because it takes too much memory.")
    return _("The content of the page could not be read.")


def problem_in_words(problem: str) -> str:
    return {
        "failed": _("Some pages could not be taken into the search, or not in their present version."),
        "late": _("Published pages have been waiting for more than ten minutes, and nothing moves."),
        "worker": _(
            "The search's worker has shown no sign of life for some minutes. New texts are not found yet."
        ),
        "schedule": _(
            "The schedule (beat) has shown no sign of life for some minutes. Lost messages are not made up for."
        ),
    }[problem]
