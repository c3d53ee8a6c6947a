"""Beside the conversation: a supervisor whispers, an agent asks colleagues.

A thread's id is worked out from what it is about, or given by the client, so that a repeat adds
nothing; lines count within their thread, whose row is locked for it.
"""

from collections.abc import Collection
from uuid import UUID, uuid5

from peakend.accounts import queries as accounts
from peakend.assist.events import SideNoteWritten, SideThreadRead, SideThreadResolved
from peakend.assist.models import SideThreadRow
from peakend.assist.queries import SideThreadNotFound, need_side_thread, seats_of
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRecord
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record

MOST_ASKED = 8
LONGEST = 2_000

_OPEN = """
INSERT INTO side_thread (id, conversation_id, kind, opened_by, at, last_at)
VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING
"""
_SEAT = """
INSERT INTO side_seat (thread_id, member_id)
SELECT $1, member_id FROM unnest($2::uuid[]) AS m (member_id)
ON CONFLICT DO NOTHING
"""
_NEXT = """
UPDATE side_thread SET last_seq = last_seq + 1, last_at = $2, resolved_at = $3
WHERE organisation_id = current_organisation() AND id = $1
RETURNING last_seq
"""
_WRITE = """
INSERT INTO side_note (thread_id, seq, member_id, text, at, client_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_KNOWN = """
SELECT seq FROM side_note
WHERE organisation_id = current_organisation() AND thread_id = $1 AND client_id = $2
"""
_READ = """
UPDATE side_seat SET read_seq = $3
WHERE organisation_id = current_organisation() AND thread_id = $1 AND member_id = $2
  AND read_seq < $3
