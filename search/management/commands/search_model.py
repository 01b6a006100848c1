"""`./lotse model use|status|back|drop|stop`: which model questions are compared with."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import model_change
from search.model_change import Change, ModelState, State

TURN_SECONDS = 3.0
PHASES = {
    model_change.EMBEDDING: "embedding",
    model_change.INDEX: "building the index of its vectors",
    model_change.JUDGING: "asking the judged questions",
    model_change.STOPPED: "stopped",
}


class Command(BaseCommand):
    help = "Changes the model of the search while people search."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        use = what.add_parser("use", help="embed everything with another model, compare, and switch")
        use.add_argument("name", help="one of ./lotse model list, a name on the hub, or a folder")
        use.add_argument("--force", action="store_true", help="switch without asking the judged questions")
        use.add_argument("--no-wait", action="store_true", help="leave it to the worker")
        status = what.add_parser("status", help="what is in force, what is under way, what is kept")
        status.add_argument("--json", action="store_true", help="for machines")
        what.add_parser("back", help="go back to the model before, at once")
        what.add_parser("stop", help="give up a change under way; what was embedded is kept")
        drop = what.add_parser("drop", help="delete the vectors of a model that is not used any more")
        drop.add_argument("name")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        try:
            getattr(self, f"_{what}")(**options)
        except model_change.Refused as problem:
            raise CommandError(str(problem)) from None

    def _use(self, *, name: str, force: bool, no_wait: bool, **_: Any) -> None:
        self.stdout.write(f"Loading {name} …")
        self.stdout.flush()
        to = model_change.start(name, force=force)
        if to is None:
            self.stdout.write("In force: nothing had been embedded before. The worker does it.")
            return
        self.stdout.write(
            f"{to.missing} of {to.vectors + to.missing} passages have no vector of {to.name} yet. "
            "People go on searching with the model in force."
        )
        if no_wait:
            self.stdout.write("The worker goes on: ./lotse model status")
            return
        try:
            self._wait()
        except KeyboardInterrupt:
            self.stdout.write("\nThe worker goes on: ./lotse model status. To give it up: ./lotse model stop")

    def _wait(self) -> None:
        change: Change | None = None
        while True:
            # Here too, and not only in the worker: there may be none.
            more = model_change.go_on(seconds=TURN_SECONDS)
            state = model_change.state()
            change = state.change
            if change is None:
                break
            self.stdout.write(f"\r{_progress(change):<78}", ending="")
            self.stdout.flush()
            if change.phase == model_change.STOPPED:
                self.stdout.write("")
                raise CommandError(_stopped(change))
            if not more:
                time.sleep(1)
        self.stdout.write("")
        self.stdout.write(_in_force(state))

    def _status(self, *, json: bool, **_: Any) -> None:
        state = model_change.state()
        if json:
            self.stdout.write(_json(state))
            return
        for line in _lines(state):
            self.stdout.write(line)

    def _back(self, **_: Any) -> None:
        name = model_change.back()
        self.stdout.write(f"{name} is in force again. What was published since gets its vectors next.")

    def _stop(self, **_: Any) -> None:
        self.stdout.write(f"The change to {model_change.stop()} is given up.")

    def _drop(self, *, name: str, **_: Any) -> None:
        for model in model_change.drop(name):
            self.stdout.write(f"{model.vectors} vectors of {model.name} deleted, {_size(model)}.")


def _lines(state: State) -> list[str]:
    if state.in_force is None:
        return [f"Nothing is embedded yet. A new site starts with {state.setting} (LOTSE_EMBEDDING_MODEL)."]
    lines = [_in_force(state)]
    if state.previous:
        lines.append(f"before     {_said(state.previous)}; ./lotse model back")
    if state.change:
        lines.append(f"under way  {_said(state.change.to)}")
        lines.append(f"           {_progress(state.change)}")
        if state.change.why:
            lines.append(f"           {state.change.why}")
        if state.change.phase == model_change.STOPPED:
            lines.append(f"           {_help(state.change)}")
        lines += [
            f"           page {one['page']} {one['title']!r}, tried {one['tries']} times: {one['error']}"
            for one in state.change.failures
        ]
    lines += [f"kept       {_said(model)}; ./lotse model drop {model.name}" for model in state.others]
    if state.setting_differs:
        lines.append(
            f"The setting LOTSE_EMBEDDING_MODEL names {state.setting}: it only says what a new site starts with. "
            f"To change this one: ./lotse model use {state.setting}"
        )
    return lines


def _in_force(state: State) -> str:
    assert state.in_force is not None
    since = f" since {state.switched_at:%Y-%m-%d %H:%M}" if state.switched_at else ""
    return f"in force   {_said(state.in_force)}{since}. {state.verdict}".rstrip()


def _said(model: ModelState) -> str:
    missing = f", {model.missing} missing" if model.missing else ""
    return f"{model.name}: {model.vectors} vectors, {_size(model)}{missing}"


def _size(model: ModelState) -> str:
    return f"{model.bytes / 1_000_000:.1f} MB"


def _progress(change: Change) -> str:
    share = change.to.vectors / change.passages if change.passages else 1.0
    text = f"{PHASES[change.phase]}: {change.to.vectors} of {change.passages} passages, {share:.0%}"
    if change.phase == model_change.EMBEDDING and change.eta_seconds is not None:
        text += f", about {_duration(change.eta_seconds)} left"
    return text


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _stopped(change: Change) -> str:
    return f"{change.to.name} was not put into force. {change.why} {_help(change)}"


def _help(change: Change) -> str:
    source = change.to.source or change.to.name
    return (
        f"To switch nevertheless: ./lotse model use {source} --force. "
        f"To free its vectors: ./lotse model stop, then ./lotse model drop {change.to.name}"
    )


def _json(state: State) -> str:
    return json.dumps(asdict(state) | {"setting_differs": state.setting_differs}, default=str)
