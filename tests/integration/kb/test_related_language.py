"""The reasons beside related pages are in the reader's language."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils import translation


def beside(language, **values):
    related = SimpleNamespace(
        **{
            "kind": "guide",
            "title": "Other",
            "url": "/en/other/",
            "language": "en",
            "link": None,
            "pinned": False,
        }
        | {
            "shared": ("Fördermittel", "Frist"),
            "passage": "Der Antrag.",
            "passage_language": "de",
            "anchor": "a",
        }
        | {"other_passage": "The sketch.", "other_passage_language": "en", "other_anchor": "b"}
        | values
    )
    with translation.override(language):
        return render_to_string(
            "components/related.html",
            {"related": [related], "page": SimpleNamespace(search_kind="guide"), "LANGUAGE_CODE": language},
        )


def test_words_of_the_original_do_not_stand_beside_its_translation():
    html = beside("en")
    assert "Fördermittel" not in html
    assert "Similar in content" in html
    assert '<blockquote lang="de">Der Antrag.</blockquote>' in html


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [("en", ("funding",), "Both are about: funding"), ("de", ("Frist",), "Beiden gemeinsam: Frist")],
)
def test_words_of_this_version_do(language, words, said):
    assert said in beside(language, shared=words, passage_language=language)
