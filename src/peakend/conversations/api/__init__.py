"""Routes of conversations: the desk's, the settings', the visitor's."""

from typing import Any

from peakend.conversations.api import desk, settings, web

routes: list[Any] = [*desk.routes, *settings.routes, *web.routes]
