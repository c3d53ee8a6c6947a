"""Tables and rows of mail."""

from peakend.kernel.personal import plain
from peakend.mail.models import limits
from peakend.mail.models.accesses import (
    ACCESS_COLUMNS,
    APP_COLUMNS,
    DEPARTURE_COLUMNS,
    AccessKeys,
    Departure,
    MailAccess,
    MailApp,
    mail_access_table,
    mail_app_table,
    mail_departure_table,
)
from peakend.mail.models.contents import (
    CONTENT_COLUMNS,
    KeptFile,
    ReceivedContent,
    received_content_table,
)
from peakend.mail.models.keys import KEY_COLUMNS, MailKey, mail_key_table
from peakend.mail.models.mailboxes import (
    MAILBOX_COLUMNS,
    OF_PROGRAMS,
    RECEIVED_COLUMNS,
    DueMailbox,
    Mailbox,
    MailboxPlace,
    ReceivedMail,
    mailbox_place_table,
    mailbox_table,
    received_mail_table,
)
from peakend.mail.models.outbox import (
    MAIL_COLUMNS,
    Content,
    ContentFile,
    DueMail,
    Mail,
    mail_table,
)
from peakend.mail.models.screening import (
    BLOCK_COLUMNS,
    PERSON_COLUMNS,
    MailBlock,
    PersonSender,
    mail_block_table,
    mail_person_table,
    mail_screening_table,
)
from peakend.mail.models.servers import (
    SERVER_COLUMNS,
    MailServer,
    TemplateRow,
    mail_server_table,
    mail_template_table,
)
from peakend.mail.models.signatures import (
    SignatureRow,
    mail_signature_table,
    member_signature_table,
)

__all__ = [
    "ACCESS_COLUMNS",
    "APP_COLUMNS",
    "BLOCK_COLUMNS",
    "CONTENT_COLUMNS",
    "DEPARTURE_COLUMNS",
    "KEY_COLUMNS",
    "MAILBOX_COLUMNS",
    "MAIL_COLUMNS",
    "OF_PROGRAMS",
    "PERSON_COLUMNS",
    "RECEIVED_COLUMNS",
    "SERVER_COLUMNS",
    "AccessKeys",
    "Content",
    "ContentFile",
    "Departure",
    "DueMail",
    "DueMailbox",
    "KeptFile",
    "Mail",
    "MailAccess",
    "MailApp",
    "MailBlock",
    "MailKey",
    "MailServer",
    "Mailbox",
    "MailboxPlace",
    "PersonSender",
    "ReceivedContent",
    "ReceivedMail",
    "SignatureRow",
    "TemplateRow",
    "limits",
    "mail_access_table",
    "mail_app_table",
    "mail_block_table",
    "mail_departure_table",
    "mail_key_table",
    "mail_person_table",
    "mail_screening_table",
    "mail_server_table",
    "mail_signature_table",
    "mail_table",
    "mail_template_table",
    "mailbox_place_table",
    "mailbox_table",
    "member_signature_table",
    "received_content_table",
    "received_mail_table",
]

plain("settings", "mail_key", "mail_screening", "mail_server", "mail_template", "mail_signature")
plain("settings", "mailbox", "mailbox_place", "mail_switch", "mail_person")
plain("settings", "mail_app", "mail_access")
plain("staff", "member_signature", "mail_departure")
