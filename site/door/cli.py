"""What `./lotse` understands."""

import argparse
import contextlib
import difflib
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence

from door import environment, problems, say
from door.places import ROOT, VENV_PYTHON
from door.problems import Problem

Handler = Callable[[argparse.Namespace], int | None]


def main(argv: Sequence[str]) -> int:
    """Run one command; 0 when all is well, 1 with one sentence when a person must act, 2 for a wrong call."""
    argv = list(argv)
    parser, commands = _parsers()
    if not argv or argv[0] in ("help", "-h", "--help"):
        parser.print_help()
        return 0
    if not argv[0].startswith("-") and argv[0] not in COMMANDS:
        return _unknown(argv[0])
    if argv[1:] in (["-h"], ["--help"]) and COMMANDS[argv[0]].arguments:
        commands[argv[0]].print_help()
        return 0
    arguments, rest = parser.parse_known_args(argv)
    if rest and not COMMANDS[arguments.command].passes_on:
        parser.error(f"unknown: {' '.join(rest)} (see ./lotse {arguments.command} --help)")
    arguments.rest = rest
    try:
        if arguments.command == "stop" and not VENV_PYTHON.exists():
            say.line("Lotse does not run here.")
            return 0
        if arguments.command == "model" and arguments.what == "path":
            # Before any package is installed: files need none, and scripts read this line.
            return _model(arguments)
        environment.ensure(dev=COMMANDS[arguments.command].dev)
        environment.enter(argv)
        return COMMANDS[arguments.command].run(arguments) or 0
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if sentence := problems.from_os_error(error):
            print(f"\n{sentence}", file=sys.stderr)
        else:
            traceback.print_exc()
        return 1


# --- The commands -------------------------------------------------------------------------------


def _up(arguments: argparse.Namespace) -> None:
    from door import up

    up.up(port=arguments.port, host=arguments.host, demo=arguments.demo)


def _stop(arguments: argparse.Namespace) -> None:
    from door import up

    up.stop()


def _manage(arguments: argparse.Namespace) -> int:
    return manage(arguments.rest)


def _import(arguments: argparse.Namespace) -> int:
    return manage(["import_guides", arguments.folder, *arguments.rest])


def _index(arguments: argparse.Namespace) -> int:
    command = "terms_mine" if arguments.what == "terms" else f"index_{arguments.what}"
    return manage([command, *arguments.rest])


def _topics(arguments: argparse.Namespace) -> int:
    return manage(["topics", arguments.what, *arguments.rest])


def _test(arguments: argparse.Namespace) -> int:
    from door import test

    return test.run(arguments.only, arguments.rest)


def _measure(arguments: argparse.Namespace) -> int:
    from door import measure

    return measure.run(arguments.rest)


def _model(arguments: argparse.Namespace) -> int:
    from door import model

    if arguments.what == "list":
        return model.table()
    if arguments.what != "path":
        return manage(["search_model", arguments.what, *model.absolute(arguments.rest)])
    model.path()
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    from door import bench

    return bench.run(arguments.rest)


def _chaos(arguments: argparse.Namespace) -> int:
    from door import chaos

    return chaos.run(arguments.rest)


def _audit(arguments: argparse.Namespace) -> int:
    from door import audit

    return audit.run("", arguments.rest)


def _screenshots(arguments: argparse.Namespace) -> int:
    from door import audit

    return audit.run("screenshots", arguments.rest)


def _evaluate(arguments: argparse.Namespace) -> int:
    from door import evaluate

    return evaluate.run(arguments.rest)


def _messages(arguments: argparse.Namespace) -> int:
    from door import messages

    return messages.extract()


def _lock(arguments: argparse.Namespace) -> None:
    from door import lock

    lock.write()


def manage(words: Sequence[str]) -> int:
    """Run one of Django's commands on the embedded site, running or not. Returns its exit code."""
    from door import database, up

    up.make_folders()
    command = [str(VENV_PYTHON), str(ROOT / "site" / "manage.py"), *words]
    only_help = {"-h", "--help"} & set(words)
    with contextlib.nullcontext() if only_help else database.served():
        return subprocess.run(command, env=os.environ | up.environment()).returncode


# --- Their words --------------------------------------------------------------------------------


