"""Finding the article that answers: meaning and words together, in memory.

The index sees only what it may show: brand and audience are applied before anything is scored.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

# Weights of the parts of a score, fitted by tests/assist/evaluate_gate.py on example questions
# that were kept out of the index: meaning and words of the nearest question, then of the body.
WEIGHTS = {
    "question_sense": 1.0,
    "question_words": 0.7,
    "body_sense": 0.4,
    "body_words": 0.5,
    "covered": 0.4,
}
# An article that is not written in the language of the question shares no words with it. Its
# meaning stands in for them, or the few articles in that language would always come before it.
SENSE_FOR_WORDS = 0.3
QUESTION_KINDS = ("title", "question")


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of a published article that can be found: its title, a question, a paragraph."""

    article_id: UUID
    brand_id: UUID | None
    audience: str
    kind: str
    text: str
    terms: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near an article is to a question, and by what."""

    article_id: UUID
    score: float
    question_sense: float
    question_words: float
    second_sense: float
    body_sense: float
    body_words: float
    covered_share: float
    nearest_question: str
    nearest_paragraph: str
    across: bool = False
    """Nothing of the article is in the language of the question: words cannot tell."""


@dataclass(slots=True)
class Index:
    """All published passages of one organisation, in memory, rebuilt from the database."""

    passages: list[Passage]
    vectors: NDArray[np.float32] | None
    idf: dict[str, float] = field(init=False)
    unseen_idf: float = field(init=False)
    postings: dict[str, NDArray[np.int32]] = field(init=False)
    holders: dict[str, NDArray[np.int32]] = field(init=False)
    lengths: NDArray[np.float32] = field(init=False)
    articles: list[UUID] = field(init=False)
    owner: NDArray[np.int32] = field(init=False)
    is_question: NDArray[np.bool_] = field(init=False)
    is_customer: NDArray[np.bool_] = field(init=False)
    brands: list[UUID | None] = field(init=False)
    brand_of: NDArray[np.int32] = field(init=False)
    written_in: dict[str, NDArray[np.bool_]] = field(init=False)

    def __post_init__(self) -> None:
        passages = self.passages
        places: dict[UUID, int] = {}
        brand_places: dict[UUID | None, int] = {None: 0}
        in_articles: dict[str, set[UUID]] = defaultdict(set)
        rows: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(passages):
            places.setdefault(passage.article_id, len(places))
            brand_places.setdefault(passage.brand_id, len(brand_places))
            for term in set(passage.terms):
                in_articles[term].add(passage.article_id)
                rows[term].append(row)
        count = max(1, len(places))
        self.articles, self.brands = list(places), list(brand_places)
        self.owner = np.array([places[p.article_id] for p in passages], np.int32)
        self.brand_of = np.array([brand_places[p.brand_id] for p in passages], np.int32)
        self.is_question = np.array([p.kind in QUESTION_KINDS for p in passages], np.bool_)
        self.is_customer = np.array([p.audience == "customer" for p in passages], np.bool_)
        self.idf = {t: math.log(1 + count / len(found)) for t, found in in_articles.items()}
        self.unseen_idf = math.log(1 + count)
        self.postings = {term: np.array(found, np.int32) for term, found in rows.items()}
        self.holders = {
            term: np.array([places[article] for article in found], np.int32)
            for term, found in in_articles.items()
        }
        self.lengths = np.array(
            [math.sqrt(sum(self.idf[t] ** 2 for t in set(p.terms))) or 1.0 for p in passages],
            np.float32,
        )
        self.written_in = {
            language: np.isin(
                np.arange(len(places)),
                [places[p.article_id] for p in passages if p.language == language],
            )
            for language in {p.language for p in passages}
        }

    def near(
        self,
        terms: Sequence[str],
        vector: NDArray[np.float32] | None,
        *,
        brand_id: UUID | None,
        audience: str,
        limit: int,
        language: str = "",
    ) -> list[Nearness]:
        """Return the articles nearest to a question, best first, only those that may be seen.

        Without a brand only what belongs to all brands is seen by customers; agents see all.
        """
        rows = np.flatnonzero(self._visible(brand_id, audience))
        if not len(rows):
            return []
        words, held, covered = self._words(terms)
        sense = np.zeros(len(self.passages), np.float32)
        if vector is not None and self.vectors is not None:
            sense[rows] = self.vectors[rows] @ vector
        across = self._across(language)
        strength = self._strength(sense, words, held, across)
        best = _best_by_article(self.owner, self.is_question, strength, rows, len(self.articles))
        found = []
        for place, (q, b) in best.items():
            score = (strength[q] if q >= 0 else 0.0) + (strength[b] if b >= 0 else 0.0)
            score += WEIGHTS["covered"] * covered[place]
            if score > 0:
                found.append((float(score), place, q, b))
        found.sort(key=lambda one: (-one[0], self.articles[one[1]]))
        return [
            Nearness(
                article_id=self.articles[place],
                score=score,
                question_sense=float(sense[q]) if q >= 0 else 0.0,
                question_words=float(words[q]) if q >= 0 else 0.0,
                second_sense=self._second_sense(sense, place),
                body_sense=float(sense[b]) if b >= 0 else 0.0,
                body_words=float(held[b]) if b >= 0 else 0.0,
                covered_share=float(covered[place]),
                nearest_question=self.passages[q].text if q >= 0 else "",
                nearest_paragraph=self.passages[b].text if b >= 0 else "",
                across=bool(across[place]),
            )
            for score, place, q, b in found[:limit]
        ]

    def _second_sense(self, sense: NDArray[np.float32], place: int) -> float:
        """Return the nearness in meaning of an article's second nearest question.

        One question may be near by chance; where two are, the article is about it.
        """
        near = np.sort(sense[(self.owner == place) & self.is_question])
        return float(near[-min(2, len(near))]) if len(near) else 0.0

    def _across(self, language: str) -> NDArray[np.bool_]:
        """Return which articles have nothing in a language; none where it is not known."""
        if not language:
            return np.zeros(len(self.articles), np.bool_)
        return ~self.written_in.get(language, np.zeros(len(self.articles), np.bool_))

    def _strength(
        self,
        sense: NDArray[np.float32],
        words: NDArray[np.float32],
        held: NDArray[np.float32],
        across: NDArray[np.bool_],
    ) -> NDArray[np.float32]:
        """Return how strongly each passage speaks for its article."""
        stand_in = np.where(across[self.owner], SENSE_FOR_WORDS, 0.0)
        strength: NDArray[np.float32] = np.where(
            self.is_question,
            WEIGHTS["question_sense"] * sense
            + WEIGHTS["question_words"] * np.maximum(words, stand_in * sense),
            WEIGHTS["body_sense"] * sense
            + WEIGHTS["body_words"] * np.maximum(held, stand_in * sense),
        )
        return strength

    def _visible(self, brand_id: UUID | None, audience: str) -> NDArray[np.bool_]:
        """Return which passages may be seen at all."""
        if audience == "agent":
            seen = np.ones(len(self.passages), np.bool_)
            return seen if brand_id is None else seen & self._of_brand(brand_id)
        return self.is_customer & self._of_brand(brand_id)

    def _of_brand(self, brand_id: UUID | None) -> NDArray[np.bool_]:
        own = self.brands.index(brand_id) if brand_id in self.brands else 0
        return (self.brand_of == 0) | (self.brand_of == own)

    def _words(
        self, terms: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return for passages the cosine over words and the share of the question's words held.

        The third is the share held by each whole article: 电费 asked of an article on gas is not.
        """
        asked = set(terms)
        shared = np.zeros(len(self.passages), np.float32)
        covered = np.zeros(len(self.articles), np.float32)
        square = total = 0.0
        for term in asked:
            weight = self.idf.get(term, self.unseen_idf)
            square += weight**2
            total += weight
            if term in self.postings:
                shared[self.postings[term]] += weight**2
                covered[self.holders[term]] += weight
        if not asked:
            return shared, shared, covered
        return shared / (self.lengths * math.sqrt(square)), shared / square, covered / total


def _best_by_article(
    owner: NDArray[np.int32],
    is_question: NDArray[np.bool_],
    strength: NDArray[np.float32],
    rows: NDArray[np.intp],
    count: int,
) -> dict[int, tuple[int, int]]:
    """Return for each article its strongest question and its strongest paragraph (-1: none)."""
    best: dict[int, tuple[int, int]] = {}
    order = rows[np.argsort(strength[rows], kind="stable")]
    for row in order.tolist():
        place = int(owner[row])
        question, paragraph = best.get(place, (-1, -1))
        best[place] = (row, paragraph) if is_question[row] else (question, row)
    return best
