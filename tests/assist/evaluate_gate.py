"""Measure the answer gate on the demo articles, and fit its weights anew.

`python -m tests.assist.evaluate_gate [--fit] [--show]` prints, for each language, coverage,
precision and refusals: for several thresholds on the questions of questions.toml that are there to
choose with, and for the chosen one on those that are there to report.

The weights are fitted on example questions kept out of the index, so on neither.
"""

import math
import random
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

import numpy as np

import peakend
from peakend.adapters.language.local import LocalEmbedder
from peakend.assist.rules import digital as rules
from peakend.knowledge.rules import text as articles_text
from peakend.knowledge.rules.finding import Index, Nearness, Passage
from peakend.language.rules import detected_language, folded, terms

ARTICLES = Path(peakend.__file__).parent / "entry" / "demo" / "content" / "articles"
QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))
BRANDS = {"gas": uuid5(NAMESPACE_DNS, "gas"), "home": uuid5(NAMESPACE_DNS, "home"), "all": None}
LANGUAGES = ("zh-CN", "en")
# What a threshold has to reach on the questions to choose with, both languages together.
RIGHT = 0.93
REFUSED = 0.94


@dataclass
class Piece:
    """A passage with the article it comes from."""

    passage: Passage
    article: dict[str, Any]
    vector: Any


@dataclass
class Figures:
    """What a gate does with questions that have an answer and questions that have none."""

    asked: int = 0
    answered: int = 0
    right: int = 0
    outside: int = 0
    outside_answered: int = 0

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
    texts = [
        (article, kind, text)
        for article in articles()
        for kind, text in articles_text.pieces(
            article["title"], article["questions"], article["body"], "zh-CN"
        )
    ]
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
                detected_language(text),
            ),
            article,
            vectors[at],
        )
        for at, (article, kind, text) in enumerate(texts)
    ]


def only(language: str) -> list[Piece]:
    """Return what there would be to find had the articles been written in one language alone."""
    return [piece for piece in pieces() if piece.passage.language == language]


def half_bilingual() -> list[Piece]:
    """Return what there would be to find had every other article only its Chinese half."""
    later = {article["slug"] for article in articles()[::2]}
    return [
        piece
        for piece in pieces()
        if piece.passage.language == "zh-CN" or piece.article["slug"] in later
    ]


def index_of(kept: list[Piece]) -> Index:
    return Index([piece.passage for piece in kept], np.stack([piece.vector for piece in kept]))


@cache
def _slugs() -> dict[UUID, str]:
    return {uuid5(NAMESPACE_DNS, a["slug"]): a["slug"] for a in articles()}


def measures(near: list[Nearness], words: int) -> rules.Measures:
    best = near[0]
    return rules.Measures(
        question_sense=best.question_sense,
        question_words=best.question_words,
        body_sense=best.body_sense,
        body_words=best.body_words,
        covered_share=best.covered_share,
        lead=best.score - (near[1].score if len(near) > 1 else 0.0),
        words=words,
        second_sense=best.second_sense,
        across=best.across,
    )


def ask(index: Index, text: str, brand: str, vector: Any = None) -> tuple[str, rules.Measures]:
    words = terms(text)
    if vector is None:
        vector = _vector(text)
    near = index.near(
        words,
        vector,
        brand_id=BRANDS[brand],
        audience="customer",
        limit=3,
        language=detected_language(text),
    )
    return _slugs()[near[0].article_id], measures(near, len(words))


@cache
def _vector(text: str) -> Any:
    return embedder().encode([folded(text)])[0]


@dataclass(frozen=True)
class Asked:
    """A question of questions.toml; without slugs nothing answers it."""

    text: str
    brand: str
    slugs: tuple[str, ...]


@cache
def questions(part: str | None, language: str | None) -> list[Asked]:
    """Return questions to `choose` with or to `report`, of one language; None: all of them.

    Counts: outside questions are asked of one brand each.
    """
    found = [
        Asked(text, group["brand"], tuple(slugs))
        for group in QUESTIONS["asked"]
        if part in (None, group["part"])
        for text, *slugs in group["texts"]
    ]
    for group in QUESTIONS["outside"]:
        if part in (None, group["part"]):
            texts = enumerate(group["texts"])
            found += [Asked(text, ("gas", "home")[at % 2], ()) for at, text in texts]
    return [one for one in found if language in (None, detected_language(one.text))]


@cache
def _all() -> Index:
    return index_of(pieces())


def evaluate(
    threshold: float,
    *,
    part: str | None = None,
    language: str | None = None,
    index: Index | None = None,
    show: bool = False,
) -> Figures:
    """Return the figures of a threshold."""
    figures = Figures()
    for one in questions(part, language):
        slug, measured = ask(index or _all(), one.text, one.brand)
        trusted = rules.trust(measured)
        given, right = trusted >= threshold, slug in one.slugs
        if one.slugs:
            figures.asked += 1
            figures.answered += given
            figures.right += given and right
        else:
            figures.outside += 1
            figures.outside_answered += given
        if show and (given != right):
            kind = "OUTSIDE" if not one.slugs else "missed" if right else "WRONG"
            print(f"{trusted:.2f} {kind:8}{one.text} -> {slug}")
        elif show and one.slugs and not right:
            print(f"{trusted:.2f} unknown {one.text} -> {slug}")
    return figures


