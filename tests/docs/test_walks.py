"""docs/walks.md names files, functions and facts that exist."""

import ast
import re
from pathlib import Path

import pytest

from peakend.entry import wiring
from peakend.kernel.events import FACTS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "walks.md").read_text("utf-8")
FILE = re.compile(r"^[\w./-]+\.(?:py|ts|vue)$")
NAME = re.compile(r"^[a-z_][a-zA-Z0-9_]*$")
# Words in back quotes that are values or columns, not functions.
VALUES = {"client_id", "digital", "waiting", "version", "conversations", "routing"}


def hops() -> list[tuple[str, str]]:
    """Every (file, function) of the page: a function belongs to the file named last before it."""
    found = []
    for line in TEXT.splitlines():
        file = ""
        for said in re.findall(r"`([^`]+)`", line):
            if FILE.match(said):
                file = said
                found.append((said, ""))
            elif NAME.match(said) and said not in VALUES and file:
                found.append((file, said))
    return found


def path_of(file: str) -> Path:
    return ROOT / file if file.startswith(("web/", "tests/")) else ROOT / "src" / "peakend" / file


def functions_of(path: Path) -> set[str]:
    if path.suffix != ".py":
        return set(re.findall(r"\b(\w+)\s*(?:<\w+>)?\(", path.read_text("utf-8")))
    tree = ast.parse(path.read_text("utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_page_has_hops() -> None:
    assert len({file for file, name in hops() if name}) > 20


@pytest.mark.parametrize(("file", "name"), sorted(set(hops())))
def test_a_hop_exists(file: str, name: str) -> None:
    path = path_of(file)
    assert path.is_file(), f"{file} is gone"
    assert not name or name in functions_of(path), f"{file} has no {name}"


def test_the_facts_of_the_walks_exist() -> None:
    wiring.load()
    said = re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", TEXT)
    assert said
    assert set(said) <= set(FACTS)
