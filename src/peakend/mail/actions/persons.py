"""Programs by which people write: an order form, another house's ticket system.

Their mails say that a program wrote them, and would begin nothing. What answers or reports on a
mail of ours stays a program's, and none of them is ever acknowledged.
"""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.mail.actions.screening import let_in
from peakend.mail.events import MailPersonChanged
from peakend.mail.queries import need_person, need_received

_ADD = """
INSERT INTO mail_person (id, brand_id, email, member_id, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, brand_id, email) DO NOTHING
"""
_HERE = """
SELECT id FROM mail_person
WHERE organisation_id = current_organisation() AND brand_id = $1 AND email = $2
"""


class NotOfProgram(Conflict):
    """Whoever sent that mail is a person already, or is not known."""

    wording = "mail.not_of_program"


async def take_for_person(tx: Transaction, *, received_id: UUID) -> UUID:
    """Let every mail of a program's sender count as a person's from now on, and this one now.

    Once more changes nothing. Errors: ReceivedNotFound, NotOfProgram.
    """
    mail = await need_received(tx, received_id, lock=True)
    if not mail.automatic or not mail.from_email or mail.state != "received":
        raise NotOfProgram
    email = mail.from_email.lower()
    by = tx.actor.id if tx.actor.kind == "member" else None
    if await tx.run(_ADD, new_id(), mail.brand_id, email, by, tx.now):
        await _tell(tx, await tx.value(_HERE, mail.brand_id, email), mail.brand_id, "added")
    if mail.may_enter:
        await let_in(tx, received_id=received_id)
    found: UUID = await tx.value(_HERE, mail.brand_id, email)
    return found


async def take_for_program(tx: Transaction, *, person_id: UUID) -> None:
    """Let mails of a sender be a program's again; what came stays. Errors: PersonNotFound."""
    found = await need_person(tx, person_id)
    await tx.run(
        "DELETE FROM mail_person WHERE organisation_id = current_organisation() AND id = $1",
        person_id,
    )
    await _tell(tx, person_id, found.brand_id, "removed")


async def _tell(tx: Transaction, person_id: UUID, brand_id: UUID, what: str) -> None:
    await record(tx, MailPersonChanged(person_id=person_id, brand_id=brand_id, what=what))
    await audit(tx, f"mail_person.{what}", "mail_person", person_id)
