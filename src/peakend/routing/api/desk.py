"""Presence, offers and places to pass a conversation to."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.accounts import actions as member_actions
from peakend.accounts import queries as accounts
from peakend.conversations import queries as conversations
from peakend.conversations.queries.rows import ConversationRow
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.language.queries import shortened
from peakend.routing import actions, queries
from peakend.routing.queries import AnnouncedWaits, QueueRow, SkillEffect, WorkItem
from peakend.routing.rules.choice import OFFER_S
from peakend.routing.rules.presence import Shown, shown

SkillIds = Annotated[list[UUID], Meta(max_length=200)]
# As much as the bar of an offer shows.
WORDS_LENGTH = 200


class Why(Struct, frozen=True):
    """Why this agent is asked."""

    last_agent: bool
    transfer: bool


class Offer(Struct, frozen=True, kw_only=True):
    """Work that an agent is asked to take."""

    leg_id: UUID
    conversation_id: UUID
    row: ConversationRow
    queue_id: UUID | None
    queue_name: str | None
    offered_at: datetime
    expires_at: datetime
    offer: int
    entered_at: datetime
    words: str
    """What the customer wrote last."""
    why: Why


class Presence(Struct, frozen=True, kw_only=True):
    """Where an agent is, with what is in hand and what is offered."""

    state: Shown
    reason: str | None
    since: datetime
    until: datetime | None
    load: int
    capacity: int
    offers: list[Offer]


class PresenceForm(Struct, forbid_unknown_fields=True):
    """Where to go."""

    state: Literal["ready", "break", "offline"]
    reason: Annotated[str, Meta(max_length=80)] | None = None


class CapacityForm(Struct, forbid_unknown_fields=True):
    """How many conversations at once."""

    capacity: Annotated[int, Meta(ge=0, le=50)]


class SkillsForm(Struct, forbid_unknown_fields=True):
    """What an agent can; `seen` is what was shown before."""

    skill_ids: SkillIds
    seen: SkillIds


class SkillsTried(Struct, forbid_unknown_fields=True):
    """Skills to be tried without giving them."""

    skill_ids: SkillIds


class OfferNumber(Struct, forbid_unknown_fields=True):
    """Which of the leg's offers is meant."""

    offer: Annotated[int, Meta(ge=1, le=2_000_000_000)]


class Range(Struct, frozen=True):
    """A range of waiting time; None where nobody can say."""

    low_s: int | None
    high_s: int | None


class AgentTarget(Struct, frozen=True):
    """A colleague to pass a conversation to."""

    id: UUID
    name: str
    state: Shown
    load: int
    capacity: int
    team: str | None


class TeamTarget(Struct, frozen=True):
    """A team to pass a conversation to; `ready` of its people are ready."""

    id: UUID
    name: str
    ready: int


class QueueTarget(Struct, frozen=True):
    """A queue to pass a conversation to."""

    id: UUID
    name: str
    open: bool
    waiting: int
    wait: Range


class Targets(Struct, frozen=True):
    """Where a conversation can be passed to."""

    agents: list[AgentTarget]
    teams: list[TeamTarget]
    queues: list[QueueTarget]


@get("/presence/me", opt=needs("presence.self"))
async def my_presence(tx: Transaction, actor: Actor) -> Presence:
    """Return where I am and what I am offered."""
    assert actor.id is not None
    return await _presence(tx, actor.id)


@put("/presence/me", opt=needs("presence.self"))
async def set_my_presence(tx: Transaction, actor: Actor, data: PresenceForm) -> Presence:
    """Go ready, on a break or offline."""
    assert actor.id is not None
    await actions.set_presence(tx, member_id=actor.id, state=data.state, reason=data.reason)
    return await _presence(tx, actor.id)


@put("/presence/{member_id:uuid}", opt=needs("routing.manage"))
async def set_presence_of(
    tx: Transaction, actor: Actor, member_id: UUID, data: PresenceForm
) -> Presence:
    """Set a colleague's presence."""
    await actions.set_presence_of(
        tx, member_id=member_id, state=data.state, reason=data.reason, by=actor
    )
    return await _presence(tx, member_id)


@put("/members/{member_id:uuid}/capacity", opt=needs("routing.manage"))
async def set_capacity(tx: Transaction, member_id: UUID, data: CapacityForm) -> Presence:
    """Say how many conversations an agent holds at once."""
    await actions.set_capacity(tx, member_id=member_id, capacity=data.capacity)
    return await _presence(tx, member_id)


@put("/members/{member_id:uuid}/skills", opt=needs("routing.manage"))
async def set_skills(tx: Transaction, member_id: UUID, data: SkillsForm) -> list[UUID]:
    """Say what an agent can, from now on."""
    await member_actions.set_skills(
        tx, member_id=member_id, skill_ids=data.skill_ids, seen=data.seen
    )
    return (await accounts.need_member(tx, member_id)).skill_ids


