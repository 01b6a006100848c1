"""What a term table learns from translated sentences, and what it must not."""

import itertools

import pytest

from search.bilingual.mining import Settings, mine
from search.bilingual.rows import Row, TermFile, encoded
from search.bilingual.site import SiteFirst, blended, mine_site

SUBJECTS = {
    "Der Verein": "The association",
    "Die Stadt": "The city",
    "Der Hafen": "The port",
    "Das Amt": "The office",
}
OBJECTS = {"einen Antrag": "an application", "das Protokoll": "the minutes", "einen Vertrag": "a contract"}
VERBS = {"schreibt": "writes", "prüft": "checks", "ändert": "changes"}
PAIRS = [
    (f"{s} {v} {o}.", f"{SUBJECTS[s]} {VERBS[v]} {OBJECTS[o]}.")
    for s, v, o in itertools.product(SUBJECTS, VERBS, OBJECTS)
]


def best(rows: list[Row]) -> dict[str, str]:
    return {row.term: row.translations[0][0] for row in rows}


def test_words_that_stand_together_translate_each_other() -> None:
    mined = mine(PAIRS)
    german, english = best(mined.de), best(mined.en)
    assert german["verein"] == "associ" and english["associ"] == "verein"
    assert german["antrag"] == "applic" and english["minut"] == "protokoll"


def test_weights_are_shares_of_one() -> None:
    mined = mine(PAIRS)
    for row in [*mined.de, *mined.en]:
        weights = [weight for _, weight in row.translations]
        assert 0 < sum(weights) <= 1 and weights == sorted(weights, reverse=True)
        assert len(weights) <= Settings().keep


def test_numbers_and_stop_words_have_no_rows() -> None:
    mined = mine([(f"{german} 365 mit 5G", f"{english} 365 with 5G") for german, english in PAIRS])
    assert not {row.term for row in mined.de} & {"365", "5g", "mit", "der"}


def test_rare_compounds_lend_their_evidence_to_their_parts() -> None:
    pairs = [
        ("Der Vertrag gilt.", "The contract applies."),
        ("Ein Vertrag endet.", "A contract ends."),
        ("Das Muster gilt.", "The sample applies."),
        ("Ein Muster endet.", "A sample ends."),
        ("Der Vertrag und das Muster.", "The contract and the sample."),
        ("Der Mustervertrag fehlt.", "The sample contract is missing."),
    ]
    seen = {row.term: row.evidence for row in mine(pairs).de}
    assert seen["vertrag"] == 4 and seen["must"] == 4


def test_the_same_pairs_give_the_same_bytes() -> None:
    assert encoded(mine(PAIRS).de) == encoded(mine(list(PAIRS)).de)


@pytest.mark.parametrize("pairs", [[], [("", "")], [("der", "the")], [("Hafen", "port")]])
def test_too_little_to_learn_from_gives_an_empty_table(pairs: list[tuple[str, str]]) -> None:
    mined = mine(pairs)
    assert mined.de == [] and mined.en == []


def test_file_keeps_rows_and_drops_weights_below_a_hundredth() -> None:
    rows = [
        Row("müll", (("wast", 0.739), ("rubbish", 0.004))),
        Row("amt", (("offic", 1.0),)),
        Row("x", (("y", 0.001),)),
    ]
    table = TermFile(encoded(rows))
    assert len(table) == 2
    assert table.get("müll") == Row("müll", (("wast", 0.73),))
    assert table.get("amt") == Row("amt", (("offic", 1.0),))
    assert table.get("am") is table.get("amta") is table.get("\ud800") is None


class Rows:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Row]] = {}

    def replace(self, rows):  # type: ignore[no-untyped-def]
        self.kept = {key: {row.term: row for row in found} for key, found in rows.items()}


class General:
    """Knows the verbs and "Hafen", the latter wrongly for this site."""

    known = {"schreibt": "write", "pruft": "check", "andert": "chang", "haf": "haven", "stadt": "citi"}

    def row(self, term: str, source: str, target: str) -> tuple[tuple[str, float], ...]:
        return ((self.known[term], 0.9),) if term in self.known and source == "de" else ()


def test_site_rows_come_before_general_ones_the_more_often_they_are_seen() -> None:
    store = Rows()
    mine_site(PAIRS, store, table=General())
    table = SiteFirst(store.kept, General())
    assert table.row("protokoll", "de", "en")[0][0] == "minut"
    assert table.row("haf", "de", "en")[0][0] == "port"
    seldom = blended(Row("haf", (("port", 0.9),), evidence=1), General().row("haf", "de", "en"))
    assert seldom[0][0] == "haven"


def test_a_site_without_translations_empties_its_rows() -> None:
    store = Rows()
    store.kept = {("de", "en"): {"alt": Row("alt", (("old", 1.0),))}}
    mine_site([], store)
    assert store.kept == {("de", "en"): {}, ("en", "de"): {}}
