"""What conversations do when the contexts below change."""

import contextlib

from peakend.accounts.events import OrganisationCreated
from peakend.conversations import actions
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.mail.events import MailboxChanged, MailReceived
from peakend.mail.queries import ReceivedNotFound


@reacts_to(OrganisationCreated)
async def open_first_channel(tx: Transaction, fact: OrganisationCreated) -> None:
    """Let a new centre be written to at once."""
    await actions.add_first_channel(tx)


@reacts_to(MailboxChanged)
async def follow_mailbox(tx: Transaction, fact: MailboxChanged) -> None:
    """Let a mailbox have its channel, under its name and at work as it is."""
    await actions.follow_mailbox(tx, mailbox_id=fact.mailbox_id, brand_id=fact.brand_id)


@reacts_to(MailReceived, alone=True, where={"attention": False})
async def take_mail(tx: Transaction, fact: MailReceived) -> None:
    """Put a mail that came into its conversation."""
    with contextlib.suppress(ReceivedNotFound):
        await actions.take_mail(tx, received_id=fact.received_id)
