"""Messages as callers see them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.conversations.models import MESSAGE_COLUMNS, ConversationRecord, MessageRecord
from peakend.conversations.queries.mail_states import Mails, MessageMail, message_mails
from peakend.conversations.queries.quotes import Quote, Quoted, quotes, shown_quote
from peakend.conversations.rules.states import Arrival, AuthorKind, Kind, message_state
from peakend.conversations.rules.talking import Reaction
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.files import File, file_url
from peakend.kernel.scans import Scans, scan_of_kept, scans_of_kept
from peakend.kernel.words import word

MOST_MESSAGES = 200
# The line in place of what was removed, and what stands where a file was. Worded here, as they are
# too rare to be among what every desk loads first.
REMOVED, FILE_REMOVED = "staff_removed", "file_removed"

_OF = f"""
SELECT {MESSAGE_COLUMNS} FROM message m
WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
"""  # noqa: S608 (names of columns only)
_NEWEST = _OF + " AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3"
_AFTER = _OF + " AND m.seq > $2 ORDER BY m.seq LIMIT $3"
_AFTER_OPEN = _OF + " AND m.seq > $2 AND m.kind <> 'note' ORDER BY m.seq LIMIT $3"
_NEWEST_OPEN = _OF + " AND m.seq < $2 AND m.kind <> 'note' ORDER BY m.seq DESC LIMIT $3"
# Recalled ones, those with signs, and those that quote: the newest of them before a place.
_CHANGED = (
    _OF
    + """ AND m.seq <= $2 AND m.seq > $2 - 50 AND m.kind <> 'note'
  AND (m.recalled_at IS NOT NULL OR m.reactions IS NOT NULL OR m.reply_to IS NOT NULL)
ORDER BY m.seq"""
)
_LAST_WORDS = """
SELECT l.id, w.text FROM unnest($1::uuid[]) AS l(id)
CROSS JOIN LATERAL (
    SELECT m.text FROM message m
    WHERE m.organisation_id = current_organisation() AND m.conversation_id = l.id
      AND m.kind = 'customer' AND m.text <> ''
    ORDER BY m.seq DESC LIMIT 1
) w
"""
_BY_ID = f"""
SELECT {MESSAGE_COLUMNS}, c.customer_read_seq AS read_seq,
       c.customer_delivered_seq AS delivered_seq, c.agent_read_seq AS agent_seq,
       c.customer_id AS customer_id
FROM message m
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE m.organisation_id = current_organisation() AND m.id = ANY($1::uuid[])
ORDER BY m.conversation_id, m.seq
"""  # noqa: S608 (names of columns only)


class Author(msgspec.Struct, frozen=True):
    """Who wrote a message."""

    kind: AuthorKind
    id: UUID | None
    name: str | None


class Source(msgspec.Struct, frozen=True):
    """An article that an answer stands on."""

    article_id: UUID | None
    title: str
    url: str | None = None
    slug: str | None = None


class ReactionShown(msgspec.Struct, frozen=True):
    """A sign that somebody put to a message."""

    code: Reaction
    author: Author


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as staff see it; the customer's name is in the row, not in `author.name`."""

    id: UUID
    conversation_id: UUID
    seq: int
    kind: Kind
    text: str
    author: Author
    at: datetime
    client_id: UUID | None
    files: list[File]
    sources: list[Source]
    mentions: list[UUID]
    code: str | None
    params: dict[str, Any] | None
    state: Arrival
    quote: Quote | None
    reactions: list[ReactionShown]
    recalled_at: datetime | None
    mail: MessageMail | None = None


class Marks(msgspec.Struct, frozen=True):
    """How far each side has come."""

    read: int
    delivered: int
    agent_read: int


class _Since(msgspec.Struct, frozen=True):
    id: UUID
    seq: int


class _Marked(MessageRecord, frozen=True):
    read_seq: int
    delivered_seq: int
    agent_seq: int
    customer_id: UUID


def marks_of(row: ConversationRecord) -> Marks:
    """Return how far each side of a conversation has come."""
    return Marks(row.customer_read_seq, row.customer_delivered_seq, row.agent_read_seq)


def shown_files(
    organisation_id: UUID, files: list[dict[str, Any]] | None, now: datetime, scans: Scans
) -> list[File]:
    """Return the files of a message with links that hold for two hours, and what was found."""
    return [_shown_file(organisation_id, file, now, scans) for file in files or ()]


