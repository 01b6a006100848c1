"""Samples, legs, tuning steps, the line below which there is no answer, and the gate: all without a database."""

import json
import random
from dataclasses import fields

import pytest

from search import conf
from search.conf import SearchConf
from search.evaluation import calibration, gate, legs, table, tuning
from search.evaluation.asking import Found, Outcome
from search.evaluation.measures import Honesty, Means, Times
from search.evaluation.measuring import Measurement, Row, right_passages
from search.evaluation.questions import Question, QuestionSet, digest, split_of
from search.retrieval import confidence


def question(number, *, language="de", split="tune", answerable=True, text_language="de", **more):
    wanted = {f"page-{number}": 3} if answerable else {}
    return Question(
        id=str(number),
        text=f"Frage {number}",
        language=language,
        wanted=wanted,
        text_language=text_language if answerable else "",
        split=split,
        **more,
    )


# --- Questions ----------------------------------------------------------------------------------


def test_a_sample_is_always_the_same_and_the_same_for_both_languages():
    questions = [question(n, text_language=code) for n in range(50) for code in ("de", "en")]
    found = QuestionSet("x", tuple(questions)).sample(10)
    assert len(found.questions) == 20
    by_pair = {pair: {q.id for q in found.answerable(pair)} for pair in found.pairs}
    assert by_pair["de-de"] == by_pair["de-en"]
    assert found == QuestionSet("x", tuple(questions)).sample(10)
    assert len(QuestionSet("x", tuple(questions)).sample(0).questions) == 100


def test_a_sample_keeps_questions_without_an_answer():
    questions = [question(n, answerable=n % 2 == 0) for n in range(40)]
    found = QuestionSet("x", tuple(questions)).sample(5)
    assert (len(found.answerable()), len(found.unanswerable())) == (5, 5)


def test_halves_without_names_are_drawn_evenly():
    drawn = [split_of("", str(n)) for n in range(1000)]
    assert 450 < drawn.count("tune") < 550
    assert (split_of("train", "x"), split_of("test", "x")) == ("tune", "held")


def test_a_digest_knows_grade_and_passage_but_no_order():
    rows = [("a", "", 3), ("b", "x", 1)]
    assert digest(rows) == digest(reversed(rows))
    assert digest(rows) != digest([("a", "", 2), ("b", "x", 1)])
    assert digest(rows) != digest([("a", "", 3), ("b", "y", 1)])


# --- Legs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("leg", [legs.SHOWN, *legs.LEGS])
def test_every_figure_of_a_leg_is_one_of_search(leg):
    assert set(legs.figures_of(leg)) <= {field.name for field in fields(SearchConf)}


def test_every_figure_to_be_tuned_is_one_of_search_and_its_grid_holds_what_is_in_force():
    for name, grid in legs.GRIDS.items():
        assert min(grid) <= getattr(SearchConf(), name) <= max(grid), name


def test_a_leg_goes_before_what_a_person_tries():
    assert legs.figures_of("grams", {"gram_weight": 0.2, "bridge": 0.5})["gram_weight"] == 1
    assert legs.figures_of("grams", {"bridge": 0.5})["bridge"] == 0.5


def test_figures_are_read_by_their_kind():
    assert legs.read_figure("dense_weight=0.4") == ("dense_weight", 0.4)
    assert legs.read_figure("candidates = 50") == ("candidates", 50)
    assert legs.read_figure("fusion=rrf") == ("fusion", "rrf")


@pytest.mark.parametrize("text", ["dense_weight", "nothing=1", "candidates=many", "=1"])
def test_what_is_no_figure_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="“"):
        legs.read_figure(text)


# --- Tuning -------------------------------------------------------------------------------------


