"""Taking, passing on and giving back conversations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from msgspec import Meta, Struct

from peakend.accounts import queries as accounts
from peakend.conversations import queries as conversations
from peakend.conversations.queries.rows import ConversationRow
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.routing import actions, queries


class Target(Struct, forbid_unknown_fields=True):
    """To whom."""

    kind: Literal["agent", "team", "queue"]
    id: UUID


class TransferForm(Struct, forbid_unknown_fields=True):
    """To whom a conversation is passed on, with what word."""

    to: Target
    note: Annotated[str, Meta(max_length=2000)] = ""
    version: int | None = None


class Candidate(Struct, frozen=True):
    """An agent as the choice saw him."""

    id: UUID
    name: str
    load: int
    capacity: int
    idle_s: int


class Decision(Struct, frozen=True, kw_only=True):
    """Why a conversation was offered to the first of `agents`; the others would have been next.

    `ring` says how far the circle had widened: 0 the queue with every skill, 1 with the authority
    alone, 2 with a second queue after a time, 3 with a second queue because too many waited.
    `named` says that whoever passed it on chose this agent, or his team.
    Counts: place and waiting in the queue, candidates free then.
    """

    at: datetime
    queue_name: str | None
    rule: int
    ring: int
    last_agent: bool
    named: Literal["agent", "team"] | None
    place: int
    waiting: int
    candidates: int
    waited_s: int
    agents: list[Candidate]


class AssignmentForm(Struct, forbid_unknown_fields=True):
    """Who shall hold the conversation; `leg_id` is where it was seen to be."""

    agent_id: UUID
    leg_id: UUID | None = None


class MoveForm(Struct, forbid_unknown_fields=True):
    """In which queue the conversation shall wait; `leg_id` is where it was seen to be."""

    queue_id: UUID
    leg_id: UUID | None = None


@post(
    "/conversations/{conversation_id:uuid}/picks",
    opt=needs("conversations.assign_self"),
    status_code=200,
)
async def pick(tx: Transaction, actor: Actor, conversation_id: UUID) -> ConversationRow:
    """Take a conversation from the queue or from the digital agent, or take it over."""
    await actions.pick(tx, conversation_id=conversation_id, by=actor)
    return await _row(tx, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/transfers",
    opt=needs("conversations.transfer"),
    status_code=200,
)
async def transfer(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: TransferForm
) -> ConversationRow:
    """Pass a conversation on with a note and its whole context."""
    await actions.transfer(
        tx,
        conversation_id=conversation_id,
        kind=data.to.kind,
        to_id=data.to.id,
        note=data.note,
        version=data.version,
        by=actor,
    )
    return await _row(tx, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/assignments",
    opt=needs("conversations.assign"),
    status_code=200,
)
async def assign(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: AssignmentForm
) -> ConversationRow:
    """Give a conversation to an agent."""
    await actions.assign(
        tx,
        conversation_id=conversation_id,
        agent_id=data.agent_id,
        by=actor,
        leg_id=data.leg_id,
    )
    return await _row(tx, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/moves",
    opt=needs("conversations.assign"),
    status_code=200,
)
async def move(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: MoveForm
) -> ConversationRow:
    """Let a conversation wait in a queue, wherever it is."""
    await actions.move(
        tx,
        conversation_id=conversation_id,
        queue_id=data.queue_id,
        by=actor,
        leg_id=data.leg_id,
    )
    return await _row(tx, conversation_id)


@get("/conversations/{conversation_id:uuid}/fits", opt=needs("conversations.assign"))
async def fits(tx: Transaction, actor: Actor, conversation_id: UUID) -> queries.Fits:
    """Return for every agent and queue what speaks against giving a conversation to them."""
    await conversations.need_conversation(tx, conversation_id, actor)
    return await queries.fits(tx, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/returns",
    opt=needs("conversations.transfer"),
    status_code=200,
)
async def give_back(tx: Transaction, actor: Actor, conversation_id: UUID) -> ConversationRow:
    """Give a conversation back to its queue."""
    await actions.release(tx, conversation_id=conversation_id, by=actor)
    return await _row(tx, conversation_id)


@get("/conversations/{conversation_id:uuid}/decisions", opt=needs("conversations.read"))
async def decisions(tx: Transaction, actor: Actor, conversation_id: UUID) -> list[Decision]:
    """Return to whom a conversation was offered and why, oldest first."""
    await conversations.need_conversation(tx, conversation_id, actor)
    made = await queries.offers_made(tx, conversation_id)
    legs = {leg.id: leg for leg in await queries.legs_of(tx, conversation_id)}
    queues = await queries.queue_names(tx, [one.queue_id for one in legs.values() if one.queue_id])
    names = await accounts.member_names(tx, [one.id for row in made for one in row.agents])
    return [_decision(row, legs.get(row.leg_id), queues, names) for row in made]


def _decision(
    row: queries.OfferRow,
    leg: queries.WorkItem | None,
    queues: dict[UUID, str],
    names: dict[UUID, str],
) -> Decision:
    return Decision(
        at=row.at,
        queue_name=queues.get(leg.queue_id) if leg and leg.queue_id else None,
        rule=row.rule,
        ring=row.ring,
        last_agent=row.last_agent,
        named=_named(leg),
        place=row.place,
        waiting=row.waiting,
        candidates=row.candidates,
        waited_s=row.waited_s,
        agents=[
            Candidate(one.id, names.get(one.id, ""), one.load, one.capacity, one.idle_s)
            for one in row.agents
        ],
    )


def _named(leg: queries.WorkItem | None) -> Literal["agent", "team"] | None:
    if leg is None:
        return None
    return "agent" if leg.only_agent_id else "team" if leg.only_team_id else None


async def _row(tx: Transaction, conversation_id: UUID) -> ConversationRow:
    return (await conversations.rows(tx, [conversation_id]))[0]


routes = [pick, transfer, assign, move, fits, give_back, decisions]
