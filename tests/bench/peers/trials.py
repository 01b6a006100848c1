"""What each peer can do at all, each tried: a small collection of made texts, and what must come of it.

Nothing is taken from anybody's documentation. `write` makes the collection, `run` asks a peer that was built on it.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.bench.peers.material import Material
from tests.bench.peers.peer import CannotDo, Found, distinct
from tests.bench.peers.preparing import CLOSED
from tests.bench.peers.process import Failed, Process

PERMISSIONS = "permissions inside retrieval"

HIDDEN, SEEN = 396, 6
"""pages on one subject that only members see, and that everybody sees: some 1 %"""
RARE = [("Schlepper", "Bojen"), ("Ponton", "Lotsenstation"), ("Kaimauer", "Leuchtfeuer")]
"""Words of hidden pages and of one page that all see; others of three pages that all see: which of the two is rare, and so
counts more, depends on what is counted"""
SUBJECT = "Wie gewinnt man neue Mitglieder für einen Verein am Hafen?"
NEW_WORD = "Quarzlotsenprobe"
NEW_TEXT = f"Hafenrundfahrt\nAb heute steht hier etwas anderes: die {NEW_WORD} ist eingetroffen."

COMPOUNDS = [
    ("Mitgliedergewinnung", "Wie kann man Mitglieder gewinnen?", "Mitglieder", "gewinnen"),
    ("Förderantrag", "Einen Antrag auf Förderung stellen", "Antrag", "Förderung"),
    ("Fachkräftemangel", "Es herrscht Mangel an Fachkräften", "Mangel", "Fachkräfte"),
    ("Veranstaltungsauswertung", "Eine Veranstaltung auswerten", "Veranstaltung", "auswerten"),
    ("Wissenstransfer", "Wie gelingt der Transfer von Wissen?", "Transfer", "Wissen"),
    ("Kostenübernahme", "Wer übernimmt die Kosten?", "Kosten", "übernimmt"),
    ("Bedarfsanalyse", "Den Bedarf analysieren", "Bedarf", "analysieren"),
    ("Kontaktdatenpflege", "Wer pflegt die Daten der Kontakte?", "Daten", "Kontakte"),
    ("Ideenwettbewerb", "Ein Wettbewerb um Ideen", "Wettbewerb", "Ideen"),
    ("Lieferkettenstörung", "Die Lieferkette ist gestört", "Lieferkette", "gestört"),
]
"""A word that answers, a question that has only its parts, and the parts"""
TWICE = [
    ("Workshop im Betrieb", "Workshop in a company", "Ein Betrieb zeigt seine Werkstatt, danach sprechen alle.",
     "A company shows its rooms, then everybody talks."),
    ("Frühstückstreffen", "Breakfast meeting", "Mitglieder treffen sich zum Frühstück und stellen sich vor.",
     "Members meet for breakfast and introduce themselves."),
    ("Runder Tisch", "Round table", "Zwei Branchen sprechen an einem Tisch über ein gemeinsames Problem.",
     "Two industries talk at one table about a problem they share."),
    ("Lerngruppe", "Learning group", "Eine kleine Gruppe lernt über Wochen zusammen, mit einem Workshop.",
     "A small group learns together over weeks, with a workshop."),
]  # fmt: skip
BOTH_LANGUAGES = ("Workshop im Betrieb", "Workshop in a company")
"""A word that both languages write the same"""


def write(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, list[tuple[str, str, str]]] = {"de": [], "en": []}
    for number in range(HIDDEN):
        texts["de"].append(
            (f"hidden-{number}", f"Neue Mitglieder gewinnen, Teil {number}",
             f"So gewinnt ein Verein am Hafen neue Mitglieder: Weg {number} von vielen, "
             f"zwischen {', '.join(hidden for hidden, _ in RARE)}.")
        )  # fmt: skip
    for number in range(SEEN):
        texts["de"].append(
            (f"seen-{number}", f"Vereinsleben {number}",
             f"Ein Verein am Hafen sucht Mitglieder und lädt zum {number}. Abend ein; wer kommt, bleibt oft.")
        )  # fmt: skip
    for number, (compound, _, *parts) in enumerate(COMPOUNDS):
        texts["de"].append(
            (f"compound-{number}", f"Blatt {number}", f"Es geht um {compound} und sonst nichts.")
        )
        for part in parts:
            texts["de"] += [
                (
                    f"part-{number}-{part}-{copy}",
                    f"Notiz {copy}",
                    f"Hier steht {part}, doch geht es um das Wetter {copy}.",
                )
                for copy in range(2)
            ]
    for number, (hidden, common) in enumerate(RARE):
        texts["de"].append((f"rare-{number}", f"Zettel {number}", f"Auf dem Bild ist {hidden} zu sehen."))
        texts["de"] += [
            (f"rare-{number}-{copy}", f"Zettel {number}{copy}", f"Auf dem Bild {copy} ist {common} zu sehen.")
            for copy in range(3)
        ]
    for number, (german, english, in_german, in_english) in enumerate(TWICE):
        texts["de"].append((f"twice-{number}", german, in_german))
        texts["en"].append((f"twice-{number}", english, in_english))
    texts["de"].append(("changed", "Hafenrundfahrt", "Am Dienstag fährt das Boot um neun Uhr ab."))
    texts["de"].append(("deleted", "Elbfähre", "Die Elbfähre legt am Anleger Zickzackhausen an."))
    questions = [("subject", "de", SUBJECT, "seen-0"), ("deleted", "de", "Anleger Zickzackhausen", "deleted")]
    questions += [(f"compound-{n}", "de", row[1], f"compound-{n}") for n, row in enumerate(COMPOUNDS)]
    questions += [
        (f"rare-{n}", "de", f"{hidden} und {common}", f"rare-{n}") for n, (hidden, common) in enumerate(RARE)
    ]
    questions += [
        ("both-de", "de", BOTH_LANGUAGES[0], "twice-0"),
        ("both-en", "en", BOTH_LANGUAGES[1], "twice-0"),
        ("changed", "de", f"Wo ist die {NEW_WORD}?", "changed"),
        # No question, but the text that takes another's place: it needs a vector as well.
        ("new text", "de", NEW_TEXT, "changed"),
    ]
    for language, rows in texts.items():
        lines = [{"id": key, "title": title, "text": text} for key, title, text in rows]
        _write(folder / f"corpus.{language}.jsonl", lines)
        asked = [{"id": key, "text": text} for key, code, text, _ in questions if code == language]
        _write(folder / f"queries.{language}.jsonl", asked)
    (folder / "qrels.tsv").write_text("".join(f"{key}\t{page}\t3\n" for key, _, _, page in questions))
    (folder / CLOSED).write_text("".join(f"hidden-{number}\tde\n" for number in range(HIDDEN)))
    return folder


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


class Trial:
    """A peer that is built and open on the collection of `write`."""

    def __init__(self, process: Process, material: Material) -> None:
        from search.evaluation.collection import key_of

        self.process, self.material = process, material
        self.number = {
            question.id.partition(":")[2]: place for place, question in enumerate(material.questions)
        }
        self.key = lambda text: str(key_of(text))
        self.hidden = {self.key(f"hidden-{number}") for number in range(HIDDEN)}

    def run(self) -> dict[str, dict[str, object]]:
        """Name of a trial -> `can` (True, False or a share) and what was seen. Each changes what the next one finds, so
        the order matters."""
        trials: dict[str, Callable[[], dict[str, object]]] = {
            PERMISSIONS: self._permissions,
            "German compounds": self._compounds,
            "both languages folded": self._folded,
            "incremental update": self._update,
            "delete visible at once": self._delete,
            "hidden texts leave no trace in the order": self._trace,
        }
        found: dict[str, dict[str, object]] = {}
        for name, trial in trials.items():
            try:
                found[name] = trial()
            except CannotDo as reason:
                found[name] = {"can": False, "seen": str(reason)}
            except Failed as error:
                found[name] = {"can": False, "seen": f"failed: {error}"}
        return found

    def _ask(self, question: str, *, pages: int = 10, member: bool = True) -> list[Found]:
        found: list[Found] = self.process.call("found", self.number[question], pages, member)
        return found

    def _permissions(self) -> dict[str, object]:
        """A visitor asks about what members know 66 times as much of: nothing hidden, and a visitor's whole page."""
        found = distinct(self._ask("subject", pages=SEEN, member=False), SEEN)
        leaked = len(self.hidden.intersection(found))
        seen = {self.key(f"seen-{number}") for number in range(SEEN)}
        return {
            "can": not leaked and seen <= set(found),
            "seen": f"{len(seen.intersection(found))} of {SEEN} visible pages, {leaked} hidden ones",
        }

    def _compounds(self) -> dict[str, object]:
        """Among the first three, where four pages have a part of the word and nothing else."""
        right = [
            self.key(f"compound-{number}") in distinct(self._ask(f"compound-{number}"), 3)
            for number in range(len(COMPOUNDS))
        ]
        return {"can": sum(right) / len(right), "seen": f"{sum(right)} of {len(right)} found"}

    def _folded(self) -> dict[str, object]:
        """Each page once, and in the language that was asked in."""
        twice = {self.key(f"twice-{number}") for number in range(len(TWICE))}
        doubled = foreign = missed = 0
        for language in ("de", "en"):
            found: list[Found] = self.process.call("folded", self.number[f"both-{language}"], 10)
            doubled += len(found) - len({one.page for one in found})
            missed += self.key("twice-0") not in {one.page for one in found}
            foreign += sum(one.page in twice and one.language != language for one in found)
        return {
            "can": not doubled and not foreign and not missed,
            "seen": f"{doubled} pages twice, {foreign} in the other language although there is one"
            + (f", {missed} of 2 questions without the right page" if missed else ""),
        }

    def _update(self) -> dict[str, object]:
        page = self.key("changed")
        passage = next(passage for passage in self.material.passages if passage.page == page)
        # The first change in a process loads what the next ones find loaded.
        self.process.call("replace", passage)
        began = time.perf_counter()
        self.process.call("replace", replace(passage, text=NEW_TEXT))
        while page not in distinct(self._ask("changed"), 1):
            if time.perf_counter() - began > 5:
                return {"can": False, "seen": "the new text was not found first within 5 s"}
        return {"can": True, "seen": f"found after {1000 * (time.perf_counter() - began):.0f} ms"}

    def _delete(self) -> dict[str, object]:
        page = self.key("deleted")
        if page not in distinct(self._ask("deleted"), 1):
            return {"can": False, "seen": "was not found before"}
        began = time.perf_counter()
        self.process.call("delete", page)
        took = 1000 * (time.perf_counter() - began)
        gone = page not in distinct(self._ask("deleted"), 10)
        return {"can": gone, "seen": f"{'gone' if gone else 'still found'} after {took:.0f} ms"}

    def _trace(self) -> dict[str, object]:
        """Deleting what a visitor may not see must move nothing that they see."""
        questions = ["subject", *(f"rare-{number}" for number in range(len(RARE)))]

        def asked() -> list[list[str]]:
            return [distinct(self._ask(question, member=False), 10) for question in questions]

        before = asked()
        self.process.call("without", sorted(self.hidden))
        after = asked()
        if not all(before):
            return {"can": False, "seen": "a visitor is shown nothing at all"}
        moved = sum(one != other for one, other in zip(before, after, strict=True))
        return {"can": not moved, "seen": f"{moved} of {len(questions)} answers differ without them"}
