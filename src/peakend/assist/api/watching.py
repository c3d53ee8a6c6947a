"""Routes of supervisors: who needs help, dismissing, handing back, what is watched for."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from msgspec import Meta

from peakend.assist import actions, queries
from peakend.assist.rules.watching import SignalKind, WatchRules, Why
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRow
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Words = Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=300)]
Times = Annotated[int, Meta(ge=1, le=10)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Dismissal(msgspec.Struct, forbid_unknown_fields=True):
    """Which reasons were looked at, and why nobody need step in."""

    kinds: Annotated[list[SignalKind], Meta(min_length=1, max_length=10)]
    why: Why
    note: Annotated[str, Meta(max_length=200)] = ""


class WatchRulesGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What calls a supervisor, and the version that was looked at."""

    upset: bool
    upset_zh: Words
    upset_en: Words
    grave_zh: Words
    grave_en: Words
    lost: bool
    lost_from: Times
    person: bool
    person_from: Times
    silent: bool
    silent_s: Annotated[int, Meta(ge=30, le=86_400)]
    late: bool
    passed: bool
    passed_from: Annotated[int, Meta(ge=2, le=10)]
    version: Version

    def rules(self) -> WatchRules:
        """Return the rules as the action takes them."""
        names = WatchRules.__struct_fields__
        return WatchRules(**{name: getattr(self, name) for name in names})


class WatchRulesShown(WatchRules, frozen=True, kw_only=True):
    """What calls a supervisor; version 0 is what nobody has changed yet."""

    version: int
    kind: Literal["watch"] = "watch"


@get(
    "/interventions",
    summary="Conversations that somebody should look at",
    opt=needs("conversations.take_over"),
)
async def interventions(tx: Transaction, actor: Actor) -> queries.Interventions:
    return await queries.interventions(tx, actor)


@get(
    "/conversations/{conversation_id:uuid}/watch",
    summary="What stands beside a conversation: reasons to help, whispers, whose it was",
    opt=needs("conversations.read"),
)
async def watched(tx: Transaction, actor: Actor, conversation_id: UUID) -> queries.Watched:
    return await queries.watched(tx, conversation_id, actor)


@post(
    "/interventions/{conversation_id:uuid}/dismissals",
    summary="Say that nobody need step in",
    opt=needs("conversations.take_over"),
    status_code=204,
)
async def dismiss(tx: Transaction, actor: Actor, conversation_id: UUID, data: Dismissal) -> None:
    await actions.dismiss(
        tx,
        conversation_id=conversation_id,
        kinds=list(data.kinds),
        why=data.why,
        note=data.note,
        by=actor,
    )


@delete(
    "/interventions/{conversation_id:uuid}/dismissals",
    summary="Take back one's own dismissal of a moment ago",
    opt=needs("conversations.take_over"),
)
async def restore(tx: Transaction, actor: Actor, conversation_id: UUID) -> None:
    await actions.restore(tx, conversation_id=conversation_id, by=actor)


@post(
    "/conversations/{conversation_id:uuid}/hand-backs",
    summary="Give a conversation back to the one it was taken from",
    opt=needs("conversations.assign_self"),
    status_code=200,
)
async def hand_back(tx: Transaction, actor: Actor, conversation_id: UUID) -> ConversationRow:
    await actions.hand_back(tx, conversation_id=conversation_id, by=actor)
    # Who has just let go of it still gets it once.
    return (await conversations.rows(tx, [conversation_id], None))[0]


@get("/watch-rules", summary="What calls a supervisor", opt=needs("settings.manage"))
async def watch_rules(tx: Transaction) -> WatchRulesShown:
    return await _rules(tx)


@put("/watch-rules", summary="Decide what calls a supervisor", opt=needs("settings.manage"))
async def set_watch_rules(tx: Transaction, data: WatchRulesGiven) -> WatchRulesShown:
    await actions.set_watch_rules(tx, rules=data.rules(), version=data.version)
    return await _rules(tx)


async def _rules(tx: Transaction) -> WatchRulesShown:
    care = await queries.fresh_care(tx)
    return WatchRulesShown(
        **msgspec.structs.asdict(care.watch), version=care.versions.get("watch", 0)
    )


routes = [interventions, watched, dismiss, restore, hand_back, watch_rules, set_watch_rules]
