"""Facts that measures are made of are counted as they come."""

from peakend.accounts.events import OrganisationCreated
from peakend.conversations.events import ConversationClosed, ConversationReopened
from peakend.insight import actions
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.routing.events import WorkAbandoned, WorkAnswered, WorkQueued


@reacts_to(WorkQueued, WorkAnswered, WorkAbandoned, priority=4, where={"live": True})
async def count_work(tx: Transaction, fact: object) -> None:
    """Add what happened to somebody on the line to the counts of its interval."""
    assert tx.cause is not None
    await actions.fold(tx, tx.cause)


@reacts_to(ConversationClosed, ConversationReopened, priority=4)
async def count_end(tx: Transaction, fact: object) -> None:
    """Add an end to the counts of its interval, or take it back."""
    assert tx.cause is not None
    await actions.fold(tx, tx.cause)


@reacts_to(OrganisationCreated, alone=True)
async def warn_from_the_start(tx: Transaction, fact: OrganisationCreated) -> None:
    """Let a new centre be warned of what usually goes wrong."""
    await actions.add_first_alert_rules(tx)