def test_tuning_climbs_to_the_best_and_keeps_what_does_not_matter(monkeypatch):
    """The score rises towards dense_weight 0.8 and does not know of page_share."""

    class Values:
        def __init__(self, ndcg):
            self.ndcg = ndcg

    monkeypatch.setattr(tuning.asking, "ask_all", lambda asked, figures: [
        Outcome(q, (), 0.0, evidence={"weight": figures["dense_weight"]}) for q in asked
    ])  # fmt: skip
    monkeypatch.setattr(
        tuning,
        "values_of",
        lambda outcomes: [Values(1 - abs(one.evidence["weight"] - 0.8)) for one in outcomes],
    )
    monkeypatch.setattr(tuning.asking, "require_model", lambda: "model")
    questions = QuestionSet("x", tuple(question(n, split=s) for n, s in enumerate(["tune", "held"] * 10)))

    found = tuning.tune(questions, names=["dense_weight", "page_share"], given={"dense_weight": 0.3})

    assert dict(found.figures) == {"dense_weight": 0.8}
    held = next(change for change in found.changes if change.split == "held")
    assert (held.before, held.after) == (pytest.approx(0.5), pytest.approx(1))
    assert "dense_weight: float = 0.8" in table.tuned(found)
    json.dumps(found.as_json())


def test_tuning_needs_both_halves():
    with pytest.raises(ValueError, match="half “held”"):
        tuning.tune(QuestionSet("x", (question(1),)))
    with pytest.raises(KeyError):
        tuning.tunable(["statement_timeout_ms"])


# --- The line below which there is no answer ----------------------------------------------------


def outcomes(n=60, *, language="de", seed=1):
    """Answerable questions have more of `cosine`; `noise` says nothing, `fixed` is always the same."""
    dice = random.Random(seed)
    found = []
    for number in range(n):
        answerable = number % 3 > 0
        asked = question(
            f"{language}{number}",
            language=language,
            answerable=answerable,
            split="tune" if number % 2 else "held",
        )
        evidence = {
            "cosine": dice.gauss(0.7 if answerable else 0.3, 0.1),
            "noise": dice.random(),
            "fixed": 1.0,
        }
        found.append(Outcome(asked, (), 0.0, evidence=evidence))
    return found


def test_a_calibration_learns_what_tells_the_two_apart():
    found = calibration.fit("model", outcomes())
    line = found.lines["de"]
    assert line.coefficients["cosine"] > 5 * abs(line.coefficients["noise"])
    assert line.confidence({"cosine": 0.8, "noise": 0.5, "fixed": 1.0}) > 0.5
    assert line.confidence({"cosine": 0.2, "noise": 0.5, "fixed": 1.0}) < 0.5
    held = next(check for check in found.checks if check.split == "held")
    assert held.honesty.auroc > 0.95
    assert held.honesty.admitted > 0.6
    assert "AUROC" in table.calibrated(found)
    json.dumps(found.as_json())


def test_a_language_with_few_questions_borrows_from_the_others():
    found = calibration.fit("model", [*outcomes(150), *outcomes(12, language="en", seed=2)])
    assert found.lines["en"].pooled
    assert not found.lines["de"].pooled
    assert found.lines["en"].coefficients != found.lines["de"].coefficients


def test_answers_without_a_model_get_lines_without_its_features():
    found = calibration.fit("model", outcomes())
    assert set(found.words["de"].coefficients) == {"noise", "fixed"}


def test_kept_lines_are_read_by_retrieval_and_leave_those_of_other_models(tmp_path):
    path = tmp_path / "confidence.json"
    path.write_text(
        '{"other": {"de": {"intercept": 1, "coefficients": {}, "line": 0.5}}, "model": {"fr": {}}}'
    )
    found = calibration.fit("model:1", outcomes())
    found.keep(path, name="model")
    kept = json.loads(path.read_text())
    assert kept["other"]["de"]["line"] == 0.5
    assert kept["model"].keys() == {"de", "fr"}
    del kept["model"]["fr"]
    path.write_text(json.dumps(kept))
    evidence = {"cosine": 0.9, "noise": 0.5, "fixed": 1.0}
    with conf.using(calibration=str(path)):
        sure, answered = confidence.judged(evidence, model="model", language="de")
        _, without = confidence.judged({"noise": 0.5, "fixed": 1.0}, model="words", language="de")
    assert answered
    assert sure == pytest.approx(found.lines["de"].confidence(evidence), abs=0.01)
    assert isinstance(without, bool)


