"""The answer gate on the demo's articles, with questions nobody used when writing them."""

import pytest

from peakend.assist import rules
from tests.assist.evaluate_gate import Figures, evaluate


@pytest.fixture(scope="module")
def figures() -> Figures:
    return evaluate(rules.ANSWER_FROM)


def test_what_is_answered_is_right(figures: Figures) -> None:
    """Counts: wrong answers to questions with an answer, and any answer to one without."""
    assert figures.precision >= 0.9


def test_most_is_answered(figures: Figures) -> None:
    assert figures.coverage >= 0.8


def test_what_is_not_known_is_refused(figures: Figures) -> None:
    assert figures.refused >= 0.9
