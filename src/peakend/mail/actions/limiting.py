"""The limiter of automatic mails: asked where they are queued, so that no caller goes around it.

It believes nobody: what detection takes for a person, a vacation responder without headers or
another Peakend, gets one mail a day.
"""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import blind
from peakend.mail.events import AutomaticMailHeld, AutomaticMailSwitched
from peakend.mail.models.limits import Bounds, Sent
from peakend.mail.rules.limits import (
    CONTACT_WITHIN,
    DOMAIN_WITHIN,
    KEPT_COUNTS,
    MAILBOX_WITHIN,
    held_by,
    most_to,
)
from peakend.mail.rules.trusting import organisational

_SWITCH = "automatic"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_SENT = """
SELECT EXISTS (SELECT FROM mail_switch
               WHERE organisation_id = current_organisation() AND name = 'automatic') AS stopped,
    (SELECT count(*) FROM automatic_mail WHERE organisation_id = current_organisation()
       AND mailbox_id = $1 AND contact = $2 AND at > $4) AS contact,
    (SELECT count(*) FROM automatic_mail WHERE organisation_id = current_organisation()
       AND conversation_id = $3) AS conversation,
    (SELECT count(*) FROM automatic_mail WHERE organisation_id = current_organisation()
       AND mailbox_id = $1 AND at > $5) AS mailbox,
    (SELECT count(*) FROM automatic_mail WHERE organisation_id = current_organisation()
       AND domain = $6 AND at > $7) AS domain
"""


async def may_go(
    tx: Transaction, *, bounds: Bounds, brand_id: UUID, customer_id: UUID, email: str
) -> bool:
    """Count an automatic mail that goes with this transaction; False where it would be too many.

    Whoever asks at the same time for the same mailbox, conversation or domain waits for the answer.
    """
    # Whatever stands below a registered domain is one domain: names there cost nothing.
    at = organisational(email.lower().rpartition("@")[2])
    domain = blind("mail/domain", f"{tx.organisation_id}/{at}").hex()
    for one in sorted((str(bounds.mailbox_id), str(bounds.conversation_id), domain)):
        await tx.run(_LOCK, f"mail/automatic/{tx.organisation_id}/{one}")
    contact = blind("mail/contact", f"{tx.organisation_id}/{email.lower()}").hex()
    sent = await tx.one(
        Sent, _SENT, bounds.mailbox_id, contact, bounds.conversation_id,
        tx.now - CONTACT_WITHIN, tx.now - MAILBOX_WITHIN, domain, tx.now - DOMAIN_WITHIN,
    )  # fmt: skip
    assert sent is not None
    why = held_by(
        stopped=sent.stopped, contact=sent.contact, conversation=sent.conversation,
        mailbox=sent.mailbox, domain=sent.domain, most=most_to(at),
    )  # fmt: skip
    if why:
        await tell_held(tx, bounds=bounds, brand_id=brand_id, why=why)
        return False
    await tx.run(
        "INSERT INTO automatic_mail (id, mailbox_id, conversation_id, customer_id, contact, domain,"
        " at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), bounds.mailbox_id, bounds.conversation_id, customer_id, contact, domain, tx.now,
    )  # fmt: skip
    return True


async def tell_held(tx: Transaction, *, bounds: Bounds, brand_id: UUID, why: str) -> None:
    """Record that an automatic mail was not sent, and why."""
    await record(
        tx,
        AutomaticMailHeld(
            mailbox_id=bounds.mailbox_id, brand_id=brand_id,
            conversation_id=bounds.conversation_id, why=why,
        ),
    )  # fmt: skip


async def switch_automatic(tx: Transaction, *, stopped: bool) -> None:
    """Stop every automatic mail of the house, or let them go again; twice changes nothing."""
    if stopped:
        changed = await tx.run(
            "INSERT INTO mail_switch (name, member_id, at) VALUES ($1, $2, $3)"
            " ON CONFLICT (organisation_id, name) DO NOTHING",
            _SWITCH,
            tx.actor.id if tx.actor.kind == "member" else None,
            tx.now,
        )
    else:
        changed = await tx.run(
            "DELETE FROM mail_switch WHERE organisation_id = current_organisation() AND name = $1",
            _SWITCH,
        )
    if changed:
        await record(tx, AutomaticMailSwitched(stopped=stopped))
        await audit(tx, "mail.automatic", "organisation", tx.organisation_id, {"stopped": stopped})


async def sweep_counts(tx: Transaction) -> int:
    """Forget automatic mails that count no more; return how many."""
    return await tx.run(
        "DELETE FROM automatic_mail WHERE organisation_id = current_organisation() AND at < $1",
        tx.now - KEPT_COUNTS,
    )
