"""What `peakend explain` says about a measure."""

import io

import pytest
from rich.console import Console

from peakend.entry import explained


@pytest.mark.parametrize(("language", "title", "says"), [
    ("en", "Service level", "Definition"), ("zh-CN", "服务水平", "定义"),
])  # fmt: skip
async def test_a_measure_is_explained(database, organisation, language, title, says):
    found = await explained.explanations(database, "sla.offered", language)
    assert [name for name, _ in found] == ["安居家"]
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(explained.shown(*found[0], language))
    text = console.export_text()
    for part in (title, says, "sla.offered", "WorkAnswered", "answered_within 0", "安居家"):
        assert part in text


def test_what_may_have_been_meant_is_named():
    assert "sla.offered" in explained.near("sla")
    assert explained.near("abandon")[0] == "abandonment"
    assert not explained.known("sla")


def test_shares_become_percent_only_when_shown():
    assert explained.value("share", 0.8113) == "81.1%"
    assert explained.value("s", 16.2) == "16.2 s"
    assert explained.value("s", None) == "–"
