"""Tables and rows of mail."""

from peakend.kernel.personal import plain
from peakend.mail.models.outbox import MAIL_COLUMNS, Content, DueMail, Mail, mail_table
from peakend.mail.models.servers import (
    SERVER_COLUMNS,
    MailServer,
    TemplateRow,
    mail_server_table,
    mail_template_table,
)

__all__ = [
    "MAIL_COLUMNS",
    "SERVER_COLUMNS",
    "Content",
    "DueMail",
    "Mail",
    "MailServer",
    "TemplateRow",
    "mail_server_table",
    "mail_table",
    "mail_template_table",
]

plain("settings", "mail_server", "mail_template")
