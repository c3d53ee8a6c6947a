"""Ten thousand ends: every boundary of every kind of work, then pairs with a second death."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.judging import hold, judged
from tests.crash.scenarios import SCENARIOS
from tests.databases import Databases

TOTAL = int(os.environ.get("PEAKEND_CRASH_POINTS", "10000"))


@pytest.mark.long
def test_ten_thousand_ends(
    server: str, databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    each = -(-TOTAL // len(SCENARIOS))
    found = judged(server, databases, list(SCENARIOS), tmp_path, each)
    killed = hold(found)
    points = Counter(point["scenario"] for point in found if not point.get("whole"))
    twice = sum(point["ends"] == [None, None] for point in found)
    with capsys.disabled():
        print(f"\n{'work':<20}{'boundaries':>12}{'points':>8}")
        for point in found:
            if point.get("whole"):
                name = point["scenario"]
                print(f"{name:<20}{point['ends'][0]:>12}{points[name]:>8}")
        print(f"{points.total()} points, {killed} killed, {twice} killed twice, 0 breaches")
    assert points.total() >= TOTAL
