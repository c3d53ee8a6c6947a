"""Lints of our own: sizes, words in both languages, rooms, joins, paths of one machine."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lint.joins import slow_joins, tables_in

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "peakend"
LARGEST_FILE = 400
LARGEST_VUE = 250
LARGEST_FUNCTION = 60
BANNED = {"utils", "helpers", "services", "managers", "common", "util", "helper"}
WORDING = re.compile(r'\b(?:word|say|wording\s*=)\s*\(?\s*"([a-z_]+(?:\.[a-z0-9_]+)+)"')


def main() -> int:
    found = [*sizes(), *words(), *rooms(), *joins(), *places()]
    for line in found:
        print(line)
    return 1 if found else 0


def sizes() -> Iterator[str]:
    """Files and functions small enough to hold in the head."""
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text("utf-8")
        lines = text.count("\n")
        if lines > LARGEST_FILE:
            yield f"{shown(file)}: {lines} lines, at most {LARGEST_FILE}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LARGEST_FUNCTION:
                    at = f"{shown(file)}:{node.lineno}"
                    yield f"{at}: {node.name} has {size} lines, at most {LARGEST_FUNCTION}"
    for file in sorted((ROOT / "web").glob("*/src/**/*.vue")):
        lines = file.read_text("utf-8").count("\n")
        if lines > LARGEST_VUE:
            yield f"{shown(file)}: {lines} lines, at most {LARGEST_VUE}"


def words() -> Iterator[str]:
    """Every text in both languages with the same parameters, and every wording key known."""
    known: set[str] = set()
    for chinese in sorted(ROOT.glob("src/peakend/*/words.zh-CN.json")):
        english = chinese.with_name("words.en.json")
        texts = json.loads(chinese.read_text("utf-8"))
        others = json.loads(english.read_text("utf-8")) if english.exists() else {}
        known |= texts.keys()
        for key in sorted(texts.keys() ^ others.keys()):
            yield f"{shown(chinese)}: {key} is in one language only"
        for key in sorted(texts.keys() & others.keys()):
            if parameters(texts[key]) != parameters(others[key]):
                yield f"{shown(chinese)}: {key} has other parameters in English"
            if not key.startswith(chinese.parent.name + "."):
                yield f"{shown(chinese)}: {key} does not begin with its context"
    for file in sorted(SOURCE.rglob("*.py")):
        for key in WORDING.findall(file.read_text("utf-8")):
            if key not in known:
                yield f"{shown(file)}: the wording {key} has no text"


def parameters(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def rooms() -> Iterator[str]:
    """No drawer for everything."""
    for path in sorted(SOURCE.rglob("*")):
        if path.stem in BANNED and (path.suffix == ".py" or path.is_dir()):
            yield f"{shown(path)}: name it by what it is about"


def joins() -> Iterator[str]:
    """No join that finds no index behind row-level security."""
    files = sorted(SOURCE.rglob("*.py"))
    tables = tables_in(files)
    for file in files:
        for line, table, slow in slow_joins(file.read_text("utf-8"), tables):
            yield f"{shown(file)}:{line}: {slow} in the join of {table} finds no index"


def places() -> Iterator[str]:
    """No path of one machine in the tree."""
    pattern = r"(^|[^a-z.])/(work|root|home/[a-z]+)/[a-z]"
    said = subprocess.run(
        ["git", "grep", "-nE", pattern, "--", ":!*.lock", ":!*package-lock.json", ":!tools/lint"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    yield from (f"{line[:160]}: a path of one machine" for line in said.stdout.splitlines())


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