def _shown_file(organisation_id: UUID, file: dict[str, Any], now: datetime, scans: Scans) -> File:
    scan = scan_of_kept(file, scans)
    url = "" if scan.held else file_url(organisation_id, UUID(file["id"]), file["name"], now)
    return File(
        id=UUID(file["id"]),
        name=file["name"],
        kind=file["kind"],
        mime=file["mime"],
        size=file["size"],
        width=file.get("width"),
        height=file.get("height"),
        url=url,
        thumb_url=f"{url}&t=1" if file.get("thumb") and url else None,
        scan=scan.scanned,
        finding=scan.finding,
    )


def shown_sources(sources: list[dict[str, Any]] | None) -> list[Source]:
    """Return the sources of an answer."""
    return [
        Source(
            article_id=UUID(str(source["article_id"])) if source.get("article_id") else None,
            title=str(source.get("title", "")),
            url=source.get("url"),
            slug=source.get("slug"),
        )
        for source in sources or ()
    ]


def shown(
    tx: Transaction,
    record: MessageRecord,
    marks: Marks,
    names: Mapping[UUID, str],
    found: Mapping[UUID, Quoted],
    mails: Mails | None = None,
    scans: Scans | None = None,
) -> Message:
    """Return a message as staff see it; `found` are the messages that are quoted."""
    return Message(
        id=record.id,
        conversation_id=record.conversation_id,
        seq=record.seq,
        kind=record.kind,
        text=record.text or _instead(record, tx.actor.language),
        author=Author(
            record.author_kind,
            record.author_id,
            names.get(record.author_id) if record.author_id else None,
        ),
        at=record.at,
        client_id=record.client_id,
        files=shown_files(tx.organisation_id, record.files, tx.now, scans or {}),
        sources=shown_sources(record.sources),
        mentions=record.mentions or [],
        code=record.code,
        params=record.params,
        state=message_state(
            record.kind,
            record.seq,
            read=marks.read,
            delivered=marks.delivered,
            agent_read=marks.agent_read,
        ),
        quote=shown_quote(record, found, names),
        reactions=[_reaction(one, names) for one in record.reactions or ()],
        recalled_at=record.recalled_at,
        mail=mails.get(record.id) if mails else None,
    )


def _instead(record: MessageRecord, language: str) -> str:
    """Return what is read in place of words or files that were removed; mostly nothing."""
    if record.code == REMOVED and record.params:
        key = f"conversations.removed.{record.params['why']}"
        return word(key, language, **record.params)
    return word("conversations.removed.file", language) if record.code == FILE_REMOVED else ""


def _reaction(one: dict[str, Any], names: Mapping[UUID, str]) -> ReactionShown:
    if one["by"] == "customer":
        return ReactionShown(one["code"], Author("customer", None, None))
    member_id = UUID(one["by"])
    return ReactionShown(one["code"], Author("member", member_id, names.get(member_id)))


async def author_names(
    tx: Transaction,
    records: Collection[MessageRecord],
    known: Mapping[UUID, str] | None = None,
    found: Mapping[UUID, Quoted] | None = None,
) -> Mapping[UUID, str]:
    """Return the names of the members whom these messages show, asking for those not known."""
    shown: list[MessageRecord | Quoted] = [*records, *(found or {}).values()]
    ids = {r.author_id for r in shown if r.author_kind == "member" and r.author_id}
    signs = [one["by"] for r in records for one in r.reactions or ()]
    ids |= {UUID(by) for by in signs if by != "customer"}
    if known and ids <= known.keys():
        return known
    if tx.actor.id in ids and len(ids) == 1 and tx.actor.name:
        return {tx.actor.id: tx.actor.name}
    return {member: brief.name for member, brief in (await member_briefs(tx, ids)).items()}


async def records_before(
    tx: Transaction, conversation_id: UUID, before_seq: int | None, limit: int, *, notes: bool
) -> list[MessageRecord]:
    """Return the newest messages before a place, oldest first."""
    sql = _NEWEST if notes else _NEWEST_OPEN
    before = 2**31 - 1 if before_seq is None else before_seq
    rows = await tx.all(MessageRecord, sql, conversation_id, before, limit)
    return rows[::-1]


async def records_after(
    tx: Transaction, conversation_id: UUID, after_seq: int, limit: int, *, notes: bool
) -> list[MessageRecord]:
    """Return the messages that follow a place, oldest first."""
    sql = _AFTER if notes else _AFTER_OPEN
    return await tx.all(MessageRecord, sql, conversation_id, after_seq, limit)


