"""Routes of acts on many conversations: beginning one, seeing how far it is, putting it back."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from msgspec import Meta

from peakend.automation import actions, queries
from peakend.automation.rules.bulk import MOST_CHOSEN, Bulk, BulkArgs
from peakend.conversations.queries import ViewFilter
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs
from peakend.kernel.words import best_language


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation as it was seen when it was chosen."""

    id: UUID
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class BulkGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One act on chosen conversations, or on all that fit a filter.

    The client's own id makes a repeat harmless.
    """

    client_id: UUID
    what: Bulk
    args: BulkArgs = msgspec.field(default_factory=BulkArgs)
    chosen: Annotated[list[Chosen], Meta(max_length=MOST_CHOSEN)] = []
    filter: ViewFilter | None = None


@post(
    "/bulk-runs",
    summary="Do one thing to many conversations",
    opt=needs("conversations.note"),
    status_code=202,
)
async def start_bulk(data: BulkGiven, actor: Actor, tx: Transaction) -> queries.BulkRun:
    await spend(f"bulk:{actor.organisation_id}:{actor.id}", rate=0.2, burst=20)
    await actions.start_bulk(
        tx,
        run_id=data.client_id,
        what=data.what,
        args=data.args,
        chosen=[(one.id, one.version) for one in data.chosen],
        given=data.filter,
        by=actor,
    )
    return await queries.bulk_run(tx, data.client_id, actor)


@get("/bulk-runs", summary="My newest acts on many", opt=needs("conversations.note"))
async def bulk_runs(actor: Actor, tx: Transaction) -> list[queries.BulkRun]:
    return await queries.bulk_runs(tx, actor)


@get(
    "/bulk-runs/{run_id:uuid}",
    summary="How far an act on many is",
    opt=needs("conversations.note"),
)
async def bulk_run(run_id: UUID, actor: Actor, tx: Transaction) -> queries.BulkRun:
    return await queries.bulk_run(tx, run_id, actor)


@get(
    "/bulk-runs/{run_id:uuid}/left-out",
    summary="What an act on many left out, and why",
    opt=needs("conversations.note"),
)
async def left_out(
    run_id: UUID, actor: Actor, tx: Transaction, request: Request[Any, Any, Any]
) -> list[queries.LeftOut]:
    wanted = request.headers.get("accept-language") or actor.language
    reader = msgspec.structs.replace(actor, language=best_language(wanted))
    return await queries.left_out(tx, run_id, reader)


@post(
    "/bulk-runs/{run_id:uuid}/undos",
    summary="Put back what an act on many did",
    opt=needs("conversations.note"),
    status_code=202,
)
async def undo_bulk(run_id: UUID, actor: Actor, tx: Transaction) -> queries.BulkRun:
    await actions.undo_bulk(tx, run_id=run_id, by=actor)
    return await queries.bulk_run(tx, run_id, actor)


routes = [start_bulk, bulk_runs, bulk_run, left_out, undo_bulk]
