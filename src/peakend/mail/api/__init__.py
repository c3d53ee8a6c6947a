"""Routes of mail: servers, signatures, templates, mailboxes and what came, the outbox."""

from typing import Any

from peakend.mail.api import (
    accesses,
    domains,
    mailboxes,
    outbox,
    persons,
    received,
    screening,
    servers,
    signatures,
    templates,
    trusting,
)

routes: list[Any] = [
    *servers.routes,
    *accesses.routes,
    *domains.routes,
    *templates.routes,
    *signatures.routes,
    *mailboxes.routes,
    *received.routes,
    *outbox.routes,
    *screening.routes,
    *persons.routes,
    *trusting.routes,
]
