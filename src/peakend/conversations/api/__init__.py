"""Routes of conversations: the desk's, the settings', the visitor's."""

from typing import Any

from peakend.conversations.api import aside, desk, merging, settings, web

routes: list[Any] = [*desk.routes, *aside.routes, *merging.routes, *settings.routes, *web.routes]
