"""Advice sends people to pages by the names that the pages have."""

import json
from pathlib import Path

import pytest

from peakend.kernel.words import word

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_whoever_still_waits_is_looked_for_on_pages_that_are_there(language: str) -> None:
    desk = ROOT / f"web/desk/src/contexts/accounts/words.{language}.json"
    names = json.loads(desk.read_text())
    marks = "「{}」" if language == "zh-CN" else "({})"
    advice = word("entry.health.erasures_waiting_advice", language)
    for page in ("retention", "erasures"):
        assert marks.format(names[f"accounts.nav_{page}"]) in advice
