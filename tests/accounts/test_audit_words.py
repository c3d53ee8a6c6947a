"""Everything that is written into the audit log can be read by people, in both languages."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "web/desk/src/contexts/accounts"


def entries(name: str = "audit") -> Iterator[ast.Call]:
    for file in (ROOT / "src/peakend").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) == name:
                yield node


def _name(func: ast.expr) -> str:
    return getattr(func, "attr", getattr(func, "id", ""))


def literals(entry: ast.Call, place: int) -> set[str]:
    """The plain texts at a place of the call; what is put together while it runs has no test."""
    given = entry.args[place]
    kept = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
    return {one.value for one in kept if isinstance(one, ast.Constant)}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_act_and_what_it_was_done_to_has_a_word(language: str) -> None:
    words = json.loads((WORDS / f"words.{language}.json").read_text())
    found = list(entries())
    acts = set[str]().union(*(literals(one, 1) for one in found))
    kinds = set[str]().union(*(literals(one, 2) for one in found))
    assert {"reply.decided", "queue.opened", "queue.closed"} < acts
    assert {act for act in acts if f"accounts.did_{act}" not in words} == set()
    assert {kind for kind in kinds if f"accounts.kind_{kind}" not in words} == set()
    details = {
        key.value
        for one in found
        for given in [*one.args[4:5], *(more.value for more in one.keywords)]
        if isinstance(given, ast.Dict)
        for key in given.keys
        if isinstance(key, ast.Constant)
    }
    # Contexts that tell and audit in one place hand the details on.
    details |= {
        key.value
        for one in entries("_tell")
        for given in one.args
        if isinstance(given, ast.Dict)
        for key in given.keys
        if isinstance(key, ast.Constant)
    }
    assert {"rows", "by_himself", "tls"} <= details
    assert {one for one in details if f"accounts.detail_{one}" not in words} == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_way_in_has_a_word(language: str) -> None:
    words = json.loads((WORDS / f"words.{language}.json").read_text())
    ways = {
        keyword.value.value
        for file in (ROOT / "src/peakend/accounts").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "way" and isinstance(keyword.value, ast.Constant)
    }
    assert {"passkey", "sso"} <= ways
    assert {way for way in ways if f"accounts.way_{way}" not in words} == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_kind_of_table_has_a_word(language: str) -> None:
    words = json.loads((WORDS / f"words.{language}.json").read_text())
    known = json.loads((ROOT / f"src/peakend/exchange/words.{language}.json").read_text())
    mark = "exchange.kind_"
    kinds = {key.removeprefix(mark) for key in known if key.startswith(mark)} - {"not_found"}
    assert {"customers", "articles"} < kinds
    assert {kind for kind in kinds if f"accounts.value_{kind}" not in words} == set()
