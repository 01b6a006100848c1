"""The student's tokenizer: the teacher's pieces that English needs, and German pieces beside them.

Lower case as the teacher, which also strips accents; here ä, ö, ü stay (fordern is not fördern), ß becomes ss.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_GERMAN_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöü")
_LATIN = re.compile(r"[\x20-\x7e\xa0-\u024f\u2010-\u20bf\u2190-\u2193\u2122]+")


def normalizer(keep_umlauts: bool = True) -> normalizers.Normalizer:
    """As BERT's uncased one, but for the umlauts (when they are kept) and ß."""
    if not keep_umlauts:
        return normalizers.BertNormalizer(lowercase=True)
    marks = Regex("(?<![aou])\u0308|[\u0300-\u0307\u0309-\u036f]")
    return normalizers.Sequence(
        [
            normalizers.BertNormalizer(lowercase=True, strip_accents=False),
            normalizers.NFD(),
            normalizers.Replace(marks, ""),
            normalizers.NFC(),
            normalizers.Replace("ß", "ss"),
        ]
    )


def build(
    teacher: Path,
    german: Iterable[str],
    english: Iterable[str],
    size: int = 28_400,
    german_size: int = 10_500,
    keep_umlauts: bool = True,
) -> Tokenizer:
    """A WordPiece tokenizer of at most `size` pieces, some `german_size` of them new.

    German pieces are learnt from word types weighted by the root of their count, so that the many words of the
    language count beside the few of the manuals. Of the teacher's pieces those stay that occur in the English texts;
    the rest of the room goes to its most frequent ones, which are the first of its list.
    """
    normal = normalizer(keep_umlauts)
    counts = counted(normal, german)
    kept = {word: math.ceil(math.sqrt(count)) for word, count in counts.items() if count >= 3}
    learner = _learnt(kept, 3 * german_size)
    teacher_tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    known = teacher_tokenizer.get_vocab()
    by_age = [piece for piece, _ in sorted(learner.get_vocab().items(), key=lambda piece: piece[1])]
    new = [piece for piece in by_age if piece not in known and piece not in SPECIAL][:german_size]
    # What German uses and the teacher has already (aus, ich, ##ung) costs no new row, but must not be dropped.
    shared = set(by_age[: by_age.index(new[-1])]) | {word for word, count in counts.items() if count >= 20}

    seen: Counter[int] = Counter()
    for text in english:
        seen.update(teacher_tokenizer.encode(text, add_special_tokens=False).ids)
    latin = [
        (piece, number)
        for piece, number in sorted(known.items(), key=lambda item: item[1])
        if piece not in SPECIAL and not piece.startswith("[unused") and _LATIN.fullmatch(piece)
    ]
    # Single characters first, so that every word has pieces; then what occurs; then what is frequent in general.
    latin.sort(
        key=lambda item: (
            len(item[0].removeprefix("##")) > 1,
            item[0] not in shared and seen[item[1]] < 2,
            item[1],
        )
    )
    old = [piece for piece, _ in latin[: size - len(SPECIAL) - len(new)]]
    pieces = SPECIAL + sorted(old, key=lambda piece: known[piece]) + new
    return _tokenizer({piece: number for number, piece in enumerate(pieces)}, normal)


def counted(normal: normalizers.Normalizer, texts: Iterable[str]) -> Counter[str]:
    """Words as a tokenizer with this normalizer sees them, and how often they occur."""
    split = pre_tokenizers.BertPreTokenizer()
    found: Counter[str] = Counter()
    for text in texts:
        found.update(word for word, _ in split.pre_tokenize_str(normal.normalize_str(text)))
    return found


def _learnt(german: Mapping[str, int], size: int) -> Tokenizer:
    """Pieces of German words, each word as often as it counts."""
    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    learner.train_from_iterator(
        (" ".join([word] * times) for word, times in german.items() if set(word) <= _GERMAN_CHARACTERS),
        trainers.WordPieceTrainer(vocab_size=size, show_progress=False, special_tokens=["[UNK]"]),
    )
    return learner


def extended(
    tokenizer: Tokenizer, german: Mapping[str, int], texts: Sequence[str], places: int
) -> tuple[Tokenizer, dict[str, int | None]]:
    """The tokenizer with `places` of its pieces exchanged, and piece -> its number before (None: new).

    `german` are words, normalised, with how often they count; pieces come that spell most of what has no piece of its
    own. Those go that `texts` use least; single characters stay, so that every word has pieces.
    """
    known = tokenizer.get_vocab()
    learner = _learnt(german, len(known) + 4 * places)
    proposed = [piece for piece in learner.get_vocab() if piece not in known and piece not in SPECIAL]
    normal = tokenizer.normalizer
    trial = _tokenizer({**known, **{piece: len(known) + n for n, piece in enumerate(proposed)}}, normal)
    used: Counter[str] = Counter()
    for row, times in zip(
        trial.encode_batch(list(german), add_special_tokens=False), german.values(), strict=True
    ):
        used.update(dict.fromkeys(row.tokens, times))
    new = sorted(proposed, key=lambda piece: (-used[piece] * len(piece.removeprefix("##")), piece))[:places]

    seen: Counter[str] = Counter()
    with_new = _tokenizer({**known, **{piece: len(known) + n for n, piece in enumerate(new)}}, normal)
    for start in range(0, len(texts), 10_000):
        for row in with_new.encode_batch(list(texts[start : start + 10_000]), add_special_tokens=False):
            seen.update(row.tokens)
    # Of what is used equally often the later piece goes: the teacher's first ones are the frequent ones of English.
    idle = sorted(
        (piece for piece in known if piece not in SPECIAL and len(piece.removeprefix("##")) > 1),
        key=lambda piece: (seen[piece], -known[piece]),
    )
    gone = set(idle[: len(new)])
    stay = [piece for piece in sorted(known, key=lambda piece: known[piece]) if piece not in gone]
    pieces = {piece: number for number, piece in enumerate([*stay, *new])}
    return _tokenizer(pieces, normal), {piece: known.get(piece) for piece in pieces}


def _tokenizer(vocabulary: dict[str, int], normal: normalizers.Normalizer) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normal
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, max_tokens: int) -> None:
    """Writes tokenizer.json and tokenizer_config.json. Not as a BertTokenizer: that class would build its own
    normalizer and strip the umlauts."""
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_tokens,
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
        "clean_up_tokenization_spaces": False,
        **{f"{name.strip('[]').lower()}_token": name for name in SPECIAL},
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
