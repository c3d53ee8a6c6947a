"""Taking a message back within two minutes, and putting signs to messages.

What a recalled message said moves to a table of its own and its row becomes empty, so that no
list, search, preview or quote can show it by mistake.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.conversations.actions.posting import PREVIEW_LENGTH
from peakend.conversations.actions.quoting import MessageIsGone
from peakend.conversations.events import (
    MessageReacted,
    MessageRecalled,
    QuoteEmptied,
    RecalledMessageShown,
)
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import NotYours, need_conversation, visible
from peakend.conversations.queries.quotes import MessageNotFound, Quoted, need_message
from peakend.conversations.rules.answering import MAIL
from peakend.conversations.rules.states import leads
from peakend.conversations.rules.talking import (
    OWN,
    SAID,
    Reaction,
    in_time_to_recall,
    with_reaction,
)
from peakend.conversations.rules.texts import one_line
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.files import File, file_url, withdraw_files
from peakend.kernel.ids import new_id
from peakend.kernel.scans import Scan, scan_of_kept, scans_of_kept
from peakend.language.queries import shortened
from peakend.mail.actions import take_answer_back

MOST_QUOTED_IN = 100
LONGEST_REASON = 200

_KEEP = """
INSERT INTO recalled_message (message_id, conversation_id, text, files, recalled_at)
SELECT m.id, m.conversation_id, m.text, m.files, $2
FROM message m WHERE m.organisation_id = current_organisation() AND m.id = $1
"""

_EMPTY = """
UPDATE message SET
    text = '', files = NULL, sources = NULL, mentions = NULL, article_id = NULL, reply_to = NULL,
    reactions = NULL, code = NULL, params = NULL, lexemes = array_to_tsvector('{}'::text[]),
    recalled_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""

_MAIL = """
SELECT params ->> 'mail_id' FROM message
WHERE organisation_id = current_organisation() AND id = $1 AND code = 'mail'
"""

_LAST_SAID = """
SELECT m.kind, left(m.text, 400) AS text, m.files FROM message m
WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
  AND m.kind NOT IN ('note', 'system') AND m.recalled_at IS NULL
ORDER BY m.seq DESC LIMIT 1
"""

_PREVIEW = """
UPDATE conversation SET preview = $2, preview_kind = $3, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""

# Whose only answer was taken back waits again: since the words that nobody has answered, or, where
# the answer followed a hand-over, since then.
_WAITS_AGAIN = """
UPDATE conversation c SET
    awaiting_since = least(
        c.awaiting_since,
        coalesce(asked.at, $2::timestamptz - c.last_wait_ms * interval '1 millisecond')
    ),
    first_reply_at = CASE WHEN c.first_reply_at < $2 THEN c.first_reply_at END
FROM (
    SELECT min(m.at) AS at FROM message m
    WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
      AND m.kind = 'customer' AND m.recalled_at IS NULL AND m.seq > (
          SELECT coalesce(max(a.seq), 0) FROM message a
          WHERE a.organisation_id = current_organisation() AND a.conversation_id = $1
            AND a.kind IN ('agent', 'digital') AND a.recalled_at IS NULL
      )
) asked
WHERE c.organisation_id = current_organisation() AND c.id = $1
  AND c.state IN ('waiting', 'serving') AND num_nonnulls(asked.at, c.last_wait_ms) > 0
  AND NOT EXISTS (
      SELECT FROM message m
      WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
        AND m.seq > $3 AND m.kind = 'agent' AND m.recalled_at IS NULL
  )