def test_foreign_questions_are_reported_by_themselves():
    own = outcomes()
    foreign = [
        Outcome(question(f"foreign:{n}", answerable=False, split=split), (), 0.0, evidence={"cosine": 0.1})
        for n, split in enumerate(["tune", "held"] * 10)
    ]
    found = calibration.fit("model", own + foreign)
    assert {check.negatives for check in found.checks} == {"judged", "foreign"}


def test_too_little_to_learn_from_is_said():
    with pytest.raises(calibration.NothingToFit, match="no evidence"):
        calibration.fit("model", [Outcome(question(1), (), 0.0)])
    with pytest.raises(calibration.NothingToFit, match="--foreign"):
        calibration.fit("model", [one for one in outcomes() if one.question.answerable])


@pytest.mark.parametrize(("n", "refused"), [(100, 5), (20, 1), (19, 0), (1, 0)])
def test_at_most_one_in_twenty_lies_below_the_line(n, refused):
    confidences = [number / n for number in range(n)]
    line = calibration.line_below(confidences)
    assert sum(value < line for value in confidences) == refused


# --- Passages, table and gate -------------------------------------------------------------------


def test_the_first_page_with_a_known_passage_decides_whether_it_was_led_right():
    asked = question(1, passages={"page-1": frozenset({"ablauf"})})
    right = Outcome(asked, (Found("other"), Found("page-1", "de", "ablauf")), 0.0)
    wrong = Outcome(asked, (Found("page-1", "de", "summary"),), 0.0)
    unknown = Outcome(question(2), (), 0.0)
    assert right_passages([right, wrong, unknown]) == {"n": 2, "right": 0.5}
    assert right_passages([unknown]) == {}


def measurement(ndcg=0.7, refused=0.02, pair="de-de", n=144, auroc=0.96):
    row = Row("full", pair, Means(n, ndcg, 0.9, 0.8), None, None, Times(n, 10.0, 20.0), ())
    shown = Row("shown", pair, Means(n, ndcg - 0.01, 0.9, 0.8), -0.01, 0.2, Times(n, 10.0, 20.0), ())
    return Measurement(
        name="site",
        split="all",
        model="model:1",
        figures={"bridge": 0.5},
        rows=(shown, row),
        honesty={"all": Honesty(n, 30, auroc, refused, 0.7)},
        passages={"n": 10, "right": 0.5},
        answers=Times(n, 30.0, 60.0),
        warnings=("2 pages wait",),
    )


def test_the_table_names_everything():
    text = table.text(measurement())
    for said in ("German questions on German texts: 144", "0.700", "-0.010", "0.200", "96", "2 pages wait"):
        assert said in text
    assert "bridge 0.5" in text
    none = table.text(Measurement("x", "all", "m", {}, (), {"all": Honesty(3, 0, None, 0.0, None)}, {}, None))
    assert "--foreign" in none


def test_the_gate_lets_chance_pass_and_stops_a_fall(tmp_path):
    gate.keep(measurement(), tmp_path / "kept.json")
    before = json.loads((tmp_path / "kept.json").read_text())
    assert gate.fallen(before, measurement(ndcg=0.68).as_json()) == []
    assert "fell from 0.700 to 0.660" in gate.fallen(before, measurement(ndcg=0.66).as_json())[0]
    assert "refused" in gate.fallen(before, measurement(refused=0.06).as_json())[0]
    assert "not measured" in gate.fallen(before, measurement(pair="en-en").as_json())[0]
    assert gate.fallen(before, measurement(auroc=0.94).as_json()) == []
    assert "AUROC" in gate.fallen(before, measurement(auroc=0.92).as_json())[0]


def test_the_gate_holds_no_handful_of_questions_to_anything(tmp_path):
    before = gate.kept(measurement(pair="de-en", n=5))
    assert gate.fallen(before, measurement(ndcg=0.1).as_json()) == []
