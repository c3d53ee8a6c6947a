"""Routes of conversations: the desk's, the settings', the visitor's."""

from typing import Any

from peakend.conversations.api import aside, desk, settings, web

routes: list[Any] = [*desk.routes, *aside.routes, *settings.routes, *web.routes]
