"""The house's own lines in a thread are said in words, in both languages."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The handing over is drawn as a card; of what an erasure removed the server says so.
OTHERS = {"staff_context", "staff_removed"}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_line_of_the_house_has_its_words(language: str) -> None:
    code = "".join(path.read_text() for path in (ROOT / "src/peakend").rglob("*.py"))
    lines = set(re.findall(r'"(staff_[a-z_]+)"', code)) - OTHERS
    assert "staff_mail_possible" in lines
    files = (ROOT / "web/desk/src/contexts/conversations").rglob(f"words.{language}.json")
    words = {word for file in files for word in json.loads(file.read_text())}
    assert not {one for one in lines if f"conversations.system.{one}" not in words}
