"""Each wait of a customer is written down; its record can be shown to him as proof.

Written from the leg as it stands, whatever fact says to look: late or doubled facts change nothing.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.complaints.actions.wait_telling import page_url, tell_promise
from peakend.complaints.events import WaitEnded, WaitProofGiven, WaitProofTaken
from peakend.complaints.models import WaitRow
from peakend.complaints.queries import need_wait, proof_link, rules_in_force, wait_of_leg
from peakend.complaints.rules.waits import PROOF_D, holding, outcome_of
from peakend.conversations import actions as talks
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import word
from peakend.routing import queries as routing

_ENTER = """
INSERT INTO wait_record (id, leg_id, conversation_id, customer_id, brand_id, queue_id, channel,
    entered_at, promised_s, rule_id, told_low_s, told_high_s)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (organisation_id, leg_id) DO UPDATE
SET told_low_s = coalesce(wait_record.told_low_s, excluded.told_low_s),
    told_high_s = coalesce(wait_record.told_high_s, excluded.told_high_s)
"""
_END = """
UPDATE wait_record SET until_at = $2, outcome = $3, waited_s = $4, agent_id = $5
WHERE organisation_id = current_organisation() AND id = $1
"""
_PROVE = """
UPDATE wait_record SET proof_until = $2, proof_no = $3
WHERE organisation_id = current_organisation() AND id = $1
"""
_FOLLOW = """
UPDATE wait_record SET customer_id = $2
WHERE organisation_id = current_organisation() AND conversation_id = $1
"""


async def keep_wait(
    tx: Transaction, *, leg_id: UUID, told: tuple[int | None, int | None] = (None, None)
) -> None:
    """Write down how long a customer waits, or waited, in a line. Units: s."""
    try:
        leg = await routing.need_leg(tx, leg_id)
    except routing.LegNotFound:
        # Erased meanwhile, with its conversation.
        return
    if not leg.live:
        return
    known = await wait_of_leg(tx, leg_id)
    if known is None or told != (None, None):
        await _enter(tx, leg_id, told)
        known = await wait_of_leg(tx, leg_id)
    assert known is not None
    outcome = outcome_of(leg.state, leg.outcome, leg.answered_at)
    until = None if outcome is None else leg.answered_at or leg.ended_at
    waited_s = int(max(0.0, (until - leg.entered_at).total_seconds())) if until else None
    agent_id = leg.agent_id if outcome == "answered" else None
    if (known.until_at, known.outcome) == (until, outcome):
        return
    await tx.run(_END, known.id, until, outcome, waited_s, agent_id)
    if outcome is None or waited_s is None or until is None:
        return
    await record(
        tx,
        WaitEnded(
            wait_id=known.id,
            leg_id=leg_id,
            conversation_id=known.conversation_id,
            customer_id=known.customer_id,
            queue_id=known.queue_id,
            brand_id=known.brand_id,
            channel=known.channel,
            agent_id=agent_id,
            outcome=outcome,
            waited_s=waited_s,
            promised_s=known.promised_s,
            over=known.promised_s is not None and waited_s > known.promised_s,
        ),
        occurred_at=until,
    )


async def _enter(tx: Transaction, leg_id: UUID, told: tuple[int | None, int | None]) -> None:
    leg = await routing.need_leg(tx, leg_id)
    system = Actor.system(tx.organisation_id)
    talk = await conversations.need_conversation(tx, leg.conversation_id, system)
    rule = holding(
        await rules_in_force(tx, leg.entered_at), brand_id=talk.brand_id, queue_id=leg.queue_id,
        channel=talk.channel_kind,
    )  # fmt: skip
    published = (rule.promise_s, rule.id) if rule else (None, None)
    await tx.run(
        _ENTER, new_id(), leg_id, talk.id, talk.customer_id, talk.brand_id, leg.queue_id,
        talk.channel_kind, leg.entered_at, *published, *told,
    )  # fmt: skip
    if rule is not None and leg.transferred_from is None and leg.answered_at is None:
        await tell_promise(tx, talk, rule.promise_s)


async def follow_customer(tx: Transaction, *, conversation_id: UUID) -> None:
    """Keep waits with whom their conversation belongs to now."""
    system = Actor.system(tx.organisation_id)
    row = await conversations.need_conversation(tx, conversation_id, system)
    await tx.run(_FOLLOW, conversation_id, row.customer_id)


async def give_proof(tx: Transaction, *, wait_id: UUID, by: Actor) -> str:
    """Let the customer read the record of a wait through a link for 90 days; return its path.

    Errors: WaitNotFound.
    """
    found = await need_wait(tx, wait_id, by)
    until = tx.now + timedelta(days=PROOF_D)
    await tx.run(_PROVE, wait_id, until, found.proof_no)
    await record(tx, WaitProofGiven(**about_wait(found), until=until))
    await audit(tx, "wait_proof.given", "wait_record", wait_id)
    return proof_link(found, tx.organisation_id)


async def send_proof(
    tx: Transaction, *, wait_id: UUID, client_id: UUID, origin: str, by: Actor
) -> None:
    """Send the link to the record of a wait into its conversation, as a message of who holds it.

    Errors: WaitNotFound, and those of a reply.
    """
    found = await need_wait(tx, wait_id, by)
    path = await give_proof(tx, wait_id=wait_id, by=by)
    talk = await conversations.need_conversation(tx, found.conversation_id, by)
    link = await page_url(tx, found, path) or f"{origin}{path}"
    text = word("complaints.wait.proof_message", talk.language, link=link)
    await talks.reply(tx, conversation_id=talk.id, client_id=client_id, text=text, by=by)


async def take_proof(tx: Transaction, *, wait_id: UUID, by: Actor) -> None:
    """Take every link to the record of a wait back. Errors: WaitNotFound."""
    found = await need_wait(tx, wait_id, by)
    if found.proof_until is None:
        return
    await tx.run(_PROVE, wait_id, None, found.proof_no + 1)
    await record(tx, WaitProofTaken(**about_wait(found)))
    await audit(tx, "wait_proof.taken", "wait_record", wait_id)


def about_wait(row: WaitRow) -> dict[str, Any]:
    """Return what every fact of a wait says."""
    return {
        "wait_id": row.id,
        "leg_id": row.leg_id,
        "conversation_id": row.conversation_id,
        "customer_id": row.customer_id,
    }
