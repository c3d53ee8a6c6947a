"""Why a fact exists and what came of it: who records it, who reacts, and chains by cause."""

import ast
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from peakend.kernel.db import SystemTransaction
from peakend.kernel.events import REACTIONS

ROOT = Path(str(resources.files("peakend")))

CHAIN = """
WITH RECURSIVE up AS (
    SELECT id, caused_by, 0 AS hops FROM event WHERE id = $1
    UNION ALL
    SELECT e.id, e.caused_by, up.hops + 1 FROM event e JOIN up ON e.id = up.caused_by
    WHERE up.hops < 50
), first AS (
    SELECT id FROM up ORDER BY hops DESC LIMIT 1
), down AS (
    SELECT e.id, 0 AS depth FROM event e JOIN first USING (id)
    UNION ALL
    SELECT e.id, down.depth + 1 FROM event e JOIN down ON e.caused_by = down.id
    WHERE down.depth < 50
)
SELECT e.id, e.type, e.occurred_at, e.recorded_at, e.actor, e.caused_by, e.conversation_id,
       e.leg_id, down.depth
FROM down JOIN event e USING (id)
ORDER BY e.recorded_at, e.id LIMIT 1000
"""
WAITING = "SELECT fact_id, name, state, attempt, run_at FROM job WHERE fact_id = ANY($1)"


class Place(msgspec.Struct, frozen=True):
    """A place in the code."""

    file: str
    line: int
    function: str


class Link(msgspec.Struct, frozen=True):
    """A fact in a chain."""

    id: UUID
    type: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    caused_by: UUID | None
    conversation_id: UUID | None
    leg_id: UUID | None
    depth: int


class Pending(msgspec.Struct, frozen=True):
    """A reaction that has not run yet, or never will."""

    fact_id: UUID
    name: str
    state: str
    attempt: int
    run_at: datetime


def recorders(fact: str) -> list[Place]:
    """Return where in the code a fact is recorded."""
    return [place for kind, place in _records() if kind == fact]


def reactors(fact: str) -> list[Place]:
    """Return the functions that react to a fact; their modules must have been imported."""
    found = []
    for reaction in REACTIONS.get(fact, ()):
        code = getattr(reaction.run, "__code__", None)
        file = Path(code.co_filename) if code else ROOT
        line = code.co_firstlineno if code else 0
        found.append(Place(_shown(file), line, reaction.name))
    return found


async def chain(tx: SystemTransaction, event_id: UUID) -> tuple[list[Link], list[Pending]]:
    """Return every fact that shares its first cause with a fact, and reactions still waiting."""
    links = await tx.all(Link, CHAIN, event_id)
    waiting = await tx.all(Pending, WAITING, [link.id for link in links])
    return links, waiting


@cache
def _records() -> tuple[tuple[str, Place], ...]:
    return tuple(
        found
        for file in sorted(ROOT.rglob("*.py"))
        for found in _records_in(ast.parse(file.read_text("utf-8")), file)
    )


def _records_in(module: ast.Module, file: Path) -> Iterator[tuple[str, Place]]:
    """Yield the facts that functions record or make, in a room that records at all."""
    if not any(isinstance(node, ast.Call) and _name(node.func) == "record"
               for node in ast.walk(module)):  # fmt: skip
        return
    for function in ast.walk(module):
        if not isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
            continue
        nodes = [node for part in function.body for node in ast.walk(part)]
        records = any(isinstance(n, ast.Call) and _name(n.func) == "record" for n in nodes)
        for node in nodes:
            # The fact may be made a line earlier than it is recorded, chosen between two, or made
            # by a function of the same room, so its name counts where a value is made of it.
            if isinstance(node, ast.Call) and _name(node.func)[:1].isupper():
                yield _name(node.func), Place(_shown(file), node.lineno, function.name)
                # A statement that writes its fact itself is told the kind: Said(ReplySent, …).
                if node.args and _name(node.args[0])[:1].isupper():
                    yield _name(node.args[0]), Place(_shown(file), node.lineno, function.name)
            elif records and isinstance(node, ast.IfExp):
                for chosen in (node.body, node.orelse):
                    yield _name(chosen), Place(_shown(file), node.lineno, function.name)


def _name(node: Any) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _shown(file: Path) -> str:
    try:
        return str(Path("peakend") / file.resolve().relative_to(ROOT.resolve()))
    except ValueError:
        return file.name
