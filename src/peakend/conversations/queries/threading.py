"""Finding the conversation of a mail, and the mail of a message."""

import hmac
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from peakend.conversations.models.mails import ConversationMail, MessageMail
from peakend.conversations.rules.threading import MAC_BYTES, header_digest, tag_for, untagged
from peakend.kernel.db import Transaction
from peakend.kernel.secrets import blind
from peakend.mail.queries import received_naming

_BY_HEADER = """
SELECT c.id AS conversation_id, coalesce(c.merged_into_id, c.id) AS today, w.direction
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (digest, place)
JOIN message_mail w ON w.organisation_id = current_organisation() AND w.header_digest = digest
JOIN message m ON m.organisation_id = w.organisation_id AND m.id = w.message_id
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
ORDER BY place LIMIT 50
"""


_BESIDE = """
SELECT c.id AS conversation_id, coalesce(c.merged_into_id, c.id) AS today, w.direction
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (received, place)
JOIN message_mail w ON w.organisation_id = current_organisation() AND w.received_id = received
JOIN message m ON m.organisation_id = w.organisation_id AND m.id = w.message_id
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
ORDER BY place
"""


class Threaded(msgspec.Struct, frozen=True):
    """A conversation that a mail may belong to; `sent` where it answers one of our own mails."""

    conversation_id: UUID
    sent: bool


class _Found(msgspec.Struct, frozen=True):
    conversation_id: UUID
    today: UUID
    direction: str


async def tag_of(tx: Transaction, number: int) -> str:
    """Return the tag that leads answers back to the conversation of a number."""
    return tag_for(number, _mac(tx, number))


async def conversation_of(tx: Transaction, tag: str) -> UUID | None:
    """Return the conversation that a tag was made for; None where nobody made it here."""
    found = untagged(tag)
    if found is None or not hmac.compare_digest(found[1], _mac(tx, found[0])):
        return None
    made: UUID | None = await tx.value(
        "SELECT coalesce(merged_into_id, id) FROM conversation"
        " WHERE organisation_id = current_organisation() AND number = $1",
        found[0],
    )
    return made


def _mac(tx: Transaction, number: int) -> bytes:
    return blind("mail/tag", f"{tx.organisation_id}/{number}")[:MAC_BYTES]


async def threaded(
    tx: Transaction, tags: Iterable[str], message_ids: Sequence[str], own_id: str
) -> list[Threaded]:
    """Return the conversations that a mail names, what it answers most closely first.

    Then those of mails that name it, or name another mail that it names, too. Whether its sender
    may go on there is not asked.
    """
    made: dict[UUID, bool] = {}
    for tag in tags:
        if (one := await conversation_of(tx, tag)) is not None:
            made[one] = True
    digests = list(dict.fromkeys(header_digest(one) for one in message_ids))
    if digests:
        for row in await tx.all(_Found, _BY_HEADER, digests):
            made[row.today] = made.get(row.today, False) or row.direction == "out"
    if names := [one for one in (*message_ids, own_id) if one]:
        beside = await received_naming(tx, names)
        for row in await tx.all(_Found, _BESIDE, beside) if beside else ():
            made.setdefault(row.today, False)
    return [Threaded(one, sent) for one, sent in made.items()]


async def conversation_mail(tx: Transaction, conversation_id: UUID) -> ConversationMail | None:
    """Return by which mailbox a conversation came; None where it did not begin by mail."""
    return await tx.one(
        ConversationMail,
        "SELECT conversation_id, mailbox_id, subject FROM conversation_mail"
        " WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
    )


async def mails_of(tx: Transaction, message_ids: Iterable[UUID]) -> dict[UUID, MessageMail]:
    """Return which mails messages are."""
    rows = await tx.all(
        MessageMail,
        "SELECT message_id, direction, received_id, mail_id FROM message_mail"
        " WHERE organisation_id = current_organisation() AND message_id = ANY($1::uuid[])",
        list(message_ids),
    )
    return {row.message_id: row for row in rows}
