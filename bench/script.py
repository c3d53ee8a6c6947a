"""What the app sends to PostgreSQL, written down as a script for pgbench."""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from peakend.kernel.db import Transaction

ARGUMENT = re.compile(r"\$(\d+)(::[a-z0-9_]+(?:\[\])?)?")


class Recorder(Transaction):
    """A transaction that notes each statement with its arguments."""

    statements: list[tuple[str, tuple[Any, ...]]]

    @classmethod
    def of(cls, tx: Transaction) -> "Recorder":
        """Return a transaction over the same connection."""
        one = cls(tx._connection, tx.actor, tx.now)
        one.statements = []
        return one

    async def all(self, row: Any, sql: str, *args: Any) -> Any:
        """Note, and do."""
        self.statements.append((sql, args))
        return await super().all(row, sql, *args)

    async def one(self, row: Any, sql: str, *args: Any) -> Any:
        """Note, and do."""
        self.statements.append((sql, args))
        return await super().one(row, sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        """Note, and do."""
        self.statements.append((sql, args))
        return await super().value(sql, *args)

    async def run(self, sql: str, *args: Any) -> int:
        """Note, and do."""
        self.statements.append((sql, args))
        return await super().run(sql, *args)


def script(statements: list[tuple[str, tuple[Any, ...]]]) -> str:
    """Return the statements with their arguments written in, between BEGIN and COMMIT."""
    lines = [filled(sql, args) for sql, args in statements]
    if len(lines) == 1:
        return lines[0]
    return "\n".join(["BEGIN;", *lines, "COMMIT;"]) + "\n"


def filled(sql: str, args: tuple[Any, ...]) -> str:
    """Return one statement on one line with its arguments as literals."""
    text = ARGUMENT.sub(lambda found: _written(found, args), sql)
    text = re.sub(r"--.*", "", text)
    return " ".join(text.split()) + ";"


def _written(found: re.Match[str], args: tuple[Any, ...]) -> str:
    value = args[int(found[1]) - 1]
    return literal(value) + (found[2] or _type(value))


def _type(value: Any) -> str:
    if isinstance(value, UUID):
        return "::uuid"
    if isinstance(value, datetime):
        return "::timestamptz"
    if isinstance(value, list | tuple):
        return "::uuid[]" if not value or isinstance(value[0], UUID) else "::text[]"
    return "::jsonb" if isinstance(value, dict) else ""


def literal(value: Any) -> str:
    """Return a value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        inner = ",".join(_quoted_item(item) for item in value)
        return _quoted("{" + inner + "}")
    if isinstance(value, dict):
        return _quoted(json.dumps(value, ensure_ascii=False, default=str))
    return _quoted(str(value))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted_item(item: Any) -> str:
    return "NULL" if item is None else '"' + str(item).replace('"', '\\"') + '"'
