"""Remembers what was loaded, so that a second run only does what changed."""

from __future__ import annotations

from demo.models import LoadedEntry


class Records:
    """Digests of what was loaded, by name."""

    def __init__(self) -> None:
        self._entries = {entry.name: entry for entry in LoadedEntry.objects.all()}

    def knows(self, name: str, digest: str) -> bool:
        entry = self._entries.get(name)
        return entry is not None and entry.digest == digest

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def object_id(self, name: str) -> int | None:
        entry = self._entries.get(name)
        return entry.object_id if entry else None

    def keep(self, name: str, digest: str, object_id: int | None = None) -> None:
        """Remember that `name` is loaded with `digest`."""
        self._entries[name], _made = LoadedEntry.objects.update_or_create(
            name=name, defaults={"digest": digest, "object_id": object_id}
        )

    def forget(self, name: str) -> None:
        """As if `name` had never been loaded."""
        LoadedEntry.objects.filter(name=name).delete()
        self._entries.pop(name, None)
