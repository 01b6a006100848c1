"""Every word of the interface exists in German and in English: none is forgotten, none is written into a template."""

import html.parser
import re
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "site" / "locale" / "de" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Names, and what is the same in both languages.
NOT_WORDS = re.compile(r"\b(Lotse|KERN|Deutsch|English|min|PDF|URL|h|m|€)\b|&\w+;|\d+")
READ_ALOUD = {"alt", "aria-label", "aria-description", "placeholder", "title", "content"}
NOT_READ = {"viewport", "color-scheme", "theme-color", "robots", "referrer"}


def test_every_message_has_a_german_translation(tmp_path, monkeypatch, settings):
    """Extracts the messages afresh, so that a string added without `./lotse messages` fails here."""
    folder = tmp_path / "locale"
    (folder / "de" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "de" / "LC_MESSAGES" / "django.po").write_text(CATALOGUE.read_text())
    settings.LOCALE_PATHS = [str(folder)]
    monkeypatch.chdir(ROOT)
    call_command(
        "makemessages",
        locale=["de"],
        # Without the first, the command finds the real catalogue by itself and rewrites that one.
        ignore_patterns=["site/locale", "var", "tests", "site/door", "node_modules", "build"],
        no_obsolete=True,
        verbosity=0,
    )
    fresh = polib.pofile(str(folder / "de" / "LC_MESSAGES" / "django.po"))
    missing = [entry.msgid for entry in fresh if not entry.translated() or "fuzzy" in entry.flags]
    assert not missing, f"Without German translation (run ./lotse messages, then translate): {missing}"


def test_the_catalogue_keeps_every_placeholder():
    for entry in polib.pofile(str(CATALOGUE)):
        wanted = set(re.findall(r"%\((\w+)\)|\{(\w+)\}", entry.msgid_plural or entry.msgid))
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert set(re.findall(r"%\((\w+)\)|\{(\w+)\}", text)) >= wanted - {("count", "")}, entry.msgid


class _Words(html.parser.HTMLParser):
    """Collects what a reader would see or hear in a template once its tags and variables are gone."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style", "svg")
        found = dict(attributes)
        if tag == "meta" and (
            found.get("name") in NOT_READ or found.get("charset") or found.get("http-equiv")
        ):
            return
        self.words += [value for name, value in attributes if name in READ_ALOUD and value and tag != "link"]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.silent -= tag in ("script", "style", "svg")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "svg")

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_no_untranslated_word(path):
    shown = []
    in_translation = False
    for token in Lexer(path.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0]
            in_translation = word in ("blocktranslate", "comment") or (
                in_translation and word not in ("endblocktranslate", "endcomment")
            )
            # Keeps attributes that hold a tag's output from swallowing what follows
            shown.append("0")
        elif token.token_type == TokenType.VAR:
            shown.append("0")
        elif token.token_type == TokenType.TEXT and not in_translation:
            shown.append(token.contents)
    parser = _Words()
    parser.feed("".join(shown))
    words = [NOT_WORDS.sub("", text).strip() for text in parser.words]
    left = [word for word in words if re.search(r"[A-Za-zÄÖÜäöüß]{2,}", word)]
    assert not left, f"Written into the template instead of {{% translate %}}: {left}"
