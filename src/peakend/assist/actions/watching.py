"""Who needs help: each look works the reasons out anew and keeps what has changed.

Every fact, timer and message that may matter ends in the same question, asked of the rows as they
are now: so late, doubled or disordered facts change nothing.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.assist import queries
from peakend.assist.events import (
    InterventionDismissed,
    InterventionNeeded,
    InterventionOver,
    InterventionRestored,
)
from peakend.assist.models import SignalRow
from peakend.assist.rules.watching import Case, Line, Signal, Why, signals
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRow, Message
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue
from peakend.routing import queries as routing

READ_BACK = 40
AT_A_TIME = 200
RESTORED_WITHIN = timedelta(minutes=2)

_LOCK = """
INSERT INTO watch AS w (conversation_id)
SELECT c.id FROM conversation c WHERE c.organisation_id = current_organisation() AND c.id = $1
ON CONFLICT (organisation_id, conversation_id) DO UPDATE SET seen_version = w.seen_version
"""
_SEEN = """
UPDATE watch SET seen_version = $2
WHERE organisation_id = current_organisation() AND conversation_id = $1
"""
_FORGET = """
DELETE FROM watch WHERE organisation_id = current_organisation() AND conversation_id = $1
"""
_KEEP = """
INSERT INTO watch_signal (conversation_id, kind, level, times, since, last_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organisation_id, conversation_id, kind) DO UPDATE
SET level = $3, times = $4, since = $5, last_at = $6, dismissed_at = NULL, dismissed_by = NULL,
    dismissed_why = NULL, dismissed_note = NULL
"""
_DROP = """
DELETE FROM watch_signal
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND kind = $2
"""
_DISMISS = """
UPDATE watch_signal
SET dismissed_at = $3, dismissed_by = $4, dismissed_why = $5, dismissed_note = $6
WHERE organisation_id = current_organisation() AND conversation_id = $1
  AND kind = ANY($2::text[]) AND dismissed_at IS NULL
"""
_RESTORE = """
UPDATE watch_signal
SET dismissed_at = NULL, dismissed_by = NULL, dismissed_why = NULL, dismissed_note = NULL
WHERE organisation_id = current_organisation() AND conversation_id = $1
  AND dismissed_by = $2 AND dismissed_at >= $3
RETURNING kind
"""
_WATCHED = """
SELECT w.conversation_id, w.seen_version, bool_or(s.kind = 'silent') AS silent,
       max(s.last_at) FILTER (WHERE s.kind = 'silent') AS silent_since
FROM watch w
JOIN watch_signal s
    ON s.organisation_id = w.organisation_id AND s.conversation_id = w.conversation_id
WHERE w.organisation_id = current_organisation()
  AND ($1::uuid IS NULL OR w.conversation_id > $1)
