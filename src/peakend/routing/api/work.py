"""Taking, passing on and giving back conversations."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import post
from msgspec import Meta, Struct

from peakend.conversations import queries as conversations
from peakend.conversations.queries.rows import ConversationRow
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.routing import actions


class Target(Struct, forbid_unknown_fields=True):
    """To whom."""

    kind: Literal["agent", "team", "queue"]
    id: UUID


class TransferForm(Struct, forbid_unknown_fields=True):
    """To whom a conversation is passed on, with what word."""

    to: Target
    note: Annotated[str, Meta(max_length=2000)] = ""
    version: int | None = None


class AssignmentForm(Struct, forbid_unknown_fields=True):
    """Who shall hold the conversation."""

    agent_id: UUID


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
    await actions.assign(tx, conversation_id=conversation_id, agent_id=data.agent_id, by=actor)
    return await _row(tx, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/returns",
    opt=needs("conversations.transfer"),
    status_code=200,
)
async def give_back(tx: Transaction, actor: Actor, conversation_id: UUID) -> ConversationRow:
    """Give a conversation back to its queue."""
    await actions.release(tx, conversation_id=conversation_id, by=actor)
    return await _row(tx, conversation_id)


async def _row(tx: Transaction, conversation_id: UUID) -> ConversationRow:
    return (await conversations.rows(tx, [conversation_id]))[0]


routes = [pick, transfer, assign, give_back]
