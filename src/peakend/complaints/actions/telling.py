"""Telling the customer of an offer, in plain words, and taking the answer he taps."""

from uuid import UUID, uuid5

from peakend.complaints.actions.grants import accept, refuse
from peakend.complaints.actions.moving import said
from peakend.complaints.events import CompensationTold
from peakend.complaints.queries.grants import need_grant
from peakend.conversations import actions as conversations
from peakend.conversations.queries import Rich, need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.words import word

# Which tap means what: the replies below, by their place.
YES, NO = "q0", "q1"


class NothingToTell(Conflict):
    """There is no open offer, or no conversation to tell it in."""

    wording = "complaints.nothing_to_tell"


async def tell(tx: Transaction, *, grant_id: UUID, words: str, by: Actor) -> None:
    """Offer a compensation to the customer in the conversation; told twice, it is said once.

    Errors: GrantNotFound, NothingToTell, and those of a reply.
    """
    grant = await need_grant(tx, grant_id, by, lock=True)
    if grant.state != "offered" or grant.conversation_id is None:
        raise NothingToTell
    if grant.message_id is not None:
        return
    row = await need_conversation(tx, grant.conversation_id, by)
    quick = [
        word("complaints.choice_accept", row.language),
        word("complaints.choice_refuse", row.language),
    ]
    kept = await conversations.send_rich(
        tx, conversation_id=row.id, client_id=message_id_of(grant.id),
        content=Rich(intro=words, quick=quick), by=by,
    )  # fmt: skip
    await tx.run(
        "UPDATE compensation_grant SET message_id = $2, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        grant.id, kept.id,
    )  # fmt: skip
    await record(tx, CompensationTold(**await said(tx, grant), message_id=kept.id))


async def answered(tx: Transaction, *, message_id: UUID, choice: str) -> None:
    """Take what the customer tapped under an offer; other messages and late taps change nothing."""
    grant_id: UUID | None = await tx.value(
        "SELECT id FROM compensation_grant WHERE organisation_id = current_organisation()"
        " AND message_id = $1 AND state = 'offered'",
        message_id,
    )
    if grant_id is None or choice not in (YES, NO):
        return
    system = Actor.system(tx.organisation_id)
    grant = await need_grant(tx, grant_id, system, lock=True)
    if grant.state != "offered":
        return
    if choice == YES:
        await accept(tx, grant_id=grant.id, by=system, said_by="customer")
    else:
        await refuse(tx, grant_id=grant.id, by=system, said_by="customer")


def message_id_of(grant_id: UUID) -> UUID:
    """Return the client id of the message that tells of an offer: told twice, it is said once."""
    return uuid5(grant_id, "offer")
