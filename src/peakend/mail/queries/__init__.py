"""Reading mail servers, templates and the outbox."""

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

__all__ = [
    "BrandOfOthers",
    "MailNotFound",
    "MailServerNotFound",
    "Template",
    "brand_frame",
    "built_in",
    "failed_mails",
    "mail_server",
    "mail_servers",
    "need_brand_of_own",
    "need_mail",
    "need_server",
    "opened",
    "outbox",
    "password_of",
    "place_of",
    "sending_brand",
    "template",
    "templates",
]
