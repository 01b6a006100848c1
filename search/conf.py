"""Every figure of search in one place, each with the reason or the measurement it came from.

A site overrides single figures with the Django setting `SEARCH = {"result_limit": 50}`; an unknown name is an
error at start-up rather than a figure that silently does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed


@dataclass(frozen=True)
class SearchConf:
    # --- Passages ---------------------------------------------------------------------------
    passage_max_chars: int = 1_200
    """A longer text is cut at paragraphs, then sentences. 1,200 characters are about 300 German word pieces,
    so that a passage with its headings fits the 256 to 512 tokens that small models read."""
    passage_min_chars: int = 60
    """A shorter fragment joins its neighbour under the same heading: alone it answers nothing."""

    # --- Question ---------------------------------------------------------------------------
    question_max_chars: int = 500
    """Three long sentences. What is longer is cut and said to be (`Answer.too_long`)."""
    question_max_words: int = 40
    """Words beyond these are not looked up: each costs SQL, and a question of 500 characters has about 40
    that are not stop words."""
    statement_timeout_ms: int = 2_000
    """PostgreSQL ends a question's statement after this. 100 times the usual duration on the demo content."""
    embedding_timeout_ms: int = 400
    """How long a question waits for its vector before it is answered by words alone. A query takes 20 to 60 ms
    on 2 cores when the machine is idle; the rest is room for a neighbour that computes."""
    query_cache_size: int = 512
    """Vectors of recent questions kept per process: paging and filters ask the same question again."""

    vocabulary_seconds: float = 5.0
    """How long a process may go without looking for new words of the index (search/vocabulary)."""

    # --- Lexical legs -----------------------------------------------------------------------
    bm25_k1: float = 1.2
    bm25_b: float = 0.75
    """Robertson & Zaragoza, The Probabilistic Relevance Framework (2009): usual range 1.2-2.0 and 0.5-0.8."""
    weight_title: float = 4.0
    weight_keywords: float = 2.0
    weight_heading: float = 2.0
    """How often a word in the title, keywords or a heading counts, compared with one in the text (the simple
    form of BM25F)."""
    factor_compound: float = 0.7
    """"Antrag" asked, "Förderantrag" found: such an occurrence counts this much of a whole one."""
    factor_parts: float = 1.0
    """"Fördermittelantrag" asked, "Antrag" and "Fördermittel" found on the page: likewise."""
    page_share: float = 0.5
    """Share of the page's own BM25 (all its passages as one text) against that of its best passage."""

    # --- Fusion -----------------------------------------------------------------------------
    fusion: str = "convex"
    """"convex" (min-max, weighted) or "rrf" (reciprocal ranks, Cormack et al. 2009), for comparison."""
    rrf_k: int = 60
    bridge: float = 1.0
    """Weight of words found through the German-English term table; 0 switches the bridge off."""
    gram_weight: float = 0.35
    """Convex weight of the character 4-grams beside the words for German texts; 0 switches them off, 1 leaves them
    alone."""
    gram_weight_other: float = 0.0
    """The same for texts in other languages: on English ones it costs (docs/decisions/search-grams.md)."""
    gram_share: float = 0.3
    """A word of the corpus counts as similar when it has this share of the asked word's 4-grams."""
    gram_words: int = 12
    """Most similar word forms looked up for one asked word."""
    compound_words: int = 60
    """Most compounds looked up for one asked word, in all their forms."""
    known_floor: float = 0.3
    """A word with no more than translations below this weight counts as unknown and may be read as a slip."""
    factor_correction: float = 0.8
    """A word found instead of a misspelt one counts so much of it."""
    few_pages: int = 50
    """Who sees no more pages has all their terms read before proposed words are looked for one by one."""
    candidates: int = 100
    """Pages kept from words and from meaning each before fusion. Ten result pages."""
    postings: int = 2_000
    """Occurrences of terms on pages of a language that a question reads, most telling terms first; the one that passes the
    limit is read to its end. Small sites read everything (docs/decisions/search-frequent-words.md)."""
    common_pages: int = 10_000
    """A term that more visible pages have is read where it stands in a title, a keyword or a heading."""
    dense_weight: float = 0.45
    """Convex weight of the dense leg where the model reads both the question's and the text's language."""
    dense_weight_foreign: float = 0.2
    """The same where it reads neither, question and text being in the same language: all-MiniLM-L6-v2 knows no
    German, yet shared names help a little. Across languages such a model has no say at all
    (docs/decisions/search-fusion.md)."""
    first_meaning: float = 0.3
    """Share of a page's first passage, which says what the page is about, in what the page means; the rest is its nearest
    passage's (docs/decisions/search-fusion.md)."""
    passage_dense_weight: float = 0.7
    """The dense leg's weight when the passages of one page are compared: its words are in all of them."""
    passage_dense_weight_foreign: float = 0.5
    first_passage: float = 0.8
    """A page's first passage sums the page up and so has everything in it; another one as good answers better."""
    broad_passage: float = 0.75
    """Likewise a passage of a whole section ("When it fits") beside those of a step or a pitfall, which are about one
    thing: right passage shown 0.43 instead of 0.37 of 112 questions (tuning half)."""
    own_language: float = 1.3
    """A page's version in the reader's language is what was found unless another scores this much higher: its own words
    are better reasons than those of a translation that is not shown."""
    result_floor: float = 0.3
    """A result whose fused score lies below this share of the best one's is not shown or counted: with OR
    semantics nearly every page shares some word with a long question."""
    lexical_floor: float = 0.1
    """Without a dense match, the words found must carry this share of the question's information (IDF). 0.2 refused
    a quarter of the answers to the judged questions (recall@50 0.64 instead of 0.77) and only one more of the 15
    unanswerable ones."""

    gram_floor: float = 0.4
    """Without a dense match and with few of its words, a page must have this share of the best page's 4-grams."""
    field_pages: int = 200
    """Visible pages, drawn by lot, whose mean cosine says how near the whole site is to a question: a part of how sure an
    answer is (retrieval/confidence.py)."""
    reason_floor: float = 0.15
    """A translation or part that counts less is neither marked in the text nor given as a reason."""

    calibration: str = ""
    """Path of another calibration than the shipped one (`./lotse evaluate --calibrate --keep FILE`)."""

    # --- Many vectors (docs/decisions/search-dense-plans.md) ---------------------------------
    exact_up_to: int = 30_000
    """Passages that are compared one by one, some 20 ms. A model with more vectors gets an HNSW index; a reader who
    sees no more is still answered exactly."""
    few_share: float = 0.1
    """A reader who sees less than this share of all passages is answered exactly too: a scan that passes over nine
    of ten passages costs as much."""
    nearest: int = 400
    """Passages read from the HNSW index: enough for `candidates` pages of four passages each."""
    hnsw_ef_search: int = 200
    hnsw_max_scan_tuples: int = 10_000
    """A scan that meets hardly anything visible gives up here, after some 40 ms, and everything visible is compared."""
    made_good_up_to: int = 100_000
    """Passages that are compared for it at most: some 100 ms."""
    approximate_seconds: float = 60.0
    """How long a process may go without looking whether there is an index."""
    approximate_build_mb: int = 256
    """Memory of a build in PostgreSQL. 100,000 vectors of 384 dimensions fit; beyond it the build is slower."""

    # --- Excerpts ---------------------------------------------------------------------------
    fragment_chars: int = 300
    """Length of the excerpt under a result: about three lines."""
    more_passages: int = 2
    """Further passages of a page offered beside the best one."""

    # --- Index ------------------------------------------------------------------------------
    lease_seconds: int = 60
    """Without a sign of life for so long a claim counts as abandoned. Who works gives one with each
    `embedding_batch` passages, some 2 s on 2 cores; a model twenty times slower still keeps its claim."""
    max_tries: int = 5
    """Then a page waits in the visible state "failed" until it changes or somebody retries."""
    retry_seconds: int = 30
    """Wait before the second try; doubled with each further one."""
    batch_pages: int = 16
    """Pages worked on together by the sweep: small enough that two workers share a queue evenly, and that an editor who
    saves one of them waits some 60 ms. 8 cost 17.2 ms a page beside the model, 16 14.4, 24 13.6."""
    sweep_seconds: int = 20
    """One sweep ends after this and asks for the next one behind whatever else is to be done."""
    turn_seconds: float = 2.0
    """A change of the model embeds for so long, then looks for other work: an editor who publishes waits no longer."""
    embedding_batch: int = 32
    """Passages per call of the model."""
    verify_days: float = 1.0
    """A page that nobody has written or looked at for so long is computed a second time and compared."""
    verify_seconds: float = 1.0
    """For so long in one sweep that had nothing else to do. A page takes 125 ms on two cores, 108 of them
    its vectors: eight pages a sweep, 46,000 a day."""

    # --- Related ----------------------------------------------------------------------------
    related_kept: int = 12
    """Relations stored per page; six are shown, the rest is for readers who may not see all of them."""
    related_threshold: float = 0.035
    """Score (twice the nearness less both pages' hubness) below which nothing is shown
    (docs/decisions/search-related.md)."""
    related_nearest: float = 0.15
    """Nearness below which two pages are not even compared by score: nothing is better than something bad."""
    related_neighbours: int = 10
    """Nearest pages whose mean nearness is a page's hubness. 10 as in Conneau et al. 2018."""
    related_candidates: int = 50
    """Nearest pages of each whose score is computed: a page that is among the twelve by score is among these by
    nearness."""
    related_dense_weight: float = 0.3
    """Share of the passages' meaning beside the words in how near two pages are. With 0.4 templates are near each other for
    being spreadsheets (docs/decisions/search-related.md)."""
    related_share: float = 0.2
    """Of a worker's time, at most, for computing the relations of the whole index again and again while editors publish.
    Their pages get theirs at once in any case."""
    related_terms: int = 60
    """Strongest terms of a page that are compared with those of others."""
    related_competing: float = 0.14
    """Score from which two pages of `competing_kinds` are reported to editors: of 7 such pairs of the demo content one is
    about the same question (0.49 by its English versions), the others are near neighbours (up to 0.19)."""
    competing_kinds: tuple[str, ...] = ("guide", "template")
    competing_passage: float = 0.5
    """Cosine from which two passages stand side by side where two such pages are compared."""

    # --- Topics (docs/decisions/topics.md) ----------------------------------------------------
    topic_similarity: float = 0.32
    """Mean cosine of what becomes one topic of an owner."""
    topic_sentence_floor: float = 0.25
    """Cosine from which a sentence of an owner's own page belongs to one of its topics."""
    topic_weight_floor: float = 0.75
    """One guide that three clusters use is a topic of none of them; two are."""
    topic_said_floor: float = 0.5
    """From here a subject that an owner lists is what a group of its pages is about."""
    topic_label_floor: float = 0.25
    """A group that nothing names better than this is no topic."""

    # --- Candidates for bridges (docs/decisions/topics.md) --------------------------------------
    bridge_without: tuple[str, ...] = ("guide", "template")
    """Kinds of pages on a method: that two use like methods makes no bridge. They count for topics."""
    bridge_word_weight: float = 0.4
    """Weight of common words beside the meaning where both pages have a version in the same language."""
    bridge_neighbours: int = 10
    """Nearest that say how near something is to everything (CSLS)."""
    bridge_neighbour_damping: float = 0.1
    """What owners that are near as a whole lose: that they have much in common is no news to them."""
    bridge_sentence_cost: float = 0.05
    """What a sentence of an owner's own page counts less than a whole page: one sentence is near many."""
    bridge_pair_floor: float = -0.1
    """A pair of passages less alike proves nothing."""
    bridge_pair_shares: tuple[float, ...] = (0.3, 0.1)
    """What further pairs of passages count beside the strongest."""
    bridge_topic_middle: float = 0.05
    bridge_need_offer_middle: float = -0.01
    """Likeness at which one of two candidates was found good."""
    bridge_slope: float = 12.0
    bridge_floor: float = 0.5
    """Below this nothing is proposed."""
    bridge_term_floor: float = 0.2
    """A word less near to both sides does not explain them."""