@post("/members/{member_id:uuid}/skill-effects", opt=needs("routing.manage"), status_code=200)
async def skill_effect(tx: Transaction, member_id: UUID, data: SkillsTried) -> SkillEffect:
    """Return what other skills would mean for those who wait now."""
    return await queries.skill_effect(tx, member_id, data.skill_ids)


@post("/offers/{leg_id:uuid}/acceptances", opt=needs("presence.self"), status_code=200)
async def accept_offer(
    tx: Transaction, actor: Actor, leg_id: UUID, data: OfferNumber
) -> ConversationRow:
    """Take what is offered."""
    leg = await actions.accept(tx, leg_id=leg_id, offer=data.offer, by=actor)
    return (await conversations.rows(tx, [leg.conversation_id]))[0]


@post("/offers/{leg_id:uuid}/refusals", opt=needs("presence.self"), status_code=204)
async def refuse_offer(tx: Transaction, actor: Actor, leg_id: UUID, data: OfferNumber) -> None:
    """Let somebody else take it."""
    await actions.refuse(tx, leg_id=leg_id, offer=data.offer, by=actor)


@get("/transfer-targets", opt=needs("conversations.transfer"))
async def transfer_targets(tx: Transaction, actor: Actor) -> Targets:
    """Return to whom a conversation can be passed, who is there, and how long it would wait."""
    staff = await queries.seats(tx)
    teams = await accounts.teams(tx)
    queues = await queries.queues(tx)
    lines = await queries.lines(tx)
    waits = await queries.target_waits(tx, queues, staff)
    names = {team.id: team.name for team in teams}
    return Targets(
        agents=[
            AgentTarget(
                seat.agent_id,
                seat.name,
                seat.state,
                seat.load,
                seat.capacity,
                next((names[team] for team in sorted(seat.team_ids) if team in names), None),
            )
            for seat in staff
            if seat.agent_id != actor.id
        ],
        teams=[
            TeamTarget(
                team.id,
                team.name,
                sum(s.presence.state == "ready" for s in staff if team.id in s.team_ids),
            )
            for team in teams
        ],
        queues=[
            QueueTarget(
                queue.id,
                queue.name,
                queue.open,
                lines[queue.id].waiting if queue.id in lines else 0,
                Range(waits[queue.id].low_s, waits[queue.id].high_s),
            )
            for queue in queues
        ],
    )


async def _presence(tx: Transaction, member_id: UUID) -> Presence:
    member = await accounts.need_member(tx, member_id)
    presence = await queries.presence_of(tx, member_id)
    load = await queries.load_of(tx, member_id)
    return Presence(
        state=shown(presence.state, load, member.capacity),
        reason=presence.reason,
        since=presence.since,
        until=presence.until,
        load=load,
        capacity=member.capacity,
        offers=await _offers(tx, member_id),
    )


async def _offers(tx: Transaction, member_id: UUID) -> list[Offer]:
    legs = await queries.offers_of(tx, member_id)
    if not legs:
        return []
    rows = {
        row.id: row for row in await conversations.rows(tx, [leg.conversation_id for leg in legs])
    }
    queues = {queue.id: queue for queue in await queries.queues(tx)}
    words = await conversations.last_words(tx, list(rows))
    return [
        _offer(
            leg,
            rows[leg.conversation_id],
            queues.get(leg.queue_id) if leg.queue_id else None,
            shortened(words.get(leg.conversation_id, ""), WORDS_LENGTH),
        )
        for leg in legs
        if leg.conversation_id in rows
    ]


def _offer(leg: WorkItem, row: ConversationRow, queue: QueueRow | None, words: str) -> Offer:
    assert leg.offered_at is not None
    answer_in = timedelta(seconds=queue.offer_s if queue else OFFER_S)
    return Offer(
        leg_id=leg.id,
        conversation_id=leg.conversation_id,
        row=row,
        queue_id=leg.queue_id,
        queue_name=queue.name if queue else None,
        offered_at=leg.offered_at,
        expires_at=leg.offered_at + answer_in,
        offer=leg.offer,
        entered_at=leg.entered_at,
        words=words,
        why=Why(leg.offer_last_agent, leg.return_to is not None),
    )


@get("/announced-waits", opt=needs("insight.wallboard"))
async def announced_waits(
    tx: Transaction, days: Annotated[int, Parameter(ge=1, le=90)] = 30
) -> list[AnnouncedWaits]:
    """Return how the announced waits held, for each queue."""
    return await queries.announced_waits(tx, days=days)


routes = [
    my_presence,
    set_my_presence,
    set_presence_of,
    set_capacity,
    set_skills,
    skill_effect,
    accept_offer,
    refuse_offer,
    transfer_targets,
    announced_waits,
]