class Command:
    """A command: its one-line help, what runs it, and the arguments it takes. With `passes_on` all other words,
    --help among them, go to what it runs, which knows them."""

    def __init__(
        self, help: str, run: Handler, *arguments: tuple, dev: bool = False, passes_on: bool = False
    ):
        self.help, self.run, self.arguments = help, run, arguments
        self.dev, self.passes_on = dev, passes_on

    @property
    def word(self) -> str:
        """How its first word is called where what it runs knows more options; "" elsewhere."""
        first = self.arguments[0][0][0] if self.arguments and self.passes_on else ""
        return "" if first.startswith("-") else first.upper()


COMMANDS = {
    "up": Command(
        "run the site with its demo content; Ctrl-C stops it",
        _up,
        (("--port",), {"type": int, "default": 8000, "help": "port (8000)"}),
        (
            ("--host",),
            {"default": "127.0.0.1", "help": "address to listen on (127.0.0.1: this machine only)"},
        ),
        (("--no-demo",), {"dest": "demo", "action": "store_false", "help": "an empty site"}),
    ),
    "stop": Command("stop a site that `up` runs", _stop),
    "test": Command(
        "install what the tests need and run them all",
        _test,
        (("--only",), {"choices": ["check", "unit", "e2e"], "help": "one part of them"}),
        dev=True,
        passes_on=True,
    ),
    "import": Command(
        "turn a folder of Markdown guides into pages",
        _import,
        (("folder",), {"help": "folder with .md files (front matter and text)"}),
        passes_on=True,
    ),
    "index": Command(
        "state of the search index; `terms` learns German-English terms from the site's translated pages",
        _index,
        (("what",), {"choices": ["status", "verify", "rebuild", "pending", "terms"]}),
        passes_on=True,
    ),
    "topics": Command(
        "topics of the clusters and candidates for bridges between them; what those are worth: ./lotse evaluate bridges",
        _topics,
        (("what",), {"choices": ["list", "candidates", "compute"]}),
        passes_on=True,
    ),
    "measure": Command(
        "measure the running site (answers, publishing, queries, memory) or a fresh clone (starting)",
        _measure,
        passes_on=True,
    ),
    "bench": Command(
        "the search beside its peers on the same texts, and how it grows: writes docs/benchmarks.md",
        _bench,
        passes_on=True,
    ),
    "chaos": Command(
        "random editors and random faults against processes of its own: is the index still what the content says?",
        _chaos,
        passes_on=True,
    ),
    "audit": Command(
        "look at every page type of the running site, or of --url: accessibility, weight, speed, language, markup",
        _audit,
        dev=True,
        passes_on=True,
    ),
    "screenshots": Command(
        "pictures of the screens, for docs and for looking at", _screenshots, dev=True, passes_on=True
    ),
    "evaluate": Command(
        "measure how good the search is, on this site or on any collection of texts and questions",
        _evaluate,
        passes_on=True,
    ),
    "model": Command(
        "the search's language models: `path` prints where the shipped one lies, `list` which there are; `use NAME` "
        "changes to another without downtime, `status`, `back`, `stop` and `drop NAME` belong to that",
        _model,
        (("what",), {"choices": ["path", "list", "use", "status", "back", "stop", "drop"]}),
        passes_on=True,
    ),
    "manage": Command(
        "one of Django's commands, e.g. ./lotse manage createsuperuser", _manage, passes_on=True
    ),
    "messages": Command("bring the interface's translations up to date (developers)", _messages, dev=True),
    "lock": Command("write requirements.lock anew from pyproject.toml (developers)", _lock, dev=True),
}


def _parsers() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """The parser of the whole line, and that of each command."""
    parser = argparse.ArgumentParser(
        prog="./lotse",
        description="Lotse: the knowledge base of the managers of industry clusters.",
        epilog="Options of one: ./lotse COMMAND [WORD] --help. Data stay in var/. More: README.md and docs/.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        own = commands.add_parser(
            name,
            help=command.help,
            description=command.help,
            add_help=not command.passes_on,
            epilog=f"More options: ./lotse {name} {command.word} --help" if command.word else None,
        )
        for flags, options in command.arguments:
            own.add_argument(*flags, **options)
    return parser, commands.choices


def _unknown(word: str) -> int:
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"Did you mean ./lotse {near[0]}?" if near else "./lotse --help lists all commands."
    say.line(f"./lotse does not know «{word}». {hint}")
    return 2
