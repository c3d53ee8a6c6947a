"""Routes of a crisis' statements, and of what may be said to its customers."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from msgspec import Meta, Struct

from peakend.complaints import actions, queries
from peakend.complaints.queries import Crisis, SpokenFor
from peakend.complaints.rules.crises import Line, Title, Words
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class StatementGiven(Struct, forbid_unknown_fields=True):
    """A draft."""

    title: Title
    words: Words = ""


class StatementChange(Struct, forbid_unknown_fields=True):
    """A draft as it is now, and which version was looked at."""

    version: Version
    title: Title
    words: Words = ""


class StatementSeen(Struct, forbid_unknown_fields=True):
    """Which version of a statement is asked for."""

    version: Version


class StatementPublished(Struct, forbid_unknown_fields=True):
    """Where a statement was published."""

    where: Line


@post("/crises/{crisis_id:uuid}/statements", opt=needs("complaints.work"))
async def draft_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, data: StatementGiven
) -> Crisis:
    """Begin a statement."""
    await actions.draft_statement(
        tx, crisis_id=crisis_id, title=data.title, words=data.words, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@put("/crises/{crisis_id:uuid}/statements/{statement_id:uuid}", opt=needs("complaints.work"))
async def change_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID, data: StatementChange
) -> Crisis:
    """Change a draft, or begin anew from what was refused."""
    await actions.change_statement(
        tx,
        crisis_id=crisis_id,
        statement_id=statement_id,
        title=data.title,
        words=data.words,
        version=data.version,
        by=actor,
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post(
    "/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/requests",
    opt=needs("complaints.work"),
)
async def ask_for_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID, data: StatementSeen
) -> Crisis:
    """Put a draft before whoever lets statements pass."""
    await actions.ask_for_statement(
        tx, crisis_id=crisis_id, statement_id=statement_id, version=data.version, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post(
    "/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/publications",
    opt=needs("complaints.work"),
)
async def publish_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID, data: StatementPublished
) -> Crisis:
    """Write down where an approved statement was published; nothing is sent from here."""
    await actions.publish_statement(
        tx, crisis_id=crisis_id, statement_id=statement_id, where=data.where, by=actor
    )
    return await queries.crisis_file(tx, crisis_id, actor)


@post(
    "/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/withdrawals",
    opt=needs("complaints.work"),
)
async def withdraw_statement(
    tx: Transaction, actor: Actor, crisis_id: UUID, statement_id: UUID
) -> Crisis:
    """Let an approved statement hold no longer."""
    await actions.withdraw_statement(tx, crisis_id=crisis_id, statement_id=statement_id, by=actor)
    return await queries.crisis_file(tx, crisis_id, actor)


@get("/conversations/{conversation_id:uuid}/approved-words", opt=needs("complaints.read"))
async def read_approved_words(
    tx: Transaction, actor: Actor, conversation_id: UUID
) -> list[SpokenFor]:
    """Return what may be said in a conversation that belongs to a crisis."""
    return await queries.approved_words(tx, conversation_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/approved-words/{statement_id:uuid}",
    opt=needs("complaints.work"),
    status_code=204,
)
async def take_approved_words(
    tx: Transaction, actor: Actor, conversation_id: UUID, statement_id: UUID
) -> None:
    """Write down that an approved statement was taken into the answer."""
    await actions.take_words(
        tx, conversation_id=conversation_id, statement_id=statement_id, by=actor
    )


routes = [
    draft_statement,
    change_statement,
    ask_for_statement,
    publish_statement,
    withdraw_statement,
    read_approved_words,
    take_approved_words,
]
