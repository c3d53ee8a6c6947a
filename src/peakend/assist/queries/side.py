"""Side threads: who may read them, and what is new in them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.assist.models import NOTE_COLUMNS, THREAD_COLUMNS, SideNoteRow, SideThreadRow
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRow, Message
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

MOST_THREADS = 20
MOST_NOTES = 100
READ_ALONG = 30

_ONE = f"""
SELECT {THREAD_COLUMNS} FROM side_thread t
WHERE t.organisation_id = current_organisation() AND t.id = $1
"""  # noqa: S608 (names of columns only)
_OF_CONVERSATION = f"""
SELECT {THREAD_COLUMNS} FROM side_thread t
WHERE t.organisation_id = current_organisation() AND t.conversation_id = $1
ORDER BY t.last_at DESC LIMIT $2
"""  # noqa: S608 (names of columns only)
_MINE = f"""
SELECT {THREAD_COLUMNS} FROM side_seat s
JOIN side_thread t ON t.organisation_id = s.organisation_id AND t.id = s.thread_id
WHERE s.organisation_id = current_organisation() AND s.member_id = $1
  AND (t.resolved_at IS NULL OR s.read_seq < t.last_seq) AND t.last_at > $2
ORDER BY t.last_at DESC LIMIT $3
"""  # noqa: S608 (names of columns only)
_NOTES = f"""
SELECT {NOTE_COLUMNS} FROM unnest($1::uuid[]) w (id)
CROSS JOIN LATERAL (
    SELECT * FROM side_note
    WHERE organisation_id = current_organisation() AND thread_id = w.id
    ORDER BY seq DESC LIMIT $2) n
ORDER BY n.thread_id, n.seq
"""  # noqa: S608 (names of columns only)
_SEATS = """
SELECT thread_id, member_id, read_seq FROM side_seat
WHERE organisation_id = current_organisation() AND thread_id = ANY($1::uuid[])
ORDER BY thread_id, member_id
"""


class SideThreadNotFound(NotFound):
    """There is no such side thread for this person."""

    wording = "assist.side_thread_not_found"


class Seat(msgspec.Struct, frozen=True):
    """Who takes part, and how far they have read."""

    thread_id: UUID
    member_id: UUID
    read_seq: int


class SidePerson(msgspec.Struct, frozen=True):
    """Somebody who takes part in a side thread."""

    id: UUID
    name: str
    read_seq: int


class SideNote(msgspec.Struct, frozen=True):
    """A line of a side thread."""

    seq: int
    member_id: UUID
    name: str
    text: str
    at: datetime


class SideThread(msgspec.Struct, frozen=True, kw_only=True):
    """What is said beside a conversation; `unread` counts for who asks."""

    id: UUID
    conversation_id: UUID
    kind: Literal["whisper", "question"]
    opened_by: UUID
    at: datetime
    last_at: datetime
    resolved_at: datetime | None
    people: list[SidePerson]
    notes: list[SideNote]
    unread: int
    may_write: bool


class SideView(msgspec.Struct, frozen=True):
    """A side thread with the conversation it is about, for a colleague who was asked."""

    thread: SideThread
    conversation: ConversationRow
    messages: list[Message]


async def need_side_thread(
    tx: Transaction, thread_id: UUID, actor: Actor, *, lock: bool = False
) -> SideThreadRow:
    """Return a side thread that the actor may read. Errors: SideThreadNotFound."""
    row = await tx.one(SideThreadRow, f"{_ONE} FOR UPDATE" if lock else _ONE, thread_id)
    if row is None:
        raise SideThreadNotFound
    if not await _may_read(tx, row, actor):
        raise SideThreadNotFound
    return row


async def _may_read(tx: Transaction, row: SideThreadRow, actor: Actor) -> bool:
    if actor.id in {seat.member_id for seat in await seats_of(tx, [row.id])}:
        return True
    if row.kind == "whisper":
        return actor.kind != "visitor" and actor.may("conversations.take_over")
    try:
        await conversations.need_conversation(tx, row.conversation_id, actor)
    except conversations.ConversationNotFound:
        return False
    return actor.kind != "visitor"


async def seats_of(tx: Transaction, thread_ids: Collection[UUID]) -> list[Seat]:
    """Return who takes part in side threads."""
    return await tx.all(Seat, _SEATS, list(thread_ids))


async def side_threads(tx: Transaction, conversation_id: UUID, actor: Actor) -> list[SideThread]:
    """Return what is said beside a conversation, newest first. Errors: ConversationNotFound."""
    await conversations.need_conversation(tx, conversation_id, actor)
    rows = await tx.all(SideThreadRow, _OF_CONVERSATION, conversation_id, MOST_THREADS)
    leads = actor.may("conversations.take_over")
    shown = await _shown(tx, rows, actor)
    return [
        one
        for one in shown
        if one.kind == "question" or leads or actor.id in {person.id for person in one.people}
    ]


async def my_side_threads(tx: Transaction, actor: Actor, since: datetime) -> list[SideThread]:
    """Return the side threads that are open for a person, or hold something unread."""
    rows = await tx.all(SideThreadRow, _MINE, actor.id, since, MOST_THREADS)
    return await _shown(tx, rows, actor)


async def side_view(tx: Transaction, thread_id: UUID, actor: Actor) -> SideView:
    """Return a side thread with the newest messages of its conversation.

    Who was asked may read along for as long as the thread is there, also where the conversation
    is in a queue of others. Errors: SideThreadNotFound.
    """
    row = await need_side_thread(tx, thread_id, actor)
    thread = (await _shown(tx, [row], actor))[0]
    about = await conversations.rows(tx, [row.conversation_id], None)
    said = await conversations.transcript(tx, row.conversation_id, READ_ALONG)
    return SideView(thread, about[0], said)


async def _shown(tx: Transaction, rows: Sequence[SideThreadRow], actor: Actor) -> list[SideThread]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    seats: dict[UUID, list[Seat]] = defaultdict(list)
    for seat in await seats_of(tx, ids):
        seats[seat.thread_id].append(seat)
    notes: dict[UUID, list[SideNoteRow]] = defaultdict(list)
    for note in await tx.all(SideNoteRow, _NOTES, ids, MOST_NOTES):
        notes[note.thread_id].append(note)
    people = {seat.member_id for some in seats.values() for seat in some}
    names = await member_briefs(
        tx, people | {note.member_id for some in notes.values() for note in some}
    )

    def name(member_id: UUID) -> str:
        return names[member_id].name if member_id in names else ""

    def thread(row: SideThreadRow) -> SideThread:
        mine = next((seat for seat in seats[row.id] if seat.member_id == actor.id), None)
        unseen = sum(
            note.seq > mine.read_seq and note.member_id != actor.id for note in notes[row.id]
        ) if mine else 0  # fmt: skip
        return SideThread(
            id=row.id,
            conversation_id=row.conversation_id,
            kind="whisper" if row.kind == "whisper" else "question",
            opened_by=row.opened_by,
            at=row.at,
            last_at=row.last_at,
            resolved_at=row.resolved_at,
            people=[
                SidePerson(seat.member_id, name(seat.member_id), seat.read_seq)
                for seat in seats[row.id]
            ],
            notes=[
                SideNote(note.seq, note.member_id, name(note.member_id), note.text, note.at)
                for note in notes[row.id]
            ],
            unread=unseen,
            may_write=mine is not None or row.kind == "question",
        )

    return [thread(row) for row in rows]
