"""Holds for the sake of the law: placed and lifted by hand, never by themselves."""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.privacy.events import LegalHoldLifted, LegalHoldPlaced
from peakend.privacy.queries import need_hold
from peakend.privacy.queries.erasures import running_for
from peakend.privacy.rules import HoldCode, Subject


class TooLateToHold(Conflict):
    """The erasure of this customer runs already."""

    wording = "privacy.too_late_to_hold"


async def place_hold(
    tx: Transaction, *, subject: Subject, subject_id: UUID, code: HoldCode
) -> UUID:
    """Keep everything of a customer or a conversation; a second hold of the same is the first.

    Errors: CustomerNotFound, ConversationNotFound, TooLateToHold.
    """
    if subject == "customer":
        subject_id = (await customers.need_customer(tx, subject_id)).id
        owner = subject_id
    else:
        owner = (await conversations.need_conversation(tx, subject_id, tx.actor)).customer_id
    if await running_for(tx, [owner]):
        raise TooLateToHold
    hold_id: UUID | None = await tx.value(
        """
        INSERT INTO legal_hold (id, subject, subject_id, code, placed_by, placed_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organisation_id, subject_id) WHERE standing DO NOTHING
        RETURNING id
        """,
        new_id(),
        subject,
        subject_id,
        code,
        tx.actor.id,
        tx.now,
    )
    if hold_id is None:
        known: UUID = await tx.value(
            "SELECT id FROM legal_hold WHERE organisation_id = current_organisation()"
            " AND subject_id = $1 AND standing",
            subject_id,
        )
        return known
    await record(tx, LegalHoldPlaced(hold_id=hold_id, about=subject, code=code))
    await audit(tx, "privacy.hold_placed", subject, subject_id, {"code": code})
    return hold_id


async def lift_hold(tx: Transaction, *, hold_id: UUID) -> None:
    """Let go what was held back; a lifted hold stays lifted. Errors: HoldNotFound."""
    hold = await need_hold(tx, hold_id)
    if hold.lifted_at is not None:
        return
    await tx.run(
        "UPDATE legal_hold SET standing = false, lifted_by = $2, lifted_at = $3"
        " WHERE organisation_id = current_organisation() AND id = $1",
        hold_id,
        tx.actor.id,
        tx.now,
    )
    await record(tx, LegalHoldLifted(hold_id=hold_id, about=hold.subject))
    await audit(tx, "privacy.hold_lifted", hold.subject, hold.subject_id, {"code": hold.code})
