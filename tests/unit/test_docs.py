"""The documents name only what there is: pages, files, commands, options, variables, labels of the admin.

They are read as text. Nothing is started, so that this costs a second or two.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest
from django.core.management import get_commands

from door import cli

ROOT = Path(__file__).parents[2]
CODE_FOLDERS = ("site", "kb", "search", "templates", "tests")
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLE = ROOT / "docs" / "operators.env.example"
EDITORS_GUIDES = [ROOT / "docs" / "editors.md", ROOT / "docs" / "redaktion.md"]  # the same in two languages

# What a running site writes, its addresses, and names that stand for somebody's own.
NOT_IN_THE_REPOSITORY = re.compile(r"(var|media|fonts|eval)/|/(admin|en|de)/|text\.en\.md$")
# Set by one process for the next one that it starts; nobody else sets them.
HANDED_ON = re.compile(r"LOTSE_(COLLECTION_\w+|BENCH_\w+|SITE_SETTINGS)")
# Variables of other programs that ours read too, or that the pages speak of.
OTHERS = {"DATABASE_URL", "HF_HUB_OFFLINE", "POSTGRES_PASSWORD"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def files() -> list[str]:
    """Every file and folder of the repository, folders with a slash at the end."""
    skipped = {"__pycache__", "node_modules", "build"}
    found = [path for path in ROOT.iterdir() if path.is_file()] + [ROOT / "docs", ROOT / "site"]
    for folder in (*CODE_FOLDERS, "docs"):
        found += [
            path for path in (ROOT / folder).rglob("*") if skipped.isdisjoint(path.relative_to(ROOT).parts)
        ]
    return [relative(path) + ("/" if path.is_dir() else "") for path in found]


@cache
def python() -> str:
    """All Python of the repository in one string, and the shell script that finds a Python."""
    here = Path(__file__).resolve()
    paths = [path for folder in CODE_FOLDERS for path in (ROOT / folder).rglob("*.py") if path != here]
    own = [path for path in paths if "node_modules" not in path.parts]
    return "\n".join(path.read_text() for path in [ROOT / "lotse", *own])


def prose(doc: Path) -> str:
    """Without blocks of code that are examples of files."""
    return re.sub(r"^```\w.*?^```", "", doc.read_text(), flags=re.MULTILINE | re.DOTALL)


def in_backticks(doc: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", doc.read_text(), flags=re.M | re.S))


def anchor(heading: str) -> str:
    """As GitHub and GitLab make it."""
    plain = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("doc", DOCS, ids=relative)
def test_every_link_leads_somewhere(doc):
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(doc)):
        name, _, wanted = target.partition("#")
        if re.match(r"https?:", name):
            continue
        page = (doc.parent / name).resolve() if name else doc
        headings = (
            re.findall(r"^#+ (.+)$", page.read_text(), re.M) if page.suffix == ".md" and page.exists() else []
        )
        if not page.exists() or (wanted and wanted not in map(anchor, headings)):
            dead.append(target)
    assert not dead


def test_every_page_is_linked_from_another():
    linked = {
        (doc.parent / target.partition("#")[0]).resolve()
        for doc in DOCS
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(doc))
        if not target.startswith("#")
    }
    assert [relative(doc) for doc in DOCS if doc not in linked] == ["README.md"]


@pytest.mark.parametrize("doc", DOCS, ids=relative)
def test_every_file_named_is_there(doc):
    """A file is named by its path or by the end of it: `answer.sql`, `retrieval/answer.sql`."""
    missing = []
    for word in (word.strip(".,;:()") for span in in_backticks(doc) for word in span.split()):
        is_path = re.fullmatch(
            r"[\w./-]+\.(py|sql|js|mjs|css|html|md|json|yaml|yml|txt|lock)|[\w./-]+/", word
        )
        if is_path and not NOT_IN_THE_REPOSITORY.search(word):
            end = "/" + word.removeprefix("../").removeprefix("./")
            if not any(("/" + name).endswith(end) for name in files()):
                missing.append(word)
    assert not missing


def commands(doc: Path) -> list[tuple[str, str, str]]:
    """(command, its first word or "", the rest of the line) of every `./lotse …`."""
    return re.findall(r"\./lotse ([a-z]+)(?: ([a-z_]+))?([^`\n]*)", doc.read_text())


@pytest.mark.parametrize("doc", DOCS, ids=relative)
def test_every_command_named_exists(doc):
    unknown = []
    for name, word, _rest in commands(doc):
        command = cli.COMMANDS.get(name)
        choices = next((own.get("choices") for _flags, own in command.arguments), None) if command else None
        if command is None or (choices and command.passes_on and word and word not in choices):
            unknown.append(f"./lotse {name} {word}")
        if name == "manage" and word and word not in get_commands():
            unknown.append(f"./lotse manage {word}")
    unknown += [
        word for word in re.findall(r"manage\.py (\w+)", doc.read_text()) if word not in get_commands()
    ]
    modules = re.findall(r"python -m ((?:search|tests|kb)[\w.]*\w)", doc.read_text())
    unknown += [module for module in modules if find_spec(module) is None]
    assert not unknown


@pytest.mark.parametrize("doc", DOCS, ids=relative)
def test_every_option_named_exists(doc):
    lines = [rest for _name, _word, rest in commands(doc)]
    lines += re.findall(r"python -m (?:search|tests)[^`\n]*", doc.read_text())
    # `… --force` and `--dry-run` stand alone in tables of options.
    lines += [span for span in in_backticks(doc) if re.match(r"(… )?--[a-z]", span)]
    options = {option for line in lines for option in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", line)}
    others = {"--exclude-table-data", "--no-unlogged-table-data", "--ink", "--line", "--action"}
    assert not {option for option in options - others if f'"{option}"' not in python()}


def test_every_command_is_documented():
    docs = "".join(doc.read_text() for doc in DOCS)
    assert not [name for name in cli.COMMANDS if f"./lotse {name}" not in docs]


READ = re.compile(r"""(?:environ(?:\.get\(|\[)|env(?:\.\w+)?\()\s*"(\w+)"|\$\{(LOTSE_\w+)""")
NAMED = re.compile(r"\b(?:LOTSE_[A-Z_]+[A-Z]|HF_HUB_OFFLINE|DATABASE_URL|POSTGRES_PASSWORD)\b")


@cache
def read_by_the_code() -> set[str]:
    compose = (ROOT / "docker-compose.yml").read_text()
    found = {first or second for first, second in READ.findall(python())}
    return found | set(re.findall(r"\$\{(\w+)", compose)) | OTHERS


def test_every_variable_that_is_read_is_documented():
    """What an operator can set stands on the operators' page; what tests read, on any page."""
    ours = {
        name for name in read_by_the_code() if name.startswith("LOTSE_") and not HANDED_ON.fullmatch(name)
    }
    documented = set().union(*(NAMED.findall(doc.read_text()) for doc in DOCS))
    assert not ours - documented
    settings = [*(ROOT / "site" / "config").rglob("*.py"), ROOT / "docker-compose.yml"]
    of_operators = {name for path in settings for name in NAMED.findall(path.read_text())}
    assert not of_operators - set(NAMED.findall((ROOT / "docs" / "operators.md").read_text()))


@pytest.mark.parametrize("doc", [*DOCS, EXAMPLE], ids=relative)
def test_every_variable_named_is_read(doc):
    assert not set(NAMED.findall(doc.read_text())) - read_by_the_code()


@cache
def german_labels() -> str:
    """Every German text of the interface and of Wagtail, one on a line; what is filled in is a …"""
    packages = [Path(find_spec(name).origin).parent for name in ("wagtail", "wagtail_localize", "django")]
    catalogues = [polib.pofile(str(ROOT / "site/locale/de/LC_MESSAGES/django.po"))]
    catalogues += [
        polib.mofile(str(path)) for package in packages for path in package.rglob("de/LC_MESSAGES/django*.mo")
    ]
    texts = [
        text for found in catalogues for one in found for text in (one.msgstr, *one.msgstr_plural.values())
    ]
    # Names that the site's own code gives in German: groups, the workflow, languages said in themselves.
    texts += re.findall(r'^[A-Z]+ = "([^"]+)"$', python(), re.M)
    texts += ["nur Deutsch", "English only", "⊕", "Überschrift 1, 2"]  # the last are Word's own
    return "\n".join(comparable(re.sub(r"%\(\w+\)[sd]|%s|\{\w*\}|(?<= )$", "…", text)) for text in texts)


def comparable(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .:").casefold()


@pytest.mark.parametrize("doc", EDITORS_GUIDES, ids=relative)
def test_every_label_that_editors_are_told_of_is_on_their_screen(doc):
    """The words in italics of the editors' guide are labels of the German admin, as it says on top."""
    text = prose(doc).replace("**", "").replace("*italics*", "")
    spans = re.findall(r"(?<![\w*])\*([^*|]+?)\*(?![\w*])", text)
    known = german_labels().split("\n")
    unknown = []
    for label in (part for span in spans for part in re.split(r" ?→ ?| · ", span)):
        wanted = comparable(label)
        if wanted not in known and not _filled_in(wanted, known):
            unknown.append(label)
    assert not unknown


def _filled_in(label: str, known: list[str]) -> bool:
    """Is it a text with something filled in, "In Redaktionelle Freigabe einreichen"?"""
    patterns = (re.escape(text).replace("…", ".+") for text in known if "…" in text and len(text) > 8)
    return any(re.fullmatch(pattern, label) for pattern in patterns)


def test_the_editors_guide_has_the_same_sections_in_both_languages():
    """A section that is added to one of them belongs into the other too."""
    english, german = (len(re.findall(r"^## ", doc.read_text(), re.M)) for doc in EDITORS_GUIDES)
    assert english == german
