"""What happened to a case, from the facts, and what was written down in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models import ENTRY_COLUMNS, EntryRow
from peakend.cases.queries.guests import guest_names
from peakend.cases.queries.steps import steps_of
from peakend.kernel.db import Transaction
from peakend.kernel.files import File, files

MOST = 200

# What of a fact is shown beside its type.
SAID = (
    "state", "former", "priority", "why", "how", "kind", "channel", "in_time", "times", "due_at",
    "former_due_at", "spent_s", "former_id", "fields", "after_s", "counted", "by_customer",
    "worked_s",
)  # fmt: skip
_FACTS = """
SELECT id, type, occurred_at, actor, subject, agent_id, conversation_id, payload FROM event
WHERE organisation_id = current_organisation() AND case_id = $1 AND type <> ALL($2::text[])
ORDER BY id DESC LIMIT 200
"""
# Told by another line of the same moment.
_TOLD_ELSEWHERE = ["CaseEntryAdded", "CaseDone"]
_ENTRIES = f"""
SELECT {ENTRY_COLUMNS} FROM case_entry e
WHERE e.organisation_id = current_organisation() AND e.case_id = $1
ORDER BY e.id DESC LIMIT 200
"""  # noqa: S608 (names of columns only)


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened (`type`, `said`) or was written down (`entry`, with its words).

    What an outsider did by his link has `guest` as its kind, and his name; `step` is its title.
    """

    id: UUID
    at: datetime
    type: str
    by_kind: str
    by_name: str | None
    who_name: str | None = None
    step: str = ""
    said: dict[str, Any] = {}
    words: str = ""
    visible: str | None = None
    files: list[File] = []


class _Fact(msgspec.Struct, frozen=True):
    id: UUID
    type: str
    occurred_at: datetime
    actor: str
    subject: UUID | None
    agent_id: UUID | None
    conversation_id: UUID | None
    payload: dict[str, Any]


async def timeline(tx: Transaction, case_id: UUID) -> list[TimelineEntry]:
    """Return what happened to a case and was written in it, newest first; the caller checked.

    Counts: 200 facts and 200 entries.
    """
    facts = await tx.all(_Fact, _FACTS, case_id, _TOLD_ELSEWHERE)
    entries = await tx.all(EntryRow, _ENTRIES, case_id)
    ids = {one.by for one in entries if one.by is not None}
    ids |= {one for fact in facts for one in (_who(fact.actor), fact.agent_id) if one is not None}
    outside = await guest_names(tx, case_id)
    names = await member_names(tx, ids) | outside
    steps = {row.id: row.title(tx.actor.language) for row in await steps_of(tx, case_id)}
    shown = await files(tx, [UUID(file["id"]) for one in entries for file in one.files])
    lines = [_happened(fact, names, outside, steps) for fact in facts]
    lines += [
        TimelineEntry(
            id=one.id, at=one.at, type=f"entry_{one.kind}",
            by_kind="guest" if one.by in outside else one.by_kind,
            by_name=names.get(one.by) or None if one.by else None, words=one.words,
            visible=one.visible,
            files=[shown[UUID(file["id"])] for file in one.files if UUID(file["id"]) in shown],
        )
        for one in entries
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.at, line.id), reverse=True)


def _happened(
    fact: _Fact, names: dict[UUID, str], outside: dict[UUID, str], steps: dict[UUID, str]
) -> TimelineEntry:
    by = _who(fact.actor)
    return TimelineEntry(
        id=fact.id,
        at=fact.occurred_at,
        type=fact.type,
        by_kind="guest" if by in outside else fact.actor.partition(":")[0],
        by_name=names.get(by) or None if by else None,
        step=steps.get(fact.subject, "") if fact.subject else "",
        who_name=names.get(fact.agent_id) if fact.agent_id else None,
        said={name: fact.payload[name] for name in SAID if fact.payload.get(name) is not None},
    )


def _who(actor: str) -> UUID | None:
    kind, _, found = actor.partition(":")
    return UUID(found) if kind in ("member", "visitor") and found else None
