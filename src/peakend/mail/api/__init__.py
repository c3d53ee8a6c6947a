"""Routes of mail: servers, templates, the outbox."""

from typing import Any

from peakend.mail.api import domains, outbox, servers, templates

routes: list[Any] = [*servers.routes, *domains.routes, *templates.routes, *outbox.routes]
