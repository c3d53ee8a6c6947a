"""No `coalesce(...)` and no `OR` in what joins a table behind row-level security.

PostgreSQL looks at the policy of such a table first, so that a condition like this finds no index
there and every row of the table is read. Two joins, a `UNION ALL` or a `LATERAL` say the same.
`# lint-skip: join (reason)` on the line above the statement or on its first line lets one be.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_TABLE = re.compile(r'tenant_table\(\s*"(\w+)"')
_JOIN = re.compile(r"\bJOIN\s+(\w+)\b(?!\s*\()", re.I)
_ON = re.compile(r"\s+(?:AS\s+)?(?!ON\b)\w+(?:\s*\([^)]*\))?\s+ON\b|\s+ON\b", re.I)
_WORD = re.compile(r"\w+|[()]")
_ENDS = {
    "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "WHERE", "GROUP", "ORDER",
    "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "RETURNING", "FOR", "SET", "WINDOW", "ON",
}  # fmt: skip
_SLOW = {"COALESCE", "OR"}
_SKIP = re.compile(r"#.*\blint-skip: join \(\S[^)]*\)")


def tables_in(sources: Iterable[Path]) -> set[str]:
    """Return the names of the tables behind row-level security that sources declare."""
    return {name for file in sources for name in _TABLE.findall(file.read_text("utf-8"))}


def slow_joins(source: str, tables: set[str]) -> Iterator[tuple[int, str, str]]:
    """Give the line, the table and the word of each join of a Python source that finds no index."""
    lines = source.splitlines()
    for first, statement in _statements(ast.parse(source)):
        if any(_SKIP.search(line) for line in lines[max(0, first - 2) : first]):
            continue
        for join in _JOIN.finditer(statement):
            on = _ON.match(statement, join.end())
            word = _slow_word(statement, on.end()) if on and join[1] in tables else None
            if word is not None:
                yield first + statement.count("\n", 0, join.start()), join[1], word


def _statements(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give every text of a source with the line it begins on; what is put in is a name."""
    parts = {id(p) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for p in n.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            said = (p.value if isinstance(p, ast.Constant) else " _ " for p in node.values)
            yield node.lineno, "".join(str(one) for one in said)
        elif isinstance(node, ast.Constant) and id(node) not in parts:
            yield node.lineno, str(node.value)


def _slow_word(statement: str, start: int) -> str | None:
    """Return the word that keeps the condition from `start` on from an index; None without one."""
    depth = 0
    for found in _WORD.finditer(statement, start):
        word = found[0].upper()
        depth += (word == "(") - (word == ")")
        if depth < 0 or (depth == 0 and word in _ENDS):
            return None
        if word in _SLOW:
            return word
    return None
