"""The lint of joins sees what finds no index behind row-level security, and nothing else."""

from pathlib import Path

import pytest

from tools.lint.joins import slow_joins, tables_in

ROOT = Path(__file__).parents[2]
TABLES = {"leg", "queue"}


def found(statement: str, above: str = "") -> list[tuple[int, str, str]]:
    return list(slow_joins(f'{above}\nSQL = """{statement}"""\n', TABLES))


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("SELECT 1 FROM a JOIN leg l ON l.id = coalesce(a.x, a.y) WHERE a.z", "COALESCE"),
        ("SELECT 1 FROM a LEFT JOIN leg AS l ON l.id = a.x OR l.id = a.y", "OR"),
        ("SELECT 1 FROM a JOIN leg l ON (l.id = a.x or l.old_id = a.x) GROUP BY 1", "OR"),
        ("SELECT 1 FROM a JOIN leg ON leg.n = 1 AND coalesce(leg.at, a.at) > $1", "COALESCE"),
        ("SELECT (SELECT 1 FROM a JOIN leg l ON l.x = a.x OR l.y) FROM b", "OR"),
        ("SELECT 1 FROM a\nJOIN b ON b.x = a.x\nJOIN queue ON id = COALESCE(a.q, b.q)", "COALESCE"),
    ],
)  # fmt: skip
def test_it_catches(statement: str, word: str) -> None:
    [(line, _, slow)] = found(statement)
    assert slow == word
    assert line == 2 + statement.count("\n")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT coalesce(a.x, 1) FROM a JOIN leg l ON l.id = a.x WHERE a.y OR a.z",
        "SELECT 1 FROM a JOIN leg l ON l.id = a.x ORDER BY coalesce(a.y, 1)",
        "SELECT 1 FROM a JOIN counted c ON c.id = a.x OR c.id = a.y",
        "SELECT (SELECT 1 FROM a JOIN leg l ON l.id = a.x) OR coalesce(b.x, b.y) FROM b",
        "SELECT 1 FROM leg l, LATERAL unnest(l.x) y WHERE l.a = y OR l.b = y",
        "INSERT INTO a SELECT 1 FROM b JOIN leg l ON l.id = b.x RETURNING coalesce(a, 1)",
        "INSERT INTO a SELECT 1 FROM b JOIN leg l ON l.id = 1 ON CONFLICT DO UPDATE SET x = a OR b",
    ],
)  # fmt: skip
def test_it_leaves_be(statement: str) -> None:
    assert found(statement) == []


def test_what_is_put_in_is_a_name() -> None:
    source = "Q = f'SELECT {COLUMNS} FROM a JOIN leg l ON l.id = a.{name} OR {more}'"
    assert list(slow_joins(source, TABLES)) == [(1, "leg", "OR")]


def test_a_reason_lets_one_be() -> None:
    slow = "SELECT 1 FROM a JOIN leg l ON l.id = a.x OR l.id = a.y"
    assert found(slow, "# lint-skip: join (a has twenty rows at most)") == []
    assert found(slow, "# lint-skip: join ()") != []
    assert found(slow, "# lint-skip: join") != []
    assert found(slow, "# lint-skip: join (far away)\nX = 1\n") != []


def test_it_knows_the_tables() -> None:
    tables = tables_in((ROOT / "src" / "peakend").rglob("*.py"))
    assert {"conversation", "message", "customer", "draft"} <= tables
