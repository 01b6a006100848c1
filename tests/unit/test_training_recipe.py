"""The recipe of the student model, on texts and a teacher so small that they are made here."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy
import pytest
import torch
import yaml
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from search.training import (
    distillation,
    evaluation,
    neighbours,
    overlap,
    sources,
    student,
    vocabulary,
    written,
)
from search.training.alignment import align
from search.training.distillation import Material, Memory, Plan, train
from search.training.sources import Pair, Retrieval

PAIRS = [
    Pair("der hafen ist groß", "the harbour is big"),
    Pair("der fluss ist groß", "the river is big"),
    Pair("der hafen fördert vieles", "the harbour funds much"),
    Pair("der fluss fordert vieles", "the river demands much"),
] * 8


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """A folder with an untrained English BERT of two layers, as the teacher's looks."""
    words = sorted({word for pair in PAIRS for word in pair.en.split()})
    letters = [chr(code) for code in range(97, 123)]
    pieces = vocabulary.SPECIAL + letters + [f"##{letter}" for letter in letters] + words
    known = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, known[name]) for name in ("[CLS]", "[SEP]")]
    )
    folder = tmp_path / "teacher"
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture
def tokenizer(teacher: Path) -> Tokenizer:
    german, english = [pair.de for pair in PAIRS], [pair.en for pair in PAIRS]
    return vocabulary.build(teacher, german, english, size=120, german_size=60)


def test_umlauts_make_a_difference_but_other_marks_and_sharp_s_do_not() -> None:
    normal = vocabulary.normalizer()
    assert normal.normalize_str("FÖRDERN fordern") == "fördern fordern"
    assert normal.normalize_str("Café Straße naïve") == "cafe strasse naive"
    assert normal.normalize_str("Fo\u0308rdern") == "fördern"


def test_vocabulary_keeps_english_words_and_learns_german_ones(tokenizer: Tokenizer) -> None:
    pieces = tokenizer.get_vocab()
    assert {"harbour", "river", "hafen", "fluss"} <= set(pieces)
    assert len(pieces) <= 120
    assert tokenizer.encode("Der Hafen").tokens == ["[CLS]", "der", "hafen", "[SEP]"]


def test_alignment_finds_the_translation_among_words_that_always_occur_together() -> None:
    german = [[0, 1], [0, 2], [0, 1], [0, 2]]
    english = [[0, 5], [0, 6], [0, 5], [0, 6]]
    found = align(german, english, english_size=10)
    assert found[1][0][0] == 5
    assert found[2][0][0] == 6
    assert sum(weight for _, weight in found[1]) == pytest.approx(1)


def test_a_new_piece_starts_near_its_translation(teacher: Path, tokenizer: Tokenizer) -> None:
    bert = student.initialise(teacher, tokenizer, PAIRS)
    table = bert.embeddings.word_embeddings.weight.detach()
    near = torch.nn.functional.cosine_similarity(
        table[tokenizer.token_to_id("hafen")][None],
        table[[tokenizer.token_to_id("harbour"), tokenizer.token_to_id("river")]],
    )
    assert near[0] > near[1]


def test_pieces_that_nothing_uses_make_room_for_words_that_are_wanted(
    teacher: Path, tokenizer: Tokenizer
) -> None:
    pairs = [Pair("das boot ist klein", "the boat is big")] * 8
    texts = [text for pair in (*PAIRS, *pairs) for text in (pair.de, pair.en) if "river" not in text]
    counted = vocabulary.counted(tokenizer.normalizer, [pair.de for pair in pairs])
    assert counted["boot"] == 8
    assert "boot" not in tokenizer.get_vocab()
    other, before = vocabulary.extended(tokenizer, counted, texts, places=3)
    assert other.get_vocab_size() == tokenizer.get_vocab_size()
    assert set(before) == set(other.get_vocab())
    assert before["boot"] is None
    assert before["harbour"] == tokenizer.token_to_id("harbour")
    assert other.encode("Boot").tokens == ["[CLS]", "boot", "[SEP]"]
    # Single characters stay, so that what nobody has thought of still has pieces.
    assert "[UNK]" not in other.encode("fluss river qxz").tokens

    weights = student.initialise(teacher, tokenizer, PAIRS).state_dict()
    table = student.with_new_pieces(weights, before, other, [*PAIRS, Pair("boot", "harbour")])[
        "embeddings.word_embeddings.weight"
    ]
    old = weights["embeddings.word_embeddings.weight"]
    harbour = old[tokenizer.token_to_id("harbour")]
    assert torch.equal(table[other.token_to_id("harbour")], harbour)
    assert torch.nn.functional.cosine_similarity(table[other.token_to_id("boot")], harbour, dim=0) > 0.9
    assert (~table.any(dim=1)).sum() <= (~old.any(dim=1)).sum()


