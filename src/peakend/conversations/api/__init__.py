"""Routes of conversations: the desk's, the settings', the visitor's."""

from typing import Any

from peakend.conversations.api import (
    aside,
    browsing,
    desk,
    fields,
    following,
    links,
    mails,
    matters,
    merging,
    rich,
    settings,
    talking,
    views,
    web,
)

routes: list[Any] = [
    *desk.routes,
    *aside.routes,
    *fields.routes,
    *links.routes,
    *mails.routes,
    *following.routes,
    *merging.routes,
    *matters.routes,
    *talking.routes,
    *rich.routes,
    *settings.routes,
    *views.routes,
    *web.routes,
    *browsing.routes,
]