def _load() -> SearchConf:
    given: dict[str, Any] = dict(getattr(settings, "SEARCH", {}))
    unknown = set(given) - {field.name for field in fields(SearchConf)}
    if unknown:
        raise ImproperlyConfigured(
            f"SEARCH names figures that search does not have: {', '.join(sorted(unknown))}"
        )
    return replace(SearchConf(), **given)


_current: SearchConf | None = None
_here: ContextVar[SearchConf | None] = ContextVar("search_conf", default=None)


def conf() -> SearchConf:
    """The figures in force. Raises ImproperlyConfigured for a name that is none of them."""
    global _current
    here = _here.get()
    if here is not None:
        return here
    if _current is None:
        _current = _load()
    return _current


@contextmanager
def using(**figures: Any) -> Iterator[SearchConf]:
    """Other figures inside a `with`, in this thread only: for measuring one setting against another.

    Raises ImproperlyConfigured for a name that is none of them.
    """
    unknown = set(figures) - {field.name for field in fields(SearchConf)}
    if unknown:
        raise ImproperlyConfigured(f"No such figure: {', '.join(sorted(unknown))}")
    token = _here.set(replace(conf(), **figures))
    try:
        yield conf()
    finally:
        _here.reset(token)


def _forget(*, setting: str, **_: Any) -> None:
    global _current
    if setting == "SEARCH":
        _current = None


setting_changed.connect(_forget)
