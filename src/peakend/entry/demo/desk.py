"""What the demo's people have at their desks: macros, and views saved under a name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as people
from peakend.automation import actions as automation
from peakend.automation.rules import Steps, Target
from peakend.conversations import actions as conversations
from peakend.conversations import queries as conversation_queries
from peakend.conversations.rules.views import ViewFilter
from peakend.entry.demo.cards import name_of
from peakend.entry.demo.material import content
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


async def save_macros(
    tx: Transaction,
    *,
    team_of: dict[str, UUID],
    queues: dict[str, UUID],
    tags: dict[str, UUID],
    reason_id: Callable[[UUID, str], UUID],
) -> None:
    """Keep the macros of the content in both languages, for a queue's team or for everybody."""
    cards = {one.name: one.id for one in await conversation_queries.rich_templates(tx, tx.actor)}
    for macro in content("macros")["macro"]:
        team = team_of.get(macro["scope"])
        for language, short in (("zh-CN", "zh"), ("en", "en")):
            await automation.add_macro(
                tx,
                shortcut=macro["shortcut"],
                title=macro["title"][short],
                steps=Steps(
                    take=macro.get("take", False),
                    reply=macro[f"reply_{short}"],
                    rich_template_id=cards[name_of(macro["card"], short)]
                    if "card" in macro
                    else None,
                    note=macro.get(f"note_{short}", ""),
                    tag_ids=[tags[key] for key in macro.get("tags", [])],
                    reason_id=reason_id(tx.organisation_id, macro["reason"])
                    if "reason" in macro
                    else None,
                    priority=macro.get("priority"),
                    end=macro.get("end"),
                    to=Target("queue", queues[macro["to"]]) if "to" in macro else None,
                    snooze=macro.get("snooze"),
                    solved=macro.get("solved"),
                ),
                scope="team" if team else "all",
                team_id=team,
                language=language,
                by=tx.actor,
            )


async def save_views(
    tx: Transaction,
    *,
    team_of: dict[str, UUID],
    members: dict[str, UUID],
    tags: dict[str, UUID],
) -> None:
    """Save the views of the content; what its filters name is there already."""
    for view in content("views")["view"]:
        own, team_id = members.get(view["scope"]), team_of.get(view["scope"])
        by = tx.actor
        if own is not None:
            by = Actor(
                organisation_id=tx.organisation_id,
                kind="member",
                id=own,
                name=(await people.member_briefs(tx, [own]))[own].name,
            )
        await conversations.add_view(
            tx,
            name=view["name"],
            given=_filter(view["filter"], tags),
            order=view["order"],
            columns=view["columns"],
            scope="own" if own else "team" if team_id else "all",
            team_id=team_id,
            by=by,
        )


def _filter(given: dict[str, Any], tags: dict[str, UUID]) -> ViewFilter:
    named = {**given, "tag_ids": [tags[key] for key in given.get("tags", [])]}
    named.pop("tags", None)
    return msgspec.convert(named, ViewFilter)
