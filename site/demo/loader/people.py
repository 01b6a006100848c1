"""Demo users with random passwords, written down once on this machine."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

FILE_NAME = "demo-logins.json"
# Letters and digits that are not mistaken for each other when typed off a screen; 14 of them are 80 bits.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_CHARACTERS = 14


@dataclass(frozen=True)
class Person:
    username: str
    role: str
    groups: Sequence[Group] = ()
    superuser: bool = False


def load_people(*, people: Sequence[Person], folder: Path) -> None:
    """Make the users that are missing and write their passwords to `folder`; others keep theirs."""
    model = get_user_model()
    there = set(
        model.objects.filter(username__in=[person.username for person in people]).values_list(
            "username", flat=True
        )
    )
    passwords: dict[str, str] = {}
    for person in people:
        if person.username in there:
            continue
        passwords[person.username] = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_CHARACTERS))
        make = model.objects.create_superuser if person.superuser else model.objects.create_user
        user = make(person.username, f"{person.username}@example.org", passwords[person.username])
        user.groups.set(person.groups)
    if passwords:
        _write(folder / FILE_NAME, people, passwords)


def _write(path: Path, people: Sequence[Person], passwords: dict[str, str]) -> None:
    known: dict[str, str] = {}
    if path.exists():
        try:
            known = {login["username"]: login["password"] for login in json.loads(path.read_text())}
        except (ValueError, TypeError, KeyError):
            known = {}
    known |= passwords
    logins = [
        {"username": person.username, "password": known[person.username], "role": person.role}
        for person in people
        if person.username in known
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(logins, file, indent=2)
    os.chmod(unfinished, 0o600)
    unfinished.replace(path)
