"""Vectors of lines and phrases, which the index does not hold: kept, since the next computation needs most again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pgvector import HalfVector

from search.embedding import Embedder
from search.topics.models import TextVector

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]

AT_ONCE = 256


def of_texts(texts: Iterable[str], embedder: Embedder) -> dict[str, Matrix]:
    """Text -> its vector, of length 1. Embeds what is new and forgets what is not among `texts` any more.

    Raises EmbedderUnavailable.
    """
    import numpy

    wanted = {_digest(text): text for text in texts}
    rows = TextVector.objects.filter(fingerprint=embedder.fingerprint).values_list("digest", "embedding")
    found: dict[str, Matrix] = {}
    gone = []
    for digest, vector in rows.iterator():
        if digest in wanted:
            found[wanted[digest]] = numpy.asarray(vector, dtype=numpy.float32)
        else:
            gone.append(digest)
    new = [(digest, text) for digest, text in sorted(wanted.items()) if text not in found]
    for start in range(0, len(new), AT_ONCE):
        some = new[start : start + AT_ONCE]
        vectors = embedder.embed_passages([text for _, text in some])
        TextVector.objects.bulk_create(
            [
                TextVector(fingerprint=embedder.fingerprint, digest=digest, embedding=HalfVector(vector))
                for (digest, _), vector in zip(some, vectors, strict=True)
            ],
            ignore_conflicts=True,
        )
        found.update({text: vector for (_, text), vector in zip(some, vectors, strict=True)})
    TextVector.objects.filter(fingerprint=embedder.fingerprint, digest__in=gone).delete()
    TextVector.objects.exclude(fingerprint=embedder.fingerprint).delete()
    return found


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
