"""The answer gate on the demo's articles, with questions nobody used when writing them."""

import pytest

from peakend.assist.rules import digital as rules
from peakend.entry.demo.seed import CHANNELS
from tests.assist.evaluate_gate import LANGUAGES, Figures, ask, evaluate, index_of, only, pieces


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_each_language_on_questions_that_chose_nothing(language: str) -> None:
    """Held out: neither the weights nor the threshold were made with these questions."""
    figures = evaluate(rules.ANSWER_FROM, part="report", language=language)
    assert figures.asked >= 50
    assert figures.outside >= 25
    assert figures.precision >= 0.9
    assert figures.refused >= 0.9
    assert figures.coverage >= 0.7


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_threshold_is_the_one_the_other_questions_chose(language: str) -> None:
    figures = evaluate(rules.ANSWER_FROM, part="choose", language=language)
    assert figures.precision >= 0.9
    assert figures.refused >= 0.9
    assert figures.coverage >= 0.85


def test_english_questions_to_chinese_articles_are_answered_only_when_sure() -> None:
    chinese = index_of(only("zh-CN"))
    figures = evaluate(rules.ANSWER_FROM, part="report", language="en", index=chinese)
    assert figures.precision >= 0.9
    assert figures.refused >= 0.95
    assert figures.coverage >= 0.3


@pytest.mark.parametrize("brand", sorted(CHANNELS))
@pytest.mark.parametrize("key", ["questions_zh", "questions_en"])
def test_what_the_panel_offers_to_ask_is_answered(brand: str, key: str) -> None:
    look = CHANNELS[brand]["look"]
    assert isinstance(look, dict)
    index = index_of(pieces())
    for text in look[key].replace("；", ";").split(";"):
        slug, measured = ask(index, text.strip(), brand)
        assert rules.trust(measured) >= rules.ANSWER_FROM, (text, slug)


@pytest.mark.parametrize(
    ("text", "brand", "slug"),
    [
        ("My gas hob does not light", "gas", "hob-does-not-light"),
        ("gas stove won't ignite", "gas", "hob-does-not-light"),
        ("How do I book a repair?", "gas", "book-visit"),
        ("How do I book a repair?", "home", "book-visit"),
        ("I want a refund", "gas", "refund-time"),
        ("I want a refund", "home", "refund-time"),
        ("I want to complain", "gas", "how-to-complain"),
    ],
)
def test_what_english_speakers_asked_in_vain(text: str, brand: str, slug: str) -> None:
    found, measured = ask(index_of(pieces()), text, brand)
    assert (found, rules.trust(measured) >= rules.ANSWER_FROM) == (slug, True)
