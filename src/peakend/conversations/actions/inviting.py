"""Inviting somebody on the site to chat, and what becomes of it.

The surprise: opening the window is the yes. Who gives the conversation to its agent stands above,
in `routing`; here an invitation only begins and ends.
"""

from datetime import timedelta
from uuid import UUID

from peakend.conversations.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
    VisitorInvited,
)
from peakend.conversations.models.browsing import InvitationRecord
from peakend.conversations.ports import provided
from peakend.conversations.queries.browsing import INVITATION_COLUMNS, need_visitor_here
from peakend.conversations.queries.settings import need_channel
from peakend.conversations.rules.inviting import LONGEST_WORDS, OPEN_FOR, caps_of
from peakend.conversations.rules.texts import cleaned, is_text
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, TooMany
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

KEPT = timedelta(days=30)
AT_ONCE = 500

_KNOWN = """
SELECT id FROM chat_invitation
WHERE organisation_id = current_organisation() AND member_id = $1 AND client_id = $2
"""
_LATELY = """
SELECT count(*) FROM chat_invitation
WHERE organisation_id = current_organisation() AND member_id = $1 AND at > $2
"""
_INVITE = """
INSERT INTO chat_invitation (id, channel_id, tab_id, member_id, client_id, text, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_OPEN = f"""
SELECT {INVITATION_COLUMNS} FROM chat_invitation i
WHERE i.organisation_id = current_organisation() AND i.tab_id = $1 AND i.channel_id = $2
  AND i.state = 'sent' AND i.at > $3