Samples = list[tuple[tuple[float, ...], bool, float]]


def fit() -> None:
    """Set weights and biases by logistic regression on what was kept out of the index."""
    samples: Samples = []
    _sample(samples, pieces(), pieces())
    rules.GATE_WEIGHTS, rules.GATE_BIAS = _regression(samples)
    across: Samples = []
    _sample(across, only("zh-CN"), only("en"))
    _sample(across, only("en"), only("zh-CN"))
    rules.ACROSS_WEIGHTS, rules.ACROSS_BIAS = _regression(across)


def _sample(samples: Samples, known: list[Piece], asking: list[Piece]) -> None:
    """Add what the gate sees when example questions are asked that the index does not hold."""

    def add(index: Index, piece: Piece, brand: str, weight: float) -> None:
        slug, m = ask(index, piece.passage.text, brand, piece.vector)
        samples.append((rules.values(m), slug == piece.article["slug"], weight))

    asked = [p for p in asking if p.passage.kind == "question"]
    asked = [p for p in asked if p.article["audience"] == "customer"]
    random.Random(1).shuffle(asked)
    for fold in range(5):
        out = {id(piece) for piece in asked[fold::5]}
        index = index_of([piece for piece in known if id(piece) not in out])
        for piece in asked[fold::5]:
            for brand in ("gas", "home"):
                add(index, piece, brand, 1.0)
    for article in articles():
        index = index_of([piece for piece in known if piece.article is not article])
        for piece in (piece for piece in asked if piece.article is article):
            for brand in ("gas", "home") if article["brand"] == "all" else (article["brand"],):
                add(index, piece, brand, 0.5)


def _regression(samples: Samples) -> tuple[tuple[float, ...], float]:
    x = np.array([s[0] for s in samples])
    y = np.array([float(s[1]) for s in samples])
    weight = np.array([s[2] for s in samples])
    mean, spread = x.mean(0), x.std(0)
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        slope = z.T @ (weight * (p - y)) + 1e-2 * np.r_[w[:-1], 0]
        curve = (z * (weight * p * (1 - p))[:, None]).T @ z + 1e-2 * np.eye(len(w))
        w -= np.linalg.solve(curve, slope)
    kept = tuple(round(float(one), 3) for one in w[:-1] / spread)
    return kept, round(float(w[-1] - (w[:-1] * mean / spread).sum()), 3)


def choose() -> None:
    """Set the threshold, and move the gate across languages so that it has the same one."""
    rules.ANSWER_FROM = chosen()
    across = chosen(language="en", index=index_of(only("zh-CN")))
    rules.ACROSS_BIAS = round(rules.ACROSS_BIAS + _logit(rules.ANSWER_FROM) - _logit(across), 3)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def chosen(language: str | None = None, index: Index | None = None) -> float:
    """Return the lowest threshold that is right and reticent enough, judged on `choose` alone."""
    for hundredth in range(10, 90):
        figures = evaluate(hundredth / 100, part="choose", language=language, index=index)
        if figures.precision >= RIGHT and figures.refused >= REFUSED:
            return hundredth / 100
    raise SystemExit("No threshold is good enough.")


def _row(name: str, figures: Figures) -> None:
    print(
        f"{name:28}  {figures.coverage:8.3f}  {figures.precision:9.3f}  {figures.refused:15.3f}"
        f"  ({figures.asked} asked, {figures.outside} outside)"
    )


def main(arguments: Sequence[str], say: Callable[..., None] = print) -> None:
    if "--fit" in arguments:
        fit()
        say("GATE_WEIGHTS", rules.GATE_WEIGHTS, "GATE_BIAS", rules.GATE_BIAS)
        choose()
        say("ACROSS_WEIGHTS", rules.ACROSS_WEIGHTS, "ACROSS_BIAS", rules.ACROSS_BIAS)
        say("ANSWER_FROM", rules.ANSWER_FROM)
    say(f"{'':28}  coverage  precision  outside refused")
    for language in LANGUAGES:
        for threshold in (0.2, 0.25, 0.3, 0.33, 0.36, 0.4, 0.45, 0.5, 0.6, 0.7):
            figures = evaluate(threshold, part="choose", language=language)
            _row(f"choose {language} from {threshold:.2f}", figures)
    for language in LANGUAGES:
        figures = evaluate(rules.ANSWER_FROM, part="report", language=language)
        _row(f"REPORT {language} from {rules.ANSWER_FROM}", figures)
    indexes = {"zh articles only": only("zh-CN"), "half bilingual": half_bilingual()}
    for name, kept in indexes.items():
        for part in ("choose", "report"):
            index = index_of(kept)
            for language in LANGUAGES:
                f = evaluate(rules.ANSWER_FROM, part=part, language=language, index=index)
                _row(f"{name} {part} {language}", f)
    if "--show" in arguments:
        for part in ("choose", "report"):
            say(part)
            evaluate(rules.ANSWER_FROM, part=part, show=True)


if __name__ == "__main__":
    main(sys.argv[1:])
