"""Routes of conversations: the desk's, the settings', the visitor's."""

from typing import Any

from peakend.conversations.api import (
    answering,
    aside,
    browsing,
    continuing,
    desk,
    drafts,
    fields,
    following,
    links,
    mails,
    matters,
    merging,
    rich,
    scanning,
    screening,
    settings,
    talking,
    views,
    web,
)

routes: list[Any] = [
    *desk.routes,
    *drafts.routes,
    *answering.routes,
    *aside.routes,
    *fields.routes,
    *links.routes,
    *mails.routes,
    *following.routes,
    *merging.routes,
    *matters.routes,
    *talking.routes,
    *rich.routes,
    *scanning.routes,
    *screening.routes,
    *settings.routes,
    *views.routes,
    *web.routes,
    *continuing.routes,
    *browsing.routes,
]
