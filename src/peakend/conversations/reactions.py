"""What conversations do when the contexts below change."""

import contextlib

from peakend.accounts.events import FileScanned, OrganisationCreated
from peakend.conversations import actions
from peakend.conversations.events import ConversationStarted
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.mail.events import (
    MailBounced,
    MailboxChanged,
    MailDelayed,
    MailFailed,
    MailLetIn,
    MailReceived,
    MailRetried,
    MailSent,
)
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


@reacts_to(MailSent, where={"mail": "reply"})
async def show_that_mail_went(tx: Transaction, fact: MailSent) -> None:
    """Let who has the conversation open see that an answer was taken by the mail server."""
    await actions.tell_mail_moved(tx, message_id=fact.about, mail_id=fact.mail_id, state="sent")


@reacts_to(MailDelayed, where={"mail": "reply"})
async def show_that_mail_waits(tx: Transaction, fact: MailDelayed) -> None:
    """Let who has the conversation open see why an answer has not gone yet."""
    await actions.tell_mail_moved(tx, message_id=fact.about, mail_id=fact.mail_id, state="queued")


@reacts_to(MailFailed, where={"mail": "reply"})
async def show_that_mail_failed(tx: Transaction, fact: MailFailed) -> None:
    """Let who has the conversation open see that an answer was given up."""
    await actions.tell_mail_moved(tx, message_id=fact.about, mail_id=fact.mail_id, state="failed")


@reacts_to(MailBounced, where={"mail": "reply"})
async def show_that_mail_returned(tx: Transaction, fact: MailBounced) -> None:
    """Let who has the conversation open see that an answer did not arrive."""
    await actions.tell_mail_moved(tx, message_id=fact.about, mail_id=fact.mail_id, state="bounced")


@reacts_to(MailRetried, where={"mail": "reply"})
async def show_that_mail_goes_again(tx: Transaction, fact: MailRetried) -> None:
    """Let who has the conversation open see that an answer waits anew."""
    await actions.tell_mail_moved(tx, message_id=fact.about, mail_id=fact.mail_id, state="queued")


@reacts_to(MailLetIn, alone=True)
async def take_mail_let_in(tx: Transaction, fact: MailLetIn) -> None:
    """Put a mail into its conversation that somebody let in."""
    with contextlib.suppress(ReceivedNotFound):
        await actions.take_mail(tx, received_id=fact.received_id, as_person=True)


@reacts_to(ConversationStarted, where={"channel": "mail"})
async def acknowledge_mail(tx: Transaction, fact: ConversationStarted) -> None:
    """Tell who has written that his mail arrived, where its mailbox does that."""
    await actions.acknowledge_mail(tx, conversation_id=fact.conversation_id)


@reacts_to(FileScanned)
async def show_what_was_found(tx: Transaction, fact: FileScanned) -> None:
    """Let who has the conversation open see what a scanner says of a file."""
    await actions.tell_files_scanned(
        tx, scan_id=fact.scan_id, verdict=fact.verdict, released=fact.released
    )
