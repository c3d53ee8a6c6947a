"""Routes of tables that are carried in."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Stream
from msgspec import Meta

from peakend.exchange import actions, queries
from peakend.exchange.rules import MOST_UPLOAD
from peakend.kernel.actors import Actor
from peakend.kernel.carrying import Rule
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.large_files import copied, draft
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs
from peakend.kernel.sheets import Format
from peakend.kernel.words import best_language

Code = Annotated[str, Parameter(max_length=40)]
ColumnKey = Annotated[str, Meta(min_length=1, max_length=60)]
Place = Annotated[int, Meta(ge=0, le=1000)]
_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoTable(Invalid):
    """A form came without a file."""

    wording = "exchange.no_table"


class CheckGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the columns of a table lie, what becomes of who is known, by what they are recognised."""

    mapping: Annotated[dict[ColumnKey, Place], Meta(max_length=200)]
    rule: Rule = "fill"
    match: Annotated[str, Meta(max_length=60)] = ""


def reading(actor: Actor, request: Request[Any, Any, Any]) -> Actor:
    """Return the actor with the language in which the answer is wanted."""
    wanted = request.headers.get("accept-language") or actor.language
    return msgspec.structs.replace(actor, language=best_language(wanted))


def as_file(name: str) -> dict[str, str]:
    """Return the headers of something to keep."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


@get("/import-kinds", summary="What can be imported and exported", opt=needs("settings.manage"))
async def import_kinds(
    actor: Actor, tx: Transaction, request: Request[Any, Any, Any]
) -> list[queries.KindView]:
    return await queries.kinds(tx, reading(actor, request))


@get(
    "/import-kinds/{kind:str}/template",
    summary="A table to fill in",
    media_type="application/octet-stream",
    opt=needs("settings.manage"),
)
async def template(
    kind: Code,
    actor: Actor,
    tx: Transaction,
    request: Request[Any, Any, Any],
    form: Annotated[Format, Parameter(query="format")] = "csv",
) -> Response[bytes]:
    name, data = await queries.template(tx, kind, form, reading(actor, request))
    kept = _CSV if form == "csv" else _XLSX
    return Response(data, media_type=kept, headers=as_file(name))


@post(
    "/import-kinds/{kind:str}/imports",
    summary="Upload a table",
    opt=needs("settings.manage"),
    request_max_body_size=MOST_UPLOAD,
)
async def take_in(
    kind: Code,
    actor: Actor,
    database: Database,
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> queries.Import:
    await spend(f"import:{actor.organisation_id}:{actor.id}", rate=0.2, burst=20)
    part = data.get("file")
    if not isinstance(part, UploadFile):
        raise NoTable(fields={"file": "missing"})
    with draft() as path:
        await copied(part, path)
        run_id = await actions.take_in(
            database, kind=kind, path=path, name=part.filename or "table.csv", by=actor
        )
    async with database.transaction(actor) as tx:
        return await queries.import_run(tx, run_id, actor)


@get("/imports", summary="The newest imports", opt=needs("settings.manage"))
async def imports(actor: Actor, tx: Transaction) -> list[queries.Import]:
    codes = [one.code for one in await queries.kinds(tx, actor)]
    return await queries.imports(tx, actor, codes)


@get("/imports/{run_id:uuid}", summary="How far an import is", opt=needs("settings.manage"))
async def import_run(run_id: UUID, actor: Actor, tx: Transaction) -> queries.Import:
    return await queries.import_run(tx, run_id, actor)


@post(
    "/imports/{run_id:uuid}/checks",
    summary="Go through a table on trial",
    opt=needs("settings.manage"),
    status_code=202,
)
async def check_import(
    run_id: UUID, actor: Actor, tx: Transaction, data: CheckGiven
) -> queries.Import:
    await actions.check_import(
        tx, run_id=run_id, mapping=data.mapping, rule=data.rule, match=data.match, by=actor
    )
    return await queries.import_run(tx, run_id, actor)


@post(
    "/imports/{run_id:uuid}/starts",
    summary="Let a table in that was tried",
    opt=needs("settings.manage"),
    status_code=202,
)
async def start_import(run_id: UUID, actor: Actor, tx: Transaction) -> queries.Import:
    await actions.start_import(tx, run_id=run_id, by=actor)
    return await queries.import_run(tx, run_id, actor)


@post(
    "/imports/{run_id:uuid}/stops",
    summary="Stop a trial or an import",
    opt=needs("settings.manage"),
    status_code=200,
)
async def stop_import(run_id: UUID, actor: Actor, tx: Transaction) -> queries.Import:
    await actions.stop_import(tx, run_id=run_id, by=actor)
    return await queries.import_run(tx, run_id, actor)


@get(
    "/imports/{run_id:uuid}/faults",
    summary="What is wrong on which line",
    opt=needs("settings.manage"),
)
async def faults(
    run_id: UUID,
    actor: Actor,
    tx: Transaction,
    request: Request[Any, Any, Any],
    after: Annotated[int, Parameter(ge=-1, le=2**31 - 1)] = -1,
) -> list[queries.Fault]:
    return await queries.faults(tx, run_id, reading(actor, request), after=after)


@get(
    "/imports/{run_id:uuid}/wrong-lines",
    summary="The wrong lines as CSV, to be mended",
    media_type="text/csv",
    opt=needs("settings.manage"),
)
async def wrong_lines(
    run_id: UUID, actor: Actor, database: Database, request: Request[Any, Any, Any]
) -> Stream:
    name, parts = await queries.wrong_lines(database, run_id, reading(actor, request))
    return Stream(parts, media_type=_CSV, headers=as_file(f"{name}-wrong.csv"))


routes: list[Any] = [
    import_kinds, template, take_in, imports, import_run, check_import, start_import, stop_import,
    faults, wrong_lines,
]  # fmt: skip