GROUP BY w.conversation_id, w.seen_version
ORDER BY w.conversation_id LIMIT $2
"""


class SignalStale(Conflict):
    """Something else has come since it was looked at."""

    wording = "assist.signal_stale"


class _Watched(msgspec.Struct, frozen=True):
    conversation_id: UUID
    seen_version: int
    silent: bool
    silent_since: object


class _Kind(msgspec.Struct, frozen=True):
    kind: str


async def ask_for_look(tx: Transaction, conversation_id: UUID) -> None:
    """Have a conversation looked at; a burst of reasons asks once."""
    await enqueue(
        tx,
        "assist.look_at",
        unique_key=str(conversation_id),
        priority=4,
        conversation_id=conversation_id,
    )


async def look_again(tx: Transaction, conversation_id: UUID) -> None:
    """Have a conversation looked at, if something is known of it."""
    if await queries.signals_of(tx, conversation_id):
        await ask_for_look(tx, conversation_id)


async def look_at(tx: Transaction, *, conversation_id: UUID) -> None:
    """Work out what calls for somebody in a conversation now, and say what has changed."""
    await tx.run(_LOCK, conversation_id)
    rows = await conversations.rows(tx, [conversation_id], None)
    if not rows:
        return
    row = rows[0]
    care = await queries.fresh_care(tx)
    now = {one.kind: one for one in signals(await _case(tx, row), care.watch, tx.now)}
    known = {one.kind: one for one in await queries.signals_of(tx, conversation_id)}
    for kind, before in known.items():
        if kind not in now:
            await _over(tx, row, before)
    for kind, signal in now.items():
        await _keep(tx, row, signal, known.get(kind))
    if now:
        await tx.run(_SEEN, conversation_id, row.version)
        await _look_later(tx, row, care.watch.silent_s)
    else:
        await tx.run(_FORGET, conversation_id)


async def _case(tx: Transaction, row: ConversationRow) -> Case:
    if row.state == "closed":
        return Case(state="closed", lines=())
    said = await conversations.transcript(tx, row.id, READ_BACK)
    leg = await routing.active_leg(tx, row.id) if row.state in ("waiting", "serving") else None
    waiting = leg if row.state == "waiting" else None
    session = await queries.session_of(tx, row.id)
    return Case(
        state=row.state,
        lines=[_line(one) for one in said],
        awaiting_since=row.awaiting_since,
        attended=row.snoozed_until is None and (waiting is None or waiting.live),
        unsolved=session.unsolved,
        transfers=leg.transfers if leg else 0,
        here_since=leg.entered_at if leg else None,
        warn_at=row.warn_at,
        due_at=row.due_at,
    )


def _line(said: Message) -> Line:
    asked = said.code == "staff_context" and (said.params or {}).get("why") == "asked"
    return Line(said.kind, said.at, said.text, said.code, asked)


async def _keep(
    tx: Transaction, row: ConversationRow, signal: Signal, before: SignalRow | None
) -> None:
    dismissed = before is not None and before.dismissed_at is not None
    if before is not None and before.dismissed_at and signal.last_at <= before.dismissed_at:
        return
    same = before is not None and (before.level, before.times, before.since, before.last_at) == (
        signal.level, signal.times, signal.since, signal.last_at
    )  # fmt: skip
    if same and not dismissed:
        return
    values = signal.level, signal.times, signal.since, signal.last_at
    await tx.run(_KEEP, row.id, signal.kind, *values)
    if before is None or dismissed or signal.level > before.level:
        await record(
            tx,
            InterventionNeeded(
                conversation_id=row.id,
                queue_id=row.queue_id,
                kind=signal.kind,
                level=signal.level,
                times=signal.times,
            ),
        )


async def _over(tx: Transaction, row: ConversationRow, before: SignalRow) -> None:
    await tx.run(_DROP, row.id, before.kind)
    if before.dismissed_at is None:
        why = "closed" if row.state == "closed" else "cause_gone"
        over = InterventionOver(
            conversation_id=row.id, queue_id=row.queue_id, kind=before.kind, why=why
        )
        await record(tx, over)


async def _look_later(tx: Transaction, row: ConversationRow, silent_s: int) -> None:
    """Look again when time alone makes it worse; a change of the conversation is seen anyhow."""
    moments = [at for at in (row.warn_at, row.due_at) if at is not None]
    if row.awaiting_since is not None:
        moments += [row.awaiting_since + timedelta(seconds=silent_s * n) for n in (1, 2)]
    coming = [at for at in moments if at > tx.now]
    if coming:
        await enqueue(
            tx,
            "assist.look_in_time",
            run_at=min(coming),
            unique_key=str(row.id),
            conversation_id=row.id,
        )


async def look_around(tx: Transaction, *, after: UUID | None = None) -> None:
    """Look again where something has changed, and where a customer has waited too long.

    Costs two small reads while nothing is wrong; nothing of it runs with a message.
    """
    watched = await tx.all(_Watched, _WATCHED, after, AT_A_TIME)
    now = await conversations.versions(tx, [one.conversation_id for one in watched])
    for one in watched:
        if now.get(one.conversation_id) != one.seen_version:
            await ask_for_look(tx, one.conversation_id)
    if len(watched) == AT_A_TIME:
        await enqueue(tx, "assist.look_around", after=watched[-1].conversation_id)
    if after is not None:
        return
    rules = (await queries.fresh_care(tx)).watch
    if rules.silent:
        known = {one.conversation_id for one in watched if one.silent}
        before = tx.now - timedelta(seconds=rules.silent_s)
        for conversation_id in await routing.waiting_since(tx, before, AT_A_TIME):
            if conversation_id not in known:
                await ask_for_look(tx, conversation_id)


async def dismiss(
    tx: Transaction,
    *,
    conversation_id: UUID,
    kinds: list[str],
    why: Why,
    note: str,
    by: Actor,
) -> None:
    """Say that reasons which were looked at call for nobody; once for each cause.

    Errors: ConversationNotFound, SignalStale (none of the reasons stands any more).
    """
    row = await conversations.need_conversation(tx, conversation_id, by)
    await tx.run(_LOCK, conversation_id)
    known = await queries.signals_of(tx, conversation_id)
    shown = {one.kind for one in known if one.kind in kinds}
    still = tuple(sorted(one.kind for one in known if one.kind in kinds and not one.dismissed_at))
    if not shown:
        raise SignalStale
    if not still:
        return
    await tx.run(_DISMISS, conversation_id, list(still), tx.now, by.id, why, note.strip() or None)
    assert by.id is not None
    await record(
        tx,
        InterventionDismissed(
            conversation_id=conversation_id,
            agent_id=by.id,
            leg_id=row.leg_id if row.agent_id == by.id else None,
            kinds=still,
            why=why,
        ),
    )


async def restore(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Take back one's own dismissal of a moment ago. Errors: ConversationNotFound."""
    row = await conversations.need_conversation(tx, conversation_id, by)
    await tx.run(_LOCK, conversation_id)
    back = await tx.all(_Kind, _RESTORE, conversation_id, by.id, tx.now - RESTORED_WITHIN)
    if not back or by.id is None:
        return
    await record(
        tx,
        InterventionRestored(
            conversation_id=conversation_id,
            agent_id=by.id,
            leg_id=row.leg_id if row.agent_id == by.id else None,
            kinds=tuple(sorted(one.kind for one in back)),
        ),
    )
    await ask_for_look(tx, conversation_id)
