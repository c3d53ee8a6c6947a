"""kill -9 at boundaries spread over each kind of work: nothing lost, doubled or left half done."""

from pathlib import Path

import pytest

from tests.crash.judging import hold, judged
from tests.crash.scenarios import SCENARIOS
from tests.databases import Databases

# All of them are in tests/long.
POINTS = 5
GROUPS = [sorted(SCENARIOS)[start::4] for start in range(4)]


@pytest.mark.parametrize("group", GROUPS, ids="abcd")
def test_a_killed_process_loses_and_doubles_nothing(
    server: str, databases: Databases, tmp_path: Path, group: list[str]
) -> None:
    found = judged(server, databases, group, tmp_path, POINTS)
    assert hold(found) >= POINTS * len(group) * 0.9
