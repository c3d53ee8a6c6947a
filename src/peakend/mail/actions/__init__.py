"""What is done with mail: servers and templates set, mails queued, sent and tried anew."""

from peakend.mail.actions import archiving as _archiving
from peakend.mail.actions import forgetting as _forgetting
from peakend.mail.actions.answering import (
    HandedOver,
    NoMailServer,
    QueuedAnswer,
    WrongRecipients,
    WrongSubject,
    cleaned_answer,
    forget_answers,
    queue_answer,
    retry_answer,
    take_answer_back,
)
from peakend.mail.actions.forgetting import forget_received
from peakend.mail.actions.inviting import Invitations
from peakend.mail.actions.keeping import claim_received, keep_mail, prepare
from peakend.mail.actions.mailboxes import (
    MailboxStale,
    MailboxTaken,
    MailboxText,
    MailboxTried,
    MailboxTwice,
    UnknownMailbox,
    add_mailbox,
    change_mailbox,
    remove_mailbox,
    set_box_password,
    switch_mailbox,
    try_mailbox,
)
from peakend.mail.actions.posting import Postman
from peakend.mail.actions.queueing import (
    MailSentAlready,
    NothingKept,
    queue_mail,
    retry_mail,
    sweep_mails,
    withdraw_mails,
)
from peakend.mail.actions.receiver import Receiver, receiving_at
from peakend.mail.actions.receiving import (
    Collector,
)
from peakend.mail.actions.servers import (
    ServerStale,
    ServerText,
    TlsNeeded,
    UnknownSender,
    WrongHost,
    WrongPort,
    remove_server,
    set_password,
    set_server,
    switch_server,
)
from peakend.mail.actions.templates import (
    TemplateStale,
    WrongTemplate,
    change_template,
    previewed,
    reset_template,
)
from peakend.mail.actions.testing import ServerTried, try_server

__all__ = [
    "Collector",
    "HandedOver",
    "Invitations",
    "MailSentAlready",
    "MailboxStale",
    "MailboxTaken",
    "MailboxText",
    "MailboxTried",
    "MailboxTwice",
    "NoMailServer",
    "NothingKept",
    "Postman",
    "QueuedAnswer",
    "Receiver",
    "ServerStale",
    "ServerText",
    "ServerTried",
    "TemplateStale",
    "TlsNeeded",
    "UnknownMailbox",
    "UnknownSender",
    "WrongHost",
    "WrongPort",
    "WrongRecipients",
    "WrongSubject",
    "WrongTemplate",
    "_archiving",
    "_forgetting",
    "add_mailbox",
    "change_mailbox",
    "change_template",
    "claim_received",
    "cleaned_answer",
    "forget_answers",
    "forget_received",
    "keep_mail",
    "prepare",
    "previewed",
    "queue_answer",
    "queue_mail",
    "receiving_at",
    "remove_mailbox",
    "remove_server",
    "reset_template",
    "retry_answer",
    "retry_mail",
    "set_box_password",
    "set_password",
    "set_server",
    "sweep_mails",
    "switch_mailbox",
    "switch_server",
    "take_answer_back",
    "try_mailbox",
    "try_server",
    "withdraw_mails",
]