"""

_QUOTED_IN = """
SELECT id, conversation_id FROM message
WHERE organisation_id = current_organisation() AND reply_to = $1
ORDER BY id LIMIT $2
"""

_REACTIONS = """
SELECT coalesce(reactions, '[]') FROM message
WHERE organisation_id = current_organisation() AND id = $1
FOR NO KEY UPDATE
"""


class TooLateToRecall(Conflict):
    """Two minutes are over."""

    wording = "conversations.too_late_to_recall"


class NotYourMessage(Conflict):
    """Somebody else wrote it."""

    wording = "conversations.not_your_message"


class NoReaction(Conflict):
    """The message takes no sign, or no more of them."""

    wording = "conversations.no_reaction"


class ReasonMissing(Invalid):
    """What was taken back is shown for a reason only."""

    wording = "conversations.reason_missing"


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """What a recalled message said."""

    text: str
    files: list[File]
    recalled_at: datetime


class _Quoting(msgspec.Struct, frozen=True):
    id: UUID
    conversation_id: UUID


class _Kept(msgspec.Struct, frozen=True):
    text: str
    files: list[dict[str, Any]] | None
    recalled_at: datetime


class _Said(msgspec.Struct, frozen=True):
    kind: str
    text: str
    files: list[dict[str, Any]] | None


async def recall(tx: Transaction, *, message_id: UUID, by: Actor) -> UUID:
    """Take one's own message back and return its conversation; doing it twice does nothing.

    A mail can be taken back until somebody hands it over. Errors: MessageNotFound, NotYourMessage,
    TooLateToRecall, HandedOver.
    """
    found, row = await found_message(tx, message_id, by)
    # A customer who was merged goes by another id since; the conversation says whose words it are.
    is_own = found.kind == "customer" if by.kind == "visitor" else found.author_id == by.id
    # A mail cannot be called back from where it was written, by nobody.
    if found.kind not in OWN or not is_own or (found.kind == "customer" and found.code == MAIL):
        raise NotYourMessage
    if found.recalled:
        return row.id
    if not in_time_to_recall(found.at, tx.now):
        raise TooLateToRecall
    if found.kind == "agent" and (mail_id := await tx.value(_MAIL, message_id)) is not None:
        await take_answer_back(tx, mail_id=UUID(mail_id))
    await take_back(tx, found, row, by)
    return row.id


async def take_back(
    tx: Transaction, found: Quoted, row: ConversationRecord, by: Actor, *, files_too: bool = True
) -> None:
    """Empty a message in its locked conversation; what it said is kept apart.

    Links to its files lead nowhere then, unless who wrote it goes on with them.
    """
    message_id = found.id
    await tx.run(_KEEP, message_id, tx.now)
    await tx.run(_EMPTY, message_id, tx.now)
    if found.files and files_too:
        await withdraw_files(tx, [UUID(str(file["id"])) for file in found.files])
    if found.kind != "note":
        await _preview_anew(tx, row.id)
    if found.kind == "agent":
        await tx.run(_WAITS_AGAIN, row.id, found.at, found.seq)
    agent_id, leg_id = _hand(row, by)
    await record(
        tx,
        MessageRecalled(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            message_id=message_id,
            seq=found.seq,
            kind=found.kind,
            after_s=max(0, int((tx.now - found.at).total_seconds())),
            agent_id=agent_id,
            leg_id=leg_id,
        ),
    )
    for one in await tx.all(_Quoting, _QUOTED_IN, message_id, MOST_QUOTED_IN):
        await record(
            tx,
            QuoteEmptied(
                conversation_id=one.conversation_id, message_id=one.id, recalled_id=message_id
            ),
        )


async def react(tx: Transaction, *, message_id: UUID, reaction: Reaction | None, by: Actor) -> UUID:
    """Put a sign to a message, one for each person, or take it away; return the conversation.

    What the customer sees takes signs of who holds the conversation only. Errors: MessageNotFound,
    MessageIsGone, NotYours, NoReaction.
    """
    found, row = await found_message(tx, message_id, by)
    if found.recalled:
        raise MessageIsGone
    if found.kind not in SAID and not (found.kind == "note" and by.kind == "member"):
        raise NoReaction
    if by.kind == "member" and found.kind != "note" and not _answers_for(row, by):
        raise NotYours
    known = await tx.value(_REACTIONS, message_id)
    who = "customer" if by.kind == "visitor" else str(by.id)
    now = with_reaction(known, who, reaction)
    if now is None:
        raise NoReaction
    if now == known:
        return row.id
    await tx.run(
        "UPDATE message SET reactions = $2 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        message_id,
        now or None,
    )
    agent_id, leg_id = _hand(row, by)
    await record(
        tx,
        MessageReacted(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            message_id=message_id,
            seq=found.seq,
            reaction=reaction,
            agent_id=agent_id,
            leg_id=leg_id,
        ),
    )
    return row.id


async def original(tx: Transaction, *, message_id: UUID, reason: str, by: Actor) -> Original:
    """Return what a recalled message said, and write down who asked and why.

    Errors: MessageNotFound, ReasonMissing.
    """
    why = one_line(reason, LONGEST_REASON)
    if len(why) < 2:
        raise ReasonMissing(fields={"reason": "short"})
    found, row = await found_message(tx, message_id, by)
    kept = await tx.one(
        _Kept,
        "SELECT text, files, recalled_at FROM recalled_message "
        "WHERE organisation_id = current_organisation() AND message_id = $1",
        message_id,
    )
    if kept is None:
        raise MessageNotFound
    await tx.run(
        "INSERT INTO recalled_look (id, conversation_id, message_id, member_id, reason, at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), row.id, message_id, by.id, why, tx.now,
    )  # fmt: skip
    await audit(tx, "message.original_shown", "message", message_id, {"seq": found.seq})
    await record(
        tx,
        RecalledMessageShown(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            message_id=message_id,
            seq=found.seq,
            agent_id=by.id,
        ),
    )
    scans = await scans_of_kept(tx, kept.files or ())
    files = [_withdrawn(tx, file, scan_of_kept(file, scans)) for file in kept.files or ()]
    return Original(text=kept.text, files=files, recalled_at=kept.recalled_at)


async def found_message(
    tx: Transaction, message_id: UUID, by: Actor
) -> tuple[Quoted, ConversationRecord]:
    """Return a message and its locked conversation if this actor may see both."""
    found = await need_message(tx, message_id)
    theirs = found.customer_id == by.customer_id and found.kind in SAID
    if not (theirs if by.kind == "visitor" else visible(by, found)):
        raise MessageNotFound
    row = await need_conversation(tx, found.conversation_id, by, lock=True)
    # Only now nobody else can change it any more.
    return await need_message(tx, message_id), row


def _answers_for(row: ConversationRecord, by: Actor) -> bool:
    return leads(by) or (row.agent_id is not None and row.agent_id == by.id)


def _hand(row: ConversationRecord, by: Actor) -> tuple[UUID | None, UUID | None]:
    """Return the member who acts, and the leg that is part of where it is the holder's."""
    if by.kind != "member":
        return None, None
    return by.id, row.leg_id if row.agent_id == by.id else None


async def _preview_anew(tx: Transaction, conversation_id: UUID) -> None:
    last = await tx.one(_Said, _LAST_SAID, conversation_id)
    text, kind = "", "customer"
    if last is not None:
        names = " ".join(str(file.get("name", "")) for file in last.files or ())
        text, kind = shortened(last.text or names, PREVIEW_LENGTH), last.kind
    await tx.run(_PREVIEW, conversation_id, text, kind)


def _withdrawn(tx: Transaction, file: dict[str, Any], scan: Scan) -> File:
    file_id = UUID(str(file["id"]))
    url = file_url(tx.organisation_id, file_id, file["name"], tx.now, withdrawn=True)
    url = "" if scan.held else url
    return File(
        id=file_id, name=file["name"], kind=file["kind"], mime=file["mime"], size=file["size"],
        width=file.get("width"), height=file.get("height"), url=url,
        thumb_url=f"{url}&t=1" if file.get("thumb") and url else None,
        scan=scan.scanned, finding=scan.finding,
    )  # fmt: skip