async def records_changed(
    tx: Transaction, conversation_id: UUID, until_seq: int
) -> list[MessageRecord]:
    """Return the messages up to a place that may show something else than when they came."""
    return await tx.all(MessageRecord, _CHANGED, conversation_id, until_seq)


async def messages(
    tx: Transaction,
    row: ConversationRecord,
    *,
    before_seq: int | None = None,
    after_seq: int | None = None,
    around_seq: int | None = None,
    limit: int = 50,
) -> list[Message]:
    """Return messages of a conversation that was already reached through `need_conversation`.

    Oldest first: the newest, those before or after a place, or those on both sides of it.
    """
    limit = max(1, min(limit, MOST_MESSAGES))
    if around_seq is not None:
        records = await records_before(tx, row.id, around_seq + 1, (limit + 1) // 2, notes=True)
        records += await records_after(tx, row.id, around_seq, limit // 2, notes=True)
    elif after_seq is not None:
        records = await records_after(tx, row.id, after_seq, limit, notes=True)
    else:
        records = await records_before(tx, row.id, before_seq, limit, notes=True)
    found = await quotes(tx, records)
    names = await author_names(tx, records, found=found)
    mails = await message_mails(tx, records)
    scans = await record_scans(tx, records)
    return [shown(tx, record, marks_of(row), names, found, mails, scans) for record in records]


async def record_scans(tx: Transaction, records: Collection[MessageRecord]) -> Scans:
    """Return what a scanner found in the files of messages."""
    return await scans_of_kept(tx, [file for one in records for file in one.files or ()])


async def messages_by_id(
    tx: Transaction,
    ids: Collection[UUID],
    actor: Actor | None = None,
    *,
    names: Mapping[UUID, str] | None = None,
) -> list[Message]:
    """Return messages by id in the order of their conversations; a visitor gets no notes.

    The caller has checked that the actor may see the conversations (`rows` does); `names` are
    those of members that it has already.
    """
    if not ids:
        return []
    records = await tx.all(_Marked, _BY_ID, list(ids))
    if actor is not None and actor.kind == "visitor":
        records = [r for r in records if r.kind != "note" and r.customer_id == actor.customer_id]
    found = await quotes(tx, records)
    names = await author_names(tx, records, names, found)
    mails = await message_mails(tx, records)
    scans = await record_scans(tx, records)
    return [
        shown(tx, r, Marks(r.read_seq, r.delivered_seq, r.agent_seq), names, found, mails, scans)
        for r in records
    ]


class _Words(msgspec.Struct, frozen=True):
    id: UUID
    text: str


async def last_words(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what the customer wrote last in each of these conversations.

    The caller has checked that the actor may see them.
    """
    rows = await tx.all(_Words, _LAST_WORDS, list(ids)) if ids else []
    return {row.id: row.text for row in rows}


async def customer_since(tx: Transaction, marks: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return where a customer wrote last, of the conversations where that is behind the mark."""
    if not marks:
        return {}
    rows = await tx.all(
        _Since,
        """
        SELECT asked.id, last.seq
        FROM unnest($1::uuid[], $2::int[]) AS asked (id, seq)
        CROSS JOIN LATERAL (
            SELECT m.seq FROM message m
            WHERE m.organisation_id = current_organisation() AND m.conversation_id = asked.id
              AND m.seq > asked.seq AND m.kind = 'customer'
            ORDER BY m.seq DESC LIMIT 1
        ) last
        """,
        list(marks),
        list(marks.values()),
    )
    return {row.id: row.seq for row in rows}


async def transcript(tx: Transaction, conversation_id: UUID, limit: int = 100) -> list[Message]:
    """Return the newest messages without notes, oldest first, for what reads along (assist)."""
    records = await records_before(tx, conversation_id, None, limit, notes=False)
    return [shown(tx, record, Marks(0, 0, 0), {}, {}) for record in records]


async def message_of(tx: Transaction, record: MessageRecord) -> Message:
    """Return a message just written, as its writer sees it: not read yet."""
    found = await quotes(tx, [record])
    names = await author_names(tx, [record], found=found)
    mails = await message_mails(tx, [record])
    scans = await record_scans(tx, [record])
    return shown(tx, record, Marks(0, 0, 0), names, found, mails, scans)
