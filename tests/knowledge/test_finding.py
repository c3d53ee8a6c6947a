"""The index: what an article is found by, and what two languages do to that."""

from uuid import UUID, uuid4

import numpy as np
import pytest

from peakend.knowledge.rules.finding import Index, Nearness, Passage

CHINESE, BOTH = uuid4(), uuid4()


def passage(article_id: UUID, kind: str, terms: str, language: str) -> Passage:
    return Passage(article_id, None, "customer", kind, terms, tuple(terms.split()), language)


@pytest.fixture
def index() -> Index:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [0.8, 0.6], [0, 1]], np.float32)
    return Index(
        [
            passage(CHINESE, "title", "燃气 灶", "zh-CN"),
            passage(CHINESE, "question", "打 火", "zh-CN"),
            passage(CHINESE, "paragraph", "阀门", "zh-CN"),
            passage(BOTH, "question", "gas stove", "en"),
            passage(BOTH, "title", "发票", "zh-CN"),
        ],
        vectors,
    )


def near(index: Index, terms: str, language: str) -> dict[UUID, Nearness]:
    found = index.near(
        terms.split(),
        np.array([1, 0], np.float32),
        brand_id=None,
        audience="customer",
        limit=5,
        language=language,
    )
    return {one.article_id: one for one in found}


def test_only_an_article_without_the_language_is_across(index: Index) -> None:
    assert {i: n.across for i, n in near(index, "gas", "en").items()} == {
        CHINESE: True,
        BOTH: False,
    }
    assert not any(n.across for n in near(index, "燃气", "zh-CN").values())
    assert not any(n.across for n in near(index, "燃气", "").values())


def test_meaning_stands_in_where_words_cannot(index: Index) -> None:
    across = near(index, "stove", "en")[CHINESE]
    assert across.score > near(index, "stove", "zh-CN")[CHINESE].score
    assert across.question_words == 0


def test_the_second_nearest_question_is_told(index: Index) -> None:
    found = near(index, "gas", "en")
    assert found[CHINESE].question_sense == pytest.approx(1)
    assert found[CHINESE].second_sense == pytest.approx(0.6)
    assert found[BOTH].second_sense == pytest.approx(0)


def test_a_single_question_speaks_for_itself() -> None:
    alone = Index([passage(BOTH, "title", "gas", "en")], np.array([[0.5, 0.5]], np.float32))
    found = near(alone, "gas", "en")[BOTH]
    assert found.second_sense == found.question_sense
