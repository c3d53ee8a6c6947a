"""Routes of mail: servers, templates, mailboxes and what came, the outbox."""

from typing import Any

from peakend.mail.api import (
    domains,
    mailboxes,
    outbox,
    received,
    screening,
    servers,
    templates,
    trusting,
)

routes: list[Any] = [
    *servers.routes,
    *domains.routes,
    *templates.routes,
    *mailboxes.routes,
    *received.routes,
    *outbox.routes,
    *screening.routes,
    *trusting.routes,
]