FOR UPDATE
"""  # noqa: S608 (names of columns only)
_END = """
UPDATE chat_invitation SET state = $2, text = '', ended_at = $3, conversation_id = $4
WHERE organisation_id = current_organisation() AND id = $1
"""
_EXPIRED = f"""
SELECT {INVITATION_COLUMNS} FROM chat_invitation i
WHERE i.organisation_id = current_organisation() AND i.state = 'sent' AND i.at <= $1
ORDER BY i.at
LIMIT $2
FOR UPDATE SKIP LOCKED
"""  # noqa: S608 (names of columns only)


class NoWords(Invalid):
    """An invitation says something, and not much."""

    wording = "conversations.invitation_words"


class NotInvitedNow(Conflict):
    """The visitor is not invited now; the code says why."""

    wording = "conversations.not_invited.asked"


class InvitationsOff(NotInvitedNow):
    """The house does not invite on this channel."""

    wording = "conversations.not_invited.off"


class NobodyThere(NotInvitedNow):
    """Outside business hours nobody is invited."""

    wording = "conversations.not_invited.closed"


class AlreadyTalking(NotInvitedNow):
    """The visitor is in a conversation."""

    wording = "conversations.not_invited.talking"


class SaidNo(NotInvitedNow):
    """The visitor said no not long ago."""

    wording = "conversations.not_invited.refused"


class TooManyInvitations(TooMany):
    """One agent invites only so many in a minute."""

    wording = "conversations.not_invited.too_many"


_WHY: dict[str, type[NotInvitedNow]] = {
    "off": InvitationsOff,
    "closed": NobodyThere,
    "talking": AlreadyTalking,
    "refused": SaidNo,
    "asked": NotInvitedNow,
}


async def invite_visitor(
    tx: Transaction, *, tab_id: UUID, text: str, client_id: UUID, by: Actor
) -> UUID:
    """Show somebody on the site a few words of an agent, once for each client id.

    Errors: VisitorNotHere, NoWords, NotInvitedNow and its kinds, TooManyInvitations, and what the
    house says of the wording.
    """
    assert by.id is not None
    words = cleaned(text).strip() if is_text(text) else ""
    if not words or len(words) > LONGEST_WORDS:
        raise NoWords(fields={"text": "invalid"})
    # One agent after the other's own: the count below is that of a minute, not of a race.
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"invite/{by.id}")
    known: UUID | None = await tx.value(_KNOWN, by.id, client_id)
    if known is not None:
        return known
    visitor = await need_visitor_here(tx, tab_id, by)
    if visitor.not_now is not None:
        raise _WHY[visitor.not_now]
    channel = await need_channel(tx, visitor.channel_id)
    lately = await tx.value(_LATELY, by.id, tx.now - timedelta(minutes=1))
    if lately >= caps_of(channel.look).per_min:
        raise TooManyInvitations(retry_after_s=60)
    await _need_good(tx, words, by, channel.queue_id)
    invitation_id = new_id(tx.now)
    await tx.run(_INVITE, invitation_id, channel.id, tab_id, by.id, client_id, words, tx.now)
    await record(
        tx,
        VisitorInvited(
            invitation_id=invitation_id,
            channel_id=channel.id,
            queue_id=channel.queue_id,
            agent_id=by.id,
            length=len(words),
        ),
    )
    return invitation_id


async def _need_good(tx: Transaction, words: str, by: Actor, queue_id: UUID | None) -> None:
    """Hold an invitation to what holds for a reply, before anybody reads it."""
    if provided.wording is not None:
        await provided.wording(tx, words)
    if provided.approval is not None:
        await provided.approval(tx, by=by, queue_id=None, posted=False)
        await provided.approval(tx, by=by, queue_id=queue_id, posted=True)


async def open_tab(
    tx: Transaction, *, tab_id: UUID, channel_id: UUID, customer_id: UUID
) -> InvitationRecord | None:
    """Note whose window was opened in a tab, and return the invitation that waits there, locked."""
    await tx.run(
        "UPDATE browsing SET customer_id = $3 WHERE organisation_id = current_organisation() "
        "AND id = $1 AND channel_id = $2",
        tab_id,
        channel_id,
        customer_id,
    )
    return await tx.one(InvitationRecord, _OPEN, tab_id, channel_id, tx.now - OPEN_FOR)


async def accepted(
    tx: Transaction,
    invitation: InvitationRecord,
    *,
    conversation_id: UUID,
    customer_id: UUID,
    leg_id: UUID | None,
) -> None:
    """Note that an invitation led into a conversation; without a leg it was there already."""
    await tx.run(_END, invitation.id, "accepted", tx.now, conversation_id)
    channel = await need_channel(tx, invitation.channel_id)
    await record(
        tx,
        InvitationAccepted(
            invitation_id=invitation.id,
            channel_id=channel.id,
            queue_id=channel.queue_id,
            agent_id=invitation.member_id,
            leg_id=leg_id,
            conversation_id=conversation_id,
            customer_id=customer_id,
            began=leg_id is not None,
            after_s=_after_s(tx, invitation),
        ),
    )


async def decline_invitation(tx: Transaction, *, tab_id: UUID, channel_id: UUID) -> None:
    """Note that a visitor closed the invitation; nothing where none waits."""
    row = await tx.one(InvitationRecord, _OPEN, tab_id, channel_id, tx.now - OPEN_FOR)
    if row is None:
        return
    await tx.run(_END, row.id, "declined", tx.now, None)
    channel = await need_channel(tx, channel_id)
    await record(
        tx,
        InvitationDeclined(
            invitation_id=row.id,
            channel_id=channel_id,
            queue_id=channel.queue_id,
            agent_id=row.member_id,
            after_s=_after_s(tx, row),
        ),
    )


async def expire_invitations(tx: Transaction) -> None:
    """End what nobody answered in time, and forget what is long over."""
    for row in await tx.all(InvitationRecord, _EXPIRED, tx.now - OPEN_FOR, AT_ONCE):
        await tx.run(_END, row.id, "expired", tx.now, None)
        channel = await need_channel(tx, row.channel_id)
        await record(
            tx,
            InvitationExpired(
                invitation_id=row.id,
                channel_id=row.channel_id,
                queue_id=channel.queue_id,
                agent_id=row.member_id,
            ),
        )
    await tx.run(
        "DELETE FROM chat_invitation WHERE organisation_id = current_organisation() "
        "AND state <> 'sent' AND at < $1",
        tx.now - KEPT,
    )


def _after_s(tx: Transaction, invitation: InvitationRecord) -> int:
    return max(0, int((tx.now - invitation.at).total_seconds()))
