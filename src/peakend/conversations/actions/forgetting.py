"""What conversations hold about persons, and how it goes: for one of them, or by its age.

A conversation stays as a row of numbers and states; its messages go, with the index that finds
them, and one line of the house's own says when and why.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.events import ConversationCleared
from peakend.conversations.queries.messages import REMOVED
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.files import remove_files
from peakend.kernel.ids import new_id
from peakend.kernel.personal import Age, Held, goes_with_age, holds
from peakend.mail.actions import forget_answers, forget_received

_LOCK = """
SELECT id, customer_id, channel_kind AS channel, last_seq FROM conversation
WHERE organisation_id = current_organisation() AND id = ANY($1)
ORDER BY id FOR NO KEY UPDATE
"""
# Messages, what was in those taken back, and the files of both.
_CLEAR = """
WITH gone AS (
    DELETE FROM message WHERE organisation_id = current_organisation() AND conversation_id = $1
    RETURNING id, files
), mails AS (
    DELETE FROM message_mail WHERE organisation_id = current_organisation()
      AND message_id IN (SELECT id FROM gone)
    RETURNING received_id
), called_so AS (
    UPDATE conversation_mail SET subject = ''
    WHERE organisation_id = current_organisation() AND conversation_id = $1
), called AS (
    DELETE FROM mention WHERE organisation_id = current_organisation()
      AND message_id IN (SELECT id FROM gone)
), kept AS (
    SELECT files FROM recalled_message
    WHERE organisation_id = current_organisation() AND conversation_id = $1
), emptied AS (
    UPDATE recalled_message SET text = '', files = NULL
    WHERE organisation_id = current_organisation() AND conversation_id = $1
), drafts AS (
    DELETE FROM draft WHERE organisation_id = current_organisation() AND conversation_id = $1
    RETURNING card
), joins AS (
    DELETE FROM conversation_join WHERE organisation_id = current_organisation()
      AND (into_id = $1 OR absorbed_id = $1)
)
SELECT (SELECT count(*) FROM gone) AS messages,
       (SELECT coalesce(array_agg(received_id), '{}') FROM mails
        WHERE received_id IS NOT NULL) AS received,
       (SELECT coalesce(array_agg(id), '{}') FROM gone) AS ids,
       (SELECT coalesce(array_agg(f ->> 'id'), '{}')
        FROM (SELECT files FROM gone UNION ALL SELECT files FROM kept) a,
             LATERAL jsonb_array_elements(a.files) f
        WHERE jsonb_typeof(a.files) = 'array')
       || (SELECT coalesce(array_agg(own), '{}')
           FROM drafts, LATERAL jsonb_array_elements_text(card -> 'own') own) AS files
"""
_LINE = """
WITH line AS (
    INSERT INTO message (conversation_id, seq, id, kind, text, author_kind, at, code, params,
                         lexemes)
    VALUES ($1, $2, $3, 'system', '', 'system', $4, $5, $6, array_to_tsvector('{}'::text[]))
)
UPDATE conversation SET
    preview = '', preview_kind = 'system', last_seq = $2, customer_read_seq = $2,
    customer_delivered_seq = $2, agent_read_seq = $2, unread = 0, recent_client_ids = '{}',
    cleared_at = $4, cleared_why = $7, layout = layout + 1, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_UNCLEARED = """
SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT id FROM conversation
    WHERE organisation_id = current_organisation() AND customer_id = ANY($1)
      AND cleared_why IS DISTINCT FROM 'erasure'
    ORDER BY opened_at LIMIT $2) c
"""


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    customer_id: UUID
    channel: str
    last_seq: int


class _Gone(msgspec.Struct, frozen=True):
    messages: int
    received: list[UUID]
    ids: list[UUID]
    files: list[str]


class Cleared(msgspec.Struct, frozen=True):
    """How much was removed with the messages of conversations."""

    messages: int
    files: int