def test_what_was_written_is_read_form_by_form_and_a_line_of_another_form_is_named(tmp_path: Path) -> None:
    for name, text in (
        ("words/a.tsv", "Boot|Boote\tboat|boats\n"),
        ("sentences/a.tsv", "Das Boot liegt im Hafen.\tThe boat lies in the harbour.\n"),
        (
            "answers/a.tsv",
            "Wo liegt das Boot?\tEs liegt im Hafen.\tWhere is the boat?\tIt lies in the harbour.\n",
        ),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert set(written.words(tmp_path)) == {Pair("Boot", "boat"), Pair("Boote", "boats")}
    assert written.sentences(tmp_path) == [Pair("Das Boot liegt im Hafen.", "The boat lies in the harbour.")]
    (found,) = written.answers(tmp_path)
    assert (found.question_de, found.passage_en) == ("Wo liegt das Boot?", "It lies in the harbour.")
    (tmp_path / "words/b.tsv").write_text("Hafen|Häfen\tharbour\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.tsv, line 1: 2 German forms and 1 English"):
        written.words(tmp_path)
    (tmp_path / "sentences/b.tsv").write_text("Nur Deutsch\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.tsv, line 1: 2 columns"):
        written.sentences(tmp_path)


def test_what_is_kept_of_our_own_texts_can_be_read_and_says_nothing_twice() -> None:
    assert len(written.words()) > 20_000
    for texts in (written.sentences(), written.answers()):
        assert texts
        assert len(set(texts)) == len(texts)


def test_no_judged_question_is_learnt_from() -> None:
    demo = Path(__file__).parents[2] / "site" / "demo" / "judgements.yaml"
    judged = {asked["question"].casefold() for asked in yaml.safe_load(demo.read_text(encoding="utf-8"))}
    learnt = {text.casefold() for pair in written.sentences() for text in (pair.de, pair.en)}
    learnt |= {text.casefold() for item in written.answers() for text in (item.question_de, item.question_en)}
    assert not judged & learnt


def test_training_goes_on_where_it_was_cut_off_and_loads_as_a_plain_model(
    teacher: Path, tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student, "DIMENSIONS", 16)
    monkeypatch.setattr(student, "MAX_TOKENS", 64)
    passages = [Retrieval(pair.de, pair.de * 2, pair.en, pair.en * 2) for pair in PAIRS]
    material = Material(PAIRS[:4], PAIRS[:8], PAIRS, passages, passages, passages)
    plan = Plan(
        minutes=1 / 60,
        words=4,
        everyday=4,
        sentences=4,
        passages=4,
        german=4,
        sentence_tokens=16,
        passage_tokens=16,
    )
    learner = student.Encoder(student.initialise(teacher, tokenizer, PAIRS), tokenizer, 64)
    checkpoint = tmp_path / "checkpoint.pt"
    measured: list[student.Encoder] = []
    average = train(
        learner, student.teacher_encoder(teacher), material, plan, checkpoint, None, measured.append
    )
    steps = torch.load(checkpoint, weights_only=True)["step"]
    again = train(learner, student.teacher_encoder(teacher), material, plan, checkpoint)
    assert torch.load(checkpoint, weights_only=True)["step"] == steps > 0
    assert torch.equal(
        again["embeddings.word_embeddings.weight"], average["embeddings.word_embeddings.weight"]
    )

    learner.bert.load_state_dict(average)
    learner.bert.eval()
    with torch.no_grad():
        expected = learner(["der Hafen fördert vieles"])[0].numpy()
    student.export(
        learner.bert, tokenizer, tmp_path / "student", {"name": "small", "languages": ["de", "en"]}
    )
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(str(tmp_path / "student"), device="cpu")
    vector = loaded.encode(["der Hafen fördert vieles"])[0]
    assert loaded.dtype == torch.float32
    assert float(vector @ expected) > 0.99


def test_memory_keeps_the_newest_and_puts_the_batch_first() -> None:
    memory = Memory(3)
    memory.before(torch.tensor([[1.0], [2.0]]))
    assert memory.before(torch.tensor([[3.0], [4.0]])).flatten().tolist() == [3, 4, 1, 2]
    assert memory.before(torch.tensor([[5.0]])).flatten().tolist() == [5, 3, 4, 1]


def test_neighbours_stand_in_one_group_and_nothing_is_lost() -> None:
    chance = numpy.random.default_rng(3)
    places = numpy.repeat(numpy.eye(5, dtype=numpy.float32), 8, axis=0)
    shuffled = chance.permutation(40)
    vectors = places[shuffled] + chance.normal(0, 0.01, (40, 5)).astype(numpy.float32)
    order = neighbours.order(vectors, 4)
    assert sorted(order) == list(range(40))
    groups = vectors[order].reshape(10, 4, 5)
    assert (groups @ groups.transpose(0, 2, 1)).mean() > 0.7  # 0.2 by chance
    assert sorted(neighbours.order(vectors[:38], 4)) == list(range(38))
    assert sorted(neighbours.order(numpy.zeros((9, 5), numpy.float32), 4)) == list(range(9))
    assert len(neighbours.order(vectors[:0], 4)) == 0


def test_what_answers_a_question_too_is_no_wrong_answer() -> None:
    batch = [Retrieval("a", "x", page="1"), Retrieval("b", "y", page="1"), Retrieval("c", "z", page="2")]
    passages = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.02, 0.9998]])
    same = distillation._same(batch, passages, 0.9)
    assert same.tolist() == [[False, True, False], [True, False, True], [False, True, False]]
    assert not distillation._same([Retrieval("a", "x")] * 2, torch.eye(2), 0.9).any()
    questions = torch.nn.functional.normalize(torch.tensor([[1.0, 0.2], [0.2, 1.0], [0.3, 1.0]]), dim=-1)
    apart = distillation._contrast(questions, passages, torch.zeros(3, 3, dtype=torch.bool), 0.05)
    assert distillation._contrast(questions, passages, same, 0.05) < apart


