"""Routes of the web channel: which other conversations a customer has, and going on with one."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.conversations.api.web import own_channel
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import visitor

Http = Request[Any, Any, Any]


class Continued(msgspec.Struct, forbid_unknown_fields=True):
    """With which conversation the chat goes on."""

    conversation_id: UUID


class ProofGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """To which mailbox a code goes: named, or known from the link of a mail."""

    email: Annotated[str, Meta(max_length=254)] = ""
    link: Annotated[str, Meta(max_length=800)] = ""


class CodeGiven(msgspec.Struct, forbid_unknown_fields=True):
    """What came to the mailbox."""

    code: Annotated[str, Meta(max_length=20)]


@get(
    "/web/{key:str}/conversations",
    summary="Other open conversations of the customer",
    opt=visitor(),
)
async def own_conversations(
    key: str, request: Http, database: Database, actor: Actor, tx: Transaction
) -> list[queries.OwnConversation]:
    await own_channel(request, database, key, actor)
    return await queries.own_conversations(tx, actor)


@post(
    "/web/{key:str}/continuations",
    summary="Go on with another conversation in the chat",
    opt=visitor(),
    status_code=200,
)
async def go_on(
    key: str, data: Continued, request: Http, database: Database, actor: Actor, tx: Transaction
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    await spend(f"continue:{actor.id}", rate=0.2, burst=10)
    await actions.go_on_in_chat(tx, conversation_id=data.conversation_id, by=actor)
    return await queries.visitor_state(tx, actor)


@post(
    "/web/{key:str}/proofs",
    summary="Ask for a code that goes to one's mailbox",
    opt=visitor(),
)
async def ask_for_code(
    key: str, data: ProofGiven, request: Http, database: Database, actor: Actor, tx: Transaction
) -> actions.CodeAsked:
    await own_channel(request, database, key, actor)
    address = request.client.host if request.client else ""
    await spend(f"proof:{actor.id}", rate=1 / 60, burst=5)
    await spend(f"proof:{actor.channel_id}:{address}", rate=1 / 20, burst=30)
    # Counted also for addresses that nobody has here: so nobody is told which those are.
    to = actions.address_key(data.link or data.email)
    await spend(f"proof:{actor.organisation_id}:{to}", rate=1 / 600, burst=4)
    return await actions.ask_for_code(tx, by=actor, email=data.email, link=data.link)


@post(
    "/web/{key:str}/proofs/{proof_id:uuid}/codes",
    summary="Type the code that came by mail",
    opt=visitor(),
    status_code=200,
)
async def show_code(
    key: str,
    proof_id: UUID,
    data: CodeGiven,
    request: Http,
    database: Database,
    actor: Actor,
    tx: Transaction,
) -> queries.VisitorConversation | None:
    await own_channel(request, database, key, actor)
    # Five tries for a code, whatever becomes of this transaction.
    await spend(f"code:{proof_id}", rate=1 / 3600, burst=5)
    known = await actions.show_code(tx, proof_id=proof_id, code=data.code, by=actor)
    return await queries.visitor_state(tx, known)


routes = [own_conversations, go_on, ask_for_code, show_code]