async def clear_conversations(tx: Transaction, *, ids: list[UUID], why: str, on: date) -> Cleared:
    """Remove everything that was said in conversations; a line says when, `on`, and why.

    Doing it again changes nothing but the line.
    """
    messages = files = 0
    for row in await tx.all(_Row, _LOCK, sorted(ids)):
        gone = await tx.one(_Gone, _CLEAR, row.id)
        assert gone is not None
        files += await remove_files(tx, [UUID(one) for one in gone.files])
        await forget_received(tx, ids=gone.received)
        await forget_answers(tx, about=gone.ids)
        messages += gone.messages
        params = {"why": why, "on": on.isoformat(), "messages": gone.messages}
        await tx.run(_LINE, row.id, row.last_seq + 1, new_id(), tx.now, REMOVED, params, why)
        await record(
            tx,
            ConversationCleared(
                conversation_id=row.id,
                customer_id=row.customer_id,
                channel=row.channel,
                messages=gone.messages,
                why=why,
            ),
        )
    return Cleared(messages, files)


async def uncleared(tx: Transaction, customer_ids: list[UUID], limit: int) -> list[UUID]:
    """Return conversations of customers that were not erased yet, the oldest first."""
    found: list[UUID] = await tx.value(_UNCLEARED, customer_ids, limit)
    return found


def _of(table: str, columns: str) -> str:
    return (
        f"SELECT t.organisation_id, t.conversation_id, {columns} FROM {table} t "
        "WHERE t.organisation_id = current_organisation() AND t.conversation_id = ANY($1)"
    )


async def _forget_sites(tx: Transaction, ids: list[UUID]) -> int:
    """Forget who is on the site where a customer wrote: nobody knows which tab was his."""
    return await tx.run(
        "DELETE FROM browsing b USING conversation c"
        " WHERE b.organisation_id = current_organisation()"
        " AND c.organisation_id = b.organisation_id AND c.channel_id = b.channel_id"
        " AND c.customer_id = ANY($1)",
        ids,
    )


