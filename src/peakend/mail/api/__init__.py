"""Routes of mail: servers, templates, the outbox."""

from typing import Any

from peakend.mail.api import outbox, servers, templates

routes: list[Any] = [*servers.routes, *templates.routes, *outbox.routes]
