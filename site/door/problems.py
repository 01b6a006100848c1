"""What can go wrong at the door, as one clear sentence that says what to do."""

import errno
import shutil
from pathlib import Path


class Problem(Exception):
    """Something a person must mend. Its text is all that they see."""


def from_os_error(error: OSError) -> Problem | None:
    """The sentence for an operating-system error, or None when we know nothing better than a traceback."""
    where = error.filename or "the folder var/"
    if error.errno == errno.ENOSPC:
        return Problem(
            f"The disk is full (while writing {where}). Free some space and start again; nothing is lost."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Problem(f"This user may not write {where}. Change its owner or start as another user.")
    return None


def require_space(folder: Path, megabytes: int, purpose: str) -> None:
    """Raise Problem when the disk that holds `folder` has less than `megabytes` MB free."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < megabytes:
        raise Problem(
            f"Too little space for {purpose}: {free} MB are free on the disk of {existing}, "
            f"{megabytes} MB are needed. Free some space and start again."
        )