holds(
    # These go with `clear_conversations`, which the engine calls itself.
    Held(table="message", of="messages", about="conversation",
         find=_of("message", "t.seq, t.kind, t.text, t.author_kind, t.at, t.files, t.params,"
                  " t.reactions") + " AND t.code IS DISTINCT FROM 'staff_removed'"),
    Held(table="file", of="files", about="conversation", copied=False,
         find="SELECT f.value ->> 'name' AS name, (f.value ->> 'size')::bigint AS size"
         " FROM message t, LATERAL jsonb_array_elements(t.files) f"
         " WHERE t.organisation_id = current_organisation() AND t.conversation_id = ANY($1)"
         " AND jsonb_typeof(t.files) = 'array'"),
    Held(table="recalled_message", of="recalled", about="conversation",
         empties=("text", "files"),
         find=_of("recalled_message", "t.message_id, t.text, t.recalled_at") + " AND t.text <> ''"),
    Held(table="draft", of="drafts", about="conversation",
         find=_of("draft", "t.text, t.kind, t.card -> 'content' AS card, t.mail, t.updated_at")),
    Held(table="mention", of="messages", about="conversation", copied=False),
    Held(table="conversation_mail", of="messages", about="conversation", empties=("subject",),
         find=_of("conversation_mail", "t.subject") + " AND t.subject <> ''"),
    Held(table="conversation_join", of="messages", about="conversation", copied=False),
    Held(table="conversation", of="messages", about="conversation", empties=("preview",),
         stays=("channel_kind", "state", "language", "preview_kind", "closed_from", "priority",
                "cleared_why", "recent_client_ids"),
         find="SELECT t.organisation_id, t.number, t.channel_kind, t.state, t.language,"
         " t.opened_at, t.closed_at, t.rating FROM conversation t"
         " WHERE t.organisation_id = current_organisation() AND t.id = ANY($1)"
        " AND t.cleared_why IS DISTINCT FROM 'erasure'"),
    Held(table="recalled_look", of="reasons", about="conversation", empties=("reason",),
         erase="UPDATE recalled_look SET reason = ''"
         " WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)"
         " AND reason <> ''",
         find=_of("recalled_look", "t.reason, t.at") + " AND t.reason <> ''"),
    Held(table="browsing", of="visitors", about="customer", erase=_forget_sites, copied=False),
    Held(table="conversation_moved", of="customers", about="customer", copied=False,
         erase="DELETE FROM conversation_moved"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"),
)  # fmt: skip

_OLD = """
FROM conversation c
WHERE c.organisation_id = current_organisation() AND c.state = 'closed' AND c.closed_at < $1
  AND (c.cleared_at IS NULL OR c.cleared_at < c.closed_at)
  AND NOT on_hold(c.id) AND NOT on_hold(c.customer_id)
"""


async def _sweep_messages(tx: Transaction, before: datetime, limit: int) -> int:
    ids: list[UUID] = await tx.value(
        f"SELECT coalesce(array_agg(id), '{{}}') FROM (SELECT c.id {_OLD} LIMIT $2) o",
        before,
        limit,
    )
    await clear_conversations(tx, ids=ids, why="retention", on=tx.now.date())
    return len(ids)


async def _sweep_drafts(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM draft d WHERE d.organisation_id = current_organisation()"
        " AND (d.conversation_id, d.member_id, d.kind) IN ("
        "SELECT conversation_id, member_id, kind FROM draft"
        " WHERE organisation_id = current_organisation() AND updated_at < $1"
        " AND NOT on_hold(conversation_id) LIMIT $2)",
        before,
        limit,
    )


_FILES_OF_OLD = """
FROM conversation c
JOIN message m ON m.organisation_id = c.organisation_id AND m.conversation_id = c.id
WHERE c.organisation_id = current_organisation() AND c.state = 'closed' AND c.closed_at < $1
  AND jsonb_typeof(m.files) = 'array' AND m.files <> '[]'
  AND NOT on_hold(c.id) AND NOT on_hold(c.customer_id)
"""
# What stays says that there was a file: words in place of it, where there were none.
_WITHOUT = """
UPDATE message SET files = NULL, params = params - 'block',
    reactions = reactions, code = CASE WHEN text = '' THEN $3 ELSE code END
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND seq = $2
"""


class _WithFiles(msgspec.Struct, frozen=True):
    conversation_id: UUID
    seq: int
    files: list[dict[str, Any]]


async def _sweep_files(tx: Transaction, before: datetime, limit: int) -> int:
    found = await tx.all(
        _WithFiles,
        f"SELECT m.conversation_id, m.seq, m.files {_FILES_OF_OLD} LIMIT $2",
        before,
        limit,
    )
    for one in found:
        await remove_files(tx, [UUID(file["id"]) for file in one.files])
        await tx.run(_WITHOUT, one.conversation_id, one.seq, "file_removed")
    return len(found)


async def _sweep_recalled(tx: Transaction, before: datetime, limit: int) -> int:
    found = await tx.all(
        _Recalled,
        "UPDATE recalled_message r SET text = '', files = NULL"
        " FROM (SELECT message_id, files FROM recalled_message"
        "       WHERE organisation_id = current_organisation() AND recalled_at < $1"
        "         AND (text <> '' OR files IS NOT NULL) AND NOT on_hold(conversation_id)"
        "       LIMIT $2) o"
        " WHERE r.organisation_id = current_organisation() AND r.message_id = o.message_id"
        " RETURNING o.files",
        before,
        limit,
    )
    ids = [UUID(file["id"]) for one in found for file in one.files or ()]
    await remove_files(tx, ids)
    return len(found)


class _Recalled(msgspec.Struct, frozen=True):
    files: list[dict[str, Any]] | None


goes_with_age(
    Age(of="messages", least_d=30, sweep=_sweep_messages,
        count="SELECT count(*) AS n, min(c.closed_at) AS oldest" + _OLD),
    Age(of="files", least_d=30, sweep=_sweep_files,
        count="SELECT count(*) AS n, min(c.closed_at) AS oldest" + _FILES_OF_OLD),
    Age(of="recalled", least_d=7, days=180, sweep=_sweep_recalled,
        count="SELECT count(*) AS n, min(recalled_at) AS oldest FROM recalled_message"
        " WHERE organisation_id = current_organisation() AND recalled_at < $1"
        " AND (text <> '' OR files IS NOT NULL) AND NOT on_hold(conversation_id)"),
    Age(of="drafts", least_d=7, days=90, sweep=_sweep_drafts,
        count="SELECT count(*) AS n, min(updated_at) AS oldest FROM draft"
        " WHERE organisation_id = current_organisation() AND updated_at < $1"
        " AND NOT on_hold(conversation_id)"),
)  # fmt: skip
