"""Ten thousand ends: every boundary of every kind of work, then pairs with a second death."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.judging import Found, hold, judged
from tests.crash.scenarios import SCENARIOS
from tests.databases import Databases

TOTAL = int(os.environ.get("PEAKEND_CRASH_POINTS", "10000"))


@pytest.mark.long
def test_ten_thousand_ends(
    server: str, databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    each = -(-TOTAL // len(SCENARIOS))

    def all_ends(name: str) -> Found:
        folder = tmp_path / name
        folder.mkdir()
        ends = judged(server, databases, [name], folder, each)
        with capsys.disabled():
            print(f"{time.strftime('%H:%M')} {name}: {len(ends) - 1} points", flush=True)
        return ends

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [point for ends in pool.map(all_ends, SCENARIOS) for point in ends]
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
