"""What is above somebody's authority is put before somebody else, who decides it at once."""

from typing import Final
from uuid import UUID

from peakend.cases import actions as cases
from peakend.complaints.models.grants import Grant
from peakend.complaints.models.instruments import InstrumentRow
from peakend.kernel.db import Transaction
from peakend.kernel.words import word

KIND: Final = "compensation"


async def ask_approval(tx: Transaction, grant: Grant, instrument: InstrumentRow) -> UUID:
    """Put a compensation before whoever may let it pass. Errors: NobodyToApprove."""
    english = tx.actor.language == "en" and instrument.name_en
    words = word(
        "complaints.approval_words",
        tx.actor.language,
        name=instrument.name_en if english else instrument.name_zh,
        reason=grant.off_scheme_reason
        or word("complaints.by_scheme", tx.actor.language, version=grant.scheme_version or ""),
    )
    return await cases.ask(
        tx,
        kind=KIND,
        subject_id=grant.id,
        words=words,
        amount_fen=grant.cost_fen,
        currency=grant.currency,
        case_id=grant.case_id,
        conversation_id=grant.conversation_id,
        customer_id=grant.customer_id,
        brand_id=grant.brand_id,
        by=tx.actor,
    )


async def ask_no_more(tx: Transaction, grant: Grant) -> None:
    """Take back what waits for somebody's approval."""
    if grant.request_id is not None:
        await cases.withdraw_about(tx, subject_id=grant.id)
