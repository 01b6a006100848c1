"""bm25s: BM25 in the process's memory, one index for each language. No vectors: the floor of what words give."""

from functools import cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from tests.bench.peers.adapters.words import tokens
from tests.bench.peers.material import Asked, Passage
from tests.bench.peers.peer import PASSAGES_PER_PAGE, Found, Peer


class Adapter(Peer):
    packages = ("bm25s",)
    method = "words alone: BM25 over Snowball stems, one index for each language"

    def build(self) -> None:
        for language in self.material.languages:
            texts = [passage.text for passage in self._of(language)]
            retriever = bm25s.BM25()
            retriever.index(tokens(texts, language), show_progress=False)
            retriever.save(str(self._folder(language)), corpus=texts, show_progress=False)

    def open(self) -> None:
        self.indexes = {
            language: bm25s.BM25.load(str(self._folder(language)), load_corpus=True, show_progress=False)
            for language in self.material.languages
        }
        self.passages = {language: self._of(language) for language in self.material.languages}
        self.mask = cache(self._mask)

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        found: list[tuple[float, Found]] = []
        for language in [asked.only_language] if asked.only_language else self.material.languages:
            index: Any = self.indexes[language]
            known = [
                token
                for token in tokens([asked.text], language, stop=asked.language)[0]
                if token in index.vocab_dict
            ]
            if not known:
                continue
            passages = self.passages[language]
            places, scores = index.retrieve(
                [known],
                corpus=np.arange(len(passages)),
                k=min(pages * PASSAGES_PER_PAGE, len(passages)),
                show_progress=False,
                weight_mask=None if member else self.mask(language),
            )
            rows = zip(places[0].tolist(), scores[0].tolist(), strict=True)
            found += [(score, Found(passages[place].page, language)) for place, score in rows if score > 0]
        return [one for _, one in sorted(found, key=lambda row: -row[0])]

    def _mask(self, language: str) -> np.ndarray:
        return np.array([passage.open for passage in self.passages[language]], dtype="f4")

    def _of(self, language: str) -> list[Passage]:
        return [passage for passage in self.material.passages if passage.language == language]

    def _folder(self, language: str) -> Path:
        return self.folder / language
