"""Reading mail servers, templates and the outbox."""

from peakend.mail.models import KeptFile, ReceivedContent, ReceivedMail
from peakend.mail.queries.answers import AnswerState, answer_row, answer_states
from peakend.mail.queries.keys import MailKeyNotFound, mail_keys, need_key, signing_key
from peakend.mail.queries.mailboxes import (
    MailboxNotFound,
    ReceivedNotFound,
    box_password,
    box_place,
    mailboxes,
    need_content,
    need_mailbox,
    need_received,
    place_in,
    received_mails,
)
from peakend.mail.queries.outbox import (
    MailNotFound,
    failed_mails,
    need_mail,
    opened,
    outbox,
    place_of,
)
from peakend.mail.queries.servers import (
    BrandOfOthers,
    MailServerNotFound,
    mail_server,
    mail_servers,
    need_brand_of_own,
    need_server,
    password_of,
    sending_brand,
)
from peakend.mail.queries.templates import (
    Template,
    brand_frame,
    built_in,
    template,
    templates,
)
from peakend.mail.queries.trusting import trust_words

__all__ = [
    "AnswerState",
    "BrandOfOthers",
    "KeptFile",
    "MailKeyNotFound",
    "MailNotFound",
    "MailServerNotFound",
    "MailboxNotFound",
    "ReceivedContent",
    "ReceivedMail",
    "ReceivedNotFound",
    "Template",
    "answer_row",
    "answer_states",
    "box_password",
    "box_place",
    "brand_frame",
    "built_in",
    "failed_mails",
    "mail_keys",
    "mail_server",
    "mail_servers",
    "mailboxes",
    "need_brand_of_own",
    "need_content",
    "need_key",
    "need_mail",
    "need_mailbox",
    "need_received",
    "need_server",
    "opened",
    "outbox",
    "password_of",
    "place_in",
    "place_of",
    "received_mails",
    "sending_brand",
    "signing_key",
    "template",
    "templates",
    "trust_words",
]