"""


class NobodyToWhisperTo(Conflict):
    """No agent holds the conversation, so nobody would hear it."""

    wording = "assist.nobody_to_whisper_to"


class NobodyAsked(Invalid):
    """A question needs a colleague who can read it."""

    wording = "assist.nobody_asked"


class EmptySideNote(Invalid):
    """There is nothing in it, or too much."""

    wording = "assist.empty_side_note"


class NotInThread(Refused):
    """Only who takes part writes there."""

    wording = "assist.not_in_thread"


async def whisper(
    tx: Transaction, *, conversation_id: UUID, client_id: UUID, text: str, by: Actor
) -> UUID:
    """Say something that only the agent who holds the conversation sees; return the thread.

    Errors: ConversationNotFound, NobodyToWhisperTo, EmptySideNote.
    """
    row = await conversations.need_conversation(tx, conversation_id, by)
    if row.state != "serving" or row.agent_id is None or row.agent_id == by.id:
        raise NobodyToWhisperTo
    assert by.id is not None
    thread_id = uuid5(conversation_id, f"whisper.{by.id}.{row.agent_id}")
    await _open(tx, thread_id, row, "whisper", by.id, {by.id, row.agent_id})
    await _write(tx, thread_id, row, client_id, text, by)
    return thread_id


async def ask(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    member_ids: list[UUID],
    text: str,
    by: Actor,
) -> UUID:
    """Ask colleagues beside the conversation; the client's id is the thread's.

    Errors: ConversationNotFound, NobodyAsked, EmptySideNote.
    """
    row = await conversations.need_conversation(tx, conversation_id, by)
    assert by.id is not None
    asked = [one for one in dict.fromkeys(member_ids) if one != by.id]
    briefs = await accounts.member_briefs(tx, asked)
    active = [one for one in asked if one in briefs and briefs[one].active]
    if not active or len(active) != len(asked) or len(asked) > MOST_ASKED:
        raise NobodyAsked(fields={"member_ids": "assist.nobody_asked"})
    await _open(tx, client_id, row, "question", by.id, {by.id, *active})
    thread = await need_side_thread(tx, client_id, by)
    if (thread.conversation_id, thread.opened_by) != (conversation_id, by.id):
        raise SideThreadNotFound
    await _write(tx, client_id, row, client_id, text, by)
    return client_id


async def add_side_note(
    tx: Transaction, *, thread_id: UUID, client_id: UUID, text: str, by: Actor
) -> None:
    """Add a line to a side thread; an answer of somebody who was asked resolves the question.

    Errors: SideThreadNotFound, NotInThread, EmptySideNote.
    """
    thread = await need_side_thread(tx, thread_id, by)
    seats = {seat.member_id for seat in await seats_of(tx, [thread_id])}
    if by.id not in seats:
        if thread.kind == "whisper":
            raise NotInThread
        assert by.id is not None
        await tx.run(_SEAT, thread_id, [by.id])
    system = Actor.system(tx.organisation_id)
    row = await conversations.need_conversation(tx, thread.conversation_id, system)
    await _write(tx, thread_id, row, client_id, text, by)


async def _open(
    tx: Transaction,
    thread_id: UUID,
    row: ConversationRecord,
    kind: str,
    opened_by: UUID,
    member_ids: Collection[UUID],
) -> None:
    if await tx.run(_OPEN, thread_id, row.id, kind, opened_by, tx.now):
        await tx.run(_SEAT, thread_id, sorted(member_ids))


async def _write(
    tx: Transaction,
    thread_id: UUID,
    row: ConversationRecord,
    client_id: UUID,
    text: str,
    by: Actor,
) -> None:
    kept = text.strip()
    if not kept or len(kept) > LONGEST or "\x00" in kept:
        raise EmptySideNote(fields={"text": "assist.empty_side_note"})
    system = Actor.system(tx.organisation_id)
    thread = await need_side_thread(tx, thread_id, system, lock=True)
    if await tx.value(_KNOWN, thread_id, client_id) is not None:
        return
    seq = await tx.value(_NEXT, thread_id, tx.now, _resolved(thread, tx, by))
    await tx.run(_WRITE, thread_id, seq, by.id, kept, tx.now, client_id)
    await tx.run(_READ, thread_id, by.id, seq)
    others = {seat.member_id for seat in await seats_of(tx, [thread_id])} - {by.id}
    assert by.id is not None
    await record(
        tx,
        SideNoteWritten(
            conversation_id=row.id,
            thread_id=thread_id,
            kind=thread.kind,
            seq=seq,
            agent_id=by.id,
            leg_id=_leg(row, by),
            member_ids=tuple(sorted(others)),
        ),
    )


def _resolved(thread: SideThreadRow, tx: Transaction, by: Actor) -> object:
    """Return when the question counts as answered: with the first word of somebody else."""
    if thread.kind == "whisper" or by.id == thread.opened_by:
        return None
    return tx.now


def _leg(row: ConversationRecord, by: Actor) -> UUID | None:
    return row.leg_id if row.agent_id == by.id else None


async def read_side_thread(tx: Transaction, *, thread_id: UUID, seq: int, by: Actor) -> None:
    """Remember how far a participant has read. Errors: SideThreadNotFound."""
    thread = await need_side_thread(tx, thread_id, by)
    if await tx.run(_READ, thread_id, by.id, min(seq, thread.last_seq)):
        row = await conversations.need_conversation(
            tx, thread.conversation_id, Actor.system(tx.organisation_id)
        )
        assert by.id is not None
        await record(
            tx,
            SideThreadRead(
                conversation_id=row.id,
                thread_id=thread_id,
                agent_id=by.id,
                leg_id=_leg(row, by),
                seq=min(seq, thread.last_seq),
            ),
        )


async def resolve_side_thread(
    tx: Transaction, *, thread_id: UUID, resolved: bool, by: Actor
) -> None:
    """Say that a question is answered, or that it is not. Errors: SideThreadNotFound."""
    thread = await need_side_thread(tx, thread_id, by, lock=True)
    if (thread.resolved_at is not None) == resolved:
        return
    await tx.run(
        "UPDATE side_thread SET resolved_at = $2 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        thread_id,
        tx.now if resolved else None,
    )
    system = Actor.system(tx.organisation_id)
    row = await conversations.need_conversation(tx, thread.conversation_id, system)
    assert by.id is not None
    await record(
        tx,
        SideThreadResolved(
            conversation_id=row.id,
            thread_id=thread_id,
            agent_id=by.id,
            leg_id=_leg(row, by),
            resolved=resolved,
        ),
    )
