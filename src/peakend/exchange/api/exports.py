"""Routes of tables that are carried out."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.response import Stream
from msgspec import Meta

from peakend.exchange import actions, queries
from peakend.exchange.api.imports import as_file, reading
from peakend.exchange.rules import Form
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs


class ExportGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which table is wanted; the client's own id makes a repeat harmless.

    Private values come masked, unless `private` asks for them with a reason.
    """

    client_id: UUID
    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    format: Form = "csv"
    search: Annotated[str, Meta(max_length=100)] = ""
    private: bool = False
    reason: Annotated[str, Meta(max_length=200)] = ""


@post("/exports", summary="Ask for a table", opt=needs("settings.manage"), status_code=202)
async def start_export(
    data: ExportGiven, actor: Actor, tx: Transaction, request: Request[Any, Any, Any]
) -> queries.Export:
    await spend(f"export:{actor.organisation_id}:{actor.id}", rate=0.1, burst=10)
    await actions.start_export(
        tx,
        run_id=data.client_id,
        kind=data.kind,
        form=data.format,
        search=data.search,
        private=data.private,
        reason=data.reason,
        by=reading(actor, request),
    )
    return await queries.export_run(tx, data.client_id, actor)


@get("/exports", summary="My newest exports", opt=needs("settings.manage"))
async def exports(actor: Actor, tx: Transaction) -> list[queries.Export]:
    return await queries.exports(tx, actor)


@get(
    "/exports/{run_id:uuid}/file",
    summary="Fetch a table",
    media_type="application/octet-stream",
    opt=needs("settings.manage"),
)
async def export_file(
    run_id: UUID, actor: Actor, database: Database, request: Request[Any, Any, Any]
) -> Stream:
    name, parts = await actions.fetched(database, run_id, reading(actor, request))
    return Stream(parts, media_type="application/octet-stream", headers=as_file(name))


routes: list[Any] = [start_export, exports, export_file]
