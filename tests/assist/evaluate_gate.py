"""Measure the answer gate on the demo articles, and fit its weights anew.

`python -m tests.assist.evaluate_gate [--fit]` prints coverage and precision for several thresholds.
The weights are fitted on example questions kept out of the index; the figures come from
questions.toml, which nobody used when writing the articles.
"""

import random
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

import numpy as np

import peakend
from peakend.adapters.language.local import LocalEmbedder
from peakend.assist import rules
from peakend.knowledge.rules.finding import Index, Nearness, Passage
from peakend.knowledge.rules.text import paragraphs
from peakend.language.rules import folded, terms

ARTICLES = Path(peakend.__file__).parent / "entry" / "demo" / "content" / "articles"
QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))
BRANDS = {"gas": uuid5(NAMESPACE_DNS, "gas"), "home": uuid5(NAMESPACE_DNS, "home"), "all": None}


@dataclass
class Piece:
    """A passage with the article it comes from."""

    passage: Passage
    article: dict[str, Any]
    vector: Any


@dataclass
class Figures:
    """What a gate does with questions that have an answer and questions that have none."""

    asked: int
    answered: int
    right: int
    outside: int
    outside_answered: int

    @property
    def coverage(self) -> float:
        return self.answered / self.asked

    @property
    def precision(self) -> float:
        """Return the share of right answers among all answers to the whole mixture."""
        return self.right / max(1, self.answered + self.outside_answered)

    @property
    def refused(self) -> float:
        return 1 - self.outside_answered / self.outside


@cache
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


@cache
def articles() -> list[dict[str, Any]]:
    found = []
    for path in sorted(ARTICLES.glob("*.md")):
        _, head, body = path.read_text("utf-8").split("+++", 2)
        found.append({**tomllib.loads(head), "body": body})
    return found


@cache
def pieces() -> list[Piece]:
    texts: list[tuple[dict[str, Any], str, str]] = []
    for article in articles():
        texts.append((article, "title", article["title"]))
        texts += [(article, "question", question) for question in article["questions"]]
        texts += [(article, "paragraph", text) for text in paragraphs(article["body"])]
    vectors = embedder().encode([folded(text) for _, _, text in texts])
    # Stored vectors are halves: measure what is used.
    vectors = vectors.astype(np.float16).astype(np.float32)
    return [
        Piece(
            Passage(
                uuid5(NAMESPACE_DNS, article["slug"]),
                BRANDS[article["brand"]],
                article["audience"],
                kind,
                text,
                tuple(terms(text)),
            ),
            article,
            vectors[at],
        )
        for at, (article, kind, text) in enumerate(texts)
    ]


def index_of(kept: list[Piece]) -> Index:
    return Index([piece.passage for piece in kept], np.stack([piece.vector for piece in kept]))


def slug_of(article_id: UUID) -> str:
    return {uuid5(NAMESPACE_DNS, a["slug"]): a["slug"] for a in articles()}[article_id]


def measures(near: list[Nearness], words: int) -> rules.Measures:
    best = near[0]
    return rules.Measures(
        best.question_sense,
        best.question_words,
        best.body_sense,
        best.body_words,
        best.covered_share,
        best.score - (near[1].score if len(near) > 1 else 0.0),
        words,
    )


def ask(index: Index, text: str, brand: str, vector: Any = None) -> tuple[str, rules.Measures]:
    words = terms(text)
    if vector is None:
        vector = embedder().encode([folded(text)])[0]
    near = index.near(words, vector, brand_id=BRANDS[brand], audience="customer", limit=3)
    return slug_of(near[0].article_id), measures(near, len(words))


def evaluate(threshold: float, *, show: bool = False) -> Figures:
    """Return the figures of a threshold. Counts: outside questions are asked of one brand each."""
    index, known = index_of(pieces()), {a["slug"] for a in articles()}
    figures = Figures(0, 0, 0, 0, 0)
    for group in QUESTIONS["asked"]:
        for text, *slugs in group["texts"]:
            if not known & set(slugs):
                continue
            slug, measured = ask(index, text, group["brand"])
            trusted = rules.trust(measured)
            figures.asked += 1
            figures.answered += trusted >= threshold
            figures.right += trusted >= threshold and slug in slugs
            if show and (trusted < threshold or slug not in slugs):
                print(f"{trusted:.2f} {'missed' if slug in slugs else 'WRONG '} {text} -> {slug}")
    for at, text in enumerate(QUESTIONS["outside"]["texts"]):
        slug, measured = ask(index, text, ("gas", "home")[at % 2])
        figures.outside += 1
        if rules.trust(measured) >= threshold:
            figures.outside_answered += 1
            if show:
                print(f"{rules.trust(measured):.2f} OUTSIDE {text} -> {slug}")
    return figures


def fit() -> tuple[list[float], float]:
    """Return weights and bias by logistic regression on what was kept out of the index."""
    samples: list[tuple[list[float], bool, float]] = []

    def add(index: Index, piece: Piece, brand: str, weight: float) -> None:
        slug, m = ask(index, piece.passage.text, brand, piece.vector)
        values = [m.question_sense, m.question_words, m.body_sense, m.body_words]
        values += [m.covered_share, min(m.lead, 1.0), min(m.words, rules.MOST_WORDS) / 8]
        samples.append((values, slug == piece.article["slug"], weight))

    asked = [p for p in pieces() if p.passage.kind == "question"]
    asked = [p for p in asked if p.article["audience"] == "customer"]
    random.Random(1).shuffle(asked)
    for fold in range(5):
        out = {id(piece) for piece in asked[fold::5]}
        index = index_of([piece for piece in pieces() if id(piece) not in out])
        for piece in asked[fold::5]:
            for brand in ("gas", "home"):
                add(index, piece, brand, 1.0)
    for article in articles():
        index = index_of([piece for piece in pieces() if piece.article is not article])
        for piece in (piece for piece in asked if piece.article is article):
            for brand in ("gas", "home") if article["brand"] == "all" else (article["brand"],):
                add(index, piece, brand, 0.5)
    return _regression(
        np.array([s[0] for s in samples]),
        np.array([float(s[1]) for s in samples]),
        np.array([s[2] for s in samples]),
    )


def _regression(x: Any, y: Any, weight: Any) -> tuple[list[float], float]:
    mean, spread = x.mean(0), x.std(0)
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        slope = z.T @ (weight * (p - y)) + 1e-2 * np.r_[w[:-1], 0]
        curve = (z * (weight * p * (1 - p))[:, None]).T @ z + 1e-2 * np.eye(len(w))
        w -= np.linalg.solve(curve, slope)
    return (w[:-1] / spread).tolist(), float(w[-1] - (w[:-1] * mean / spread).sum())


def main() -> None:
    if "--fit" in sys.argv:
        weights, bias = fit()
        print("weights", [round(w, 3) for w in weights], "bias", round(bias, 3))
        rules.GATE_WEIGHTS, rules.GATE_BIAS = tuple(weights), bias  # type: ignore[assignment]
    print("threshold  coverage  precision  outside refused")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7):
        f = evaluate(threshold)
        print(f"{threshold:9.2f}  {f.coverage:8.3f}  {f.precision:9.3f}  {f.refused:15.3f}")
    if "--show" in sys.argv:
        evaluate(rules.ANSWER_FROM, show=True)


if __name__ == "__main__":
    main()
