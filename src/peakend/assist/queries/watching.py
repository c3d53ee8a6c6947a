"""Conversations that somebody should look at, the most urgent first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.assist.models import SIGNAL_COLUMNS, SignalRow, StepIn
from peakend.assist.queries.approvals import Approval, approvals_beside, must_wait
from peakend.assist.queries.side import SideThread, side_threads
from peakend.assist.rules.watching import SignalKind
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRow
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

MOST_SHOWN = 100
COUNTED_TO = 1_000

_OPEN = f"""
SELECT {SIGNAL_COLUMNS} FROM watch_signal
WHERE organisation_id = current_organisation() AND dismissed_at IS NULL
"""  # noqa: S608 (names of columns only)
_STEP_INS = f"""
SELECT {", ".join(StepIn.__struct_fields__)} FROM step_in
WHERE organisation_id = current_organisation() AND leg_id = ANY($1::uuid[])
"""  # noqa: S608 (names of columns only)
_COUNTS = """
SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE level > 1))::int AS urgent
FROM (SELECT conversation_id, max(level) AS level
      FROM (SELECT conversation_id, level FROM watch_signal
            WHERE organisation_id = current_organisation() AND dismissed_at IS NULL
            LIMIT $1) s
      GROUP BY conversation_id) c
"""


class Reason(msgspec.Struct, frozen=True):
    """Why somebody should look: how often, since when, how urgently."""

    kind: SignalKind
    level: int
    times: int
    since: datetime
    last_at: datetime


class Back(msgspec.Struct, frozen=True):
    """To whom a conversation that was taken over can be handed back."""

    to: Literal["agent", "digital"]
    agent_id: UUID | None
    name: str | None


class Intervention(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that somebody should look at; `back` where somebody has stepped in."""

    conversation: ConversationRow
    reasons: list[Reason]
    level: int
    since: datetime
    back: Back | None


class Interventions(msgspec.Struct, frozen=True):
    """The most urgent conversations. Counts: 100 shown, counted up to 1,000 signals."""

    items: list[Intervention]
    count: int
    urgent: int


class InterventionCounts(msgspec.Struct, frozen=True):
    """How many conversations call for somebody, and how many of them now."""

    waiting: int
    urgent: int


class Watched(msgspec.Struct, frozen=True):
    """What stands beside a conversation: why it calls for help, whose it was, what waits."""

    reasons: list[Reason]
    back: Back | None
    threads: list[SideThread]
    approvals: list[Approval]
    must_ask: bool


async def signals_of(tx: Transaction, conversation_id: UUID) -> list[SignalRow]:
    """Return every signal of a conversation, dismissed ones among them."""
    return await tx.all(
        SignalRow,
        f"SELECT {SIGNAL_COLUMNS} FROM watch_signal "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
    )


async def interventions(tx: Transaction, actor: Actor) -> Interventions:
    """Return the conversations that somebody should look at, the most urgent first."""
    rows = await tx.all(SignalRow, f"{_OPEN} ORDER BY level DESC, since LIMIT $1", MOST_SHOWN * 5)
    by_conversation: dict[UUID, list[SignalRow]] = defaultdict(list)
    for row in rows:
        by_conversation[row.conversation_id].append(row)
    shown = await conversations.rows(tx, list(by_conversation)[:MOST_SHOWN], actor)
    backs = await backs_of(tx, shown)
    items = [
        Intervention(
            conversation=one,
            reasons=_reasons(by_conversation[one.id]),
            level=max(row.level for row in by_conversation[one.id]),
            since=min(row.since for row in by_conversation[one.id]),
            back=backs.get(one.id),
        )
        for one in shown
        if one.state != "closed"
    ]
    items.sort(key=lambda one: (-one.level, one.since))
    if actor.scope != "all":
        return Interventions(items, len(items), sum(one.level > 1 for one in items))
    counts = await intervention_counts(tx)
    return Interventions(items, counts.waiting, counts.urgent)


async def intervention_counts(tx: Transaction) -> InterventionCounts:
    """Return how many conversations call for somebody. Counts: up to 1,000 signals."""
    found = await tx.one(InterventionCounts, _COUNTS, COUNTED_TO)
    assert found is not None
    return found


async def watched(tx: Transaction, conversation_id: UUID, actor: Actor) -> Watched:
    """Return what is known of one conversation. Errors: ConversationNotFound."""
    about = await conversations.need_conversation(tx, conversation_id, actor)
    row = await conversations.rows(tx, [conversation_id], actor)
    kept = [one for one in await signals_of(tx, conversation_id) if one.dismissed_at is None]
    back = (await backs_of(tx, row)).get(conversation_id)
    return Watched(
        _reasons(kept),
        back,
        await side_threads(tx, conversation_id, actor),
        await approvals_beside(tx, conversation_id, actor),
        await must_wait(tx, actor, about.queue_id),
    )


async def step_in_of(tx: Transaction, leg_id: UUID) -> StepIn | None:
    """Return who stepped in with a leg."""
    return await tx.one(StepIn, _STEP_INS, [leg_id])


async def backs_of(tx: Transaction, rows: Sequence[ConversationRow]) -> dict[UUID, Back]:
    """Return where conversations that were taken over can be handed back."""
    legs = [row.leg_id for row in rows if row.leg_id is not None and row.state == "serving"]
    if not legs:
        return {}
    found = await tx.all(StepIn, _STEP_INS, legs)
    names = await member_briefs(tx, {one.from_agent_id for one in found if one.from_agent_id})
    return {
        one.conversation_id: Back(
            "agent" if one.from_agent_id else "digital",
            one.from_agent_id,
            names[one.from_agent_id].name if one.from_agent_id in names else None,
        )
        for one in found
    }


def _reasons(rows: Sequence[SignalRow]) -> list[Reason]:
    some = sorted(rows, key=lambda row: (-row.level, row.since))
    return [Reason(row.kind, row.level, row.times, row.since, row.last_at) for row in some]  # type: ignore[arg-type]
