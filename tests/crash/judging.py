"""Runs the forking program and judges what it found."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.crash.scenarios import TIMED
from tests.databases import Databases

ROOT = Path(__file__).parents[2]
Found = list[dict[str, Any]]


def judged(
    server: str, databases: Databases, names: list[str], folder: Path, points: int, seed: int = 1
) -> Found:
    """Run points of scenarios; the first result of each is the run without a crash."""
    taken = {name: databases.take() for name in names}
    told = subprocess.run(
        [sys.executable, "-m", "tests.crash.forks", server, str(folder), "--points", str(points),
         "--seed", str(seed), *(f"{name}={dsn}" for name, dsn in taken.items())],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    for dsn in taken.values():
        databases.give_back(dsn)
    assert told.returncode == 0, told.stderr[-3000:]
    return [json.loads(line) for line in told.stdout.splitlines() if line.startswith("{")]


def hold(found: Found) -> int:
    """Assert that every point ended well, and return at how many a process was killed."""
    wholes = {point["scenario"]: point for point in found if point.get("whole")}
    assert all(len(whole["breaches"]) == 0 for whole in wholes.values()), wholes
    bad = [wrong for point in found if (wrong := _wrong(point, wholes[point["scenario"]]))]
    assert bad == []
    return sum(None in point["ends"] for point in found)


def _wrong(point: dict[str, Any], whole: dict[str, Any]) -> str:
    where = f"{point['scenario']} at {point['fatal']}, {point['again']}: "
    if point["breaches"]:
        return where + "; ".join(point["breaches"])
    kinds = ("messages",) if point["scenario"] in TIMED else ("messages", "states")
    wrong = [k for k in kinds if point["outcome"][k] != whole["outcome"][k]]
    return where + str(point["outcome"]) if wrong else ""