def test_a_paraphrase_costs_less_where_the_teacher_sees_it_too() -> None:
    seen = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.95, 0.3], [0.0, 1.0]]), dim=-1)
    alike = distillation._soft_choice(seen[:1], seen[:1], seen, 0.05)
    moved = torch.nn.functional.normalize(torch.tensor([[1.0, -0.5]]), dim=-1)  # away from the paraphrase
    assert alike < distillation._soft_choice(moved, seen[:1], seen, 0.05)


def test_measures_against_values_worked_out_by_hand() -> None:
    passages = numpy.eye(3, dtype=numpy.float32)
    questions = numpy.array([[1, 0, 0], [0.5, 0.4, 0]], dtype=numpy.float32)
    assert evaluation.ndcg_at_10(questions, passages, [0, 1]) == pytest.approx((1 + 1 / numpy.log2(3)) / 2)
    assert evaluation.spearman([1, 2, 2, 4], [10, 20, 20, 30]) == pytest.approx(1)
    assert evaluation.matching(passages, passages[[0, 2, 1]]) == pytest.approx(1 / 3)


def test_test_pages_and_closed_licences_are_left_out(tmp_path: Path) -> None:
    text = "# Titel\n" + "\n".join(f"Zeile {n} hat hier genau sieben Wörter" for n in range(6))
    pages = [
        {
            "source": "php",
            "split": split,
            "title_de": split,
            "text_de": text,
            "title_en": split,
            "text_en": text,
        }
        for split in ("train", "test")
    ]
    folder = tmp_path / "parallel/pages"
    folder.mkdir(parents=True)
    for name in ("php", "mdn", "d365bc"):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            if name == "php":
                file.writelines(json.dumps(page) + "\n" for page in pages)
    found = sources.aligned_retrieval(tmp_path)
    assert found
    assert not any("test" in item.question_de for item in found)
    with gzip.open(tmp_path / "parallel/sentences.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("Ein Satz von hier\tA sentence from here\ttatoeba\n")
        file.write("Ein Satz von dort\tA sentence from there\tunknown\n")
    assert {pair.de for pair in sources.sentence_pairs(tmp_path)} == {"Ein Satz von hier"}


def test_question_and_passage_are_cut_at_the_same_place_in_both_languages(tmp_path: Path) -> None:
    lines = [f"{n} eins zwei drei vier fünf sechs" for n in range(9)]
    page = {"title_de": "T", "title_en": "T", "text_de": "\n".join(lines), "text_en": "\n".join(lines)}
    import random

    for item in sources._aligned(page, random.Random(3)):
        assert item.question_de == item.question_en
        assert item.passage_de == item.passage_en


def test_what_was_written_is_compared_with_what_is_measured() -> None:
    theirs = ["Der Hund jagt die Katze über den Hof.", "Wer zahlt die Miete für den Saal?", "Das stimmt."]
    same, near = overlap.overlaps(
        [
            "der Hund jagt die Katze über den Hof",
            "Wer zahlt die Miete für den großen Saal?",
            "Das stimmt.",
            "Morgen regnet es wieder im ganzen Land.",
        ],
        theirs,
    )
    assert (same.theirs, same.likeness) == (theirs[0], 1)
    assert near.theirs == theirs[1]
    assert overlap.NEAR < near.likeness < 1


def test_equal_texts_fail_the_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = written.sentences()[0]
    (tmp_path / "eval/sts").mkdir(parents=True)
    texts = tmp_path / "eval/sts/a.tsv"
    texts.write_text("Ein Satz, den hier niemand geschrieben hat\t5\n")
    assert overlap.main([str(tmp_path)]) == 0
    long = next(pair for pair in written.sentences() if len(pair.de.split()) > 7)
    texts.write_text(f"{long.de}\t{ours.en}\t5\n")
    assert overlap.main([str(tmp_path)]) == 1
    assert long.de in capsys.readouterr().out
    texts.unlink()
    with pytest.raises(SystemExit):
        overlap.main([str(tmp_path)])
    assert "no texts to compare with" in capsys.readouterr().err
