"""Routes of instruments, policy tables and what they suggest."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.complaints import actions, queries
from peakend.complaints.models.instruments import InstrumentRow
from peakend.complaints.rules.scheme_preview import SchemeTally
from peakend.complaints.rules.schemes import Known
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Severity = Annotated[int, Parameter(ge=1, le=4)]


class InstrumentGiven(actions.InstrumentText, frozen=True, kw_only=True):
    """An instrument as it shall be, and the version that was looked at."""

    version: Version


class DraftWanted(msgspec.Struct, forbid_unknown_fields=True):
    """For which brand; none is the house's own table."""

    brand_id: UUID | None = None


class EditSeen(msgspec.Struct, forbid_unknown_fields=True):
    """Which state was looked at."""

    edit: Version


@get("/compensation/instruments", summary="Instruments", opt=needs("compensation.grant"))
async def instrument_list(actor: Actor, tx: Transaction) -> list[InstrumentRow]:
    return await queries.instruments(tx, actor)


@post("/compensation/instruments", summary="Add an instrument", opt=needs("compensation.set_up"))
async def add_instrument(
    data: actions.InstrumentText, actor: Actor, tx: Transaction
) -> InstrumentRow:
    instrument_id = await actions.add_instrument(tx, given=data)
    return await queries.need_instrument(tx, instrument_id, actor)


@put(
    "/compensation/instruments/{instrument_id:uuid}",
    summary="Change an instrument",
    opt=needs("compensation.set_up"),
)
async def change_instrument(
    instrument_id: UUID, data: InstrumentGiven, actor: Actor, tx: Transaction
) -> InstrumentRow:
    await actions.change_instrument(
        tx, instrument_id=instrument_id, given=data, version=data.version
    )
    return await queries.need_instrument(tx, instrument_id, actor)


@get("/compensation/schemes", summary="Versions of the scheme", opt=needs("compensation.grant"))
async def scheme_list(actor: Actor, tx: Transaction) -> list[queries.TableView]:
    return await queries.scheme_tables(tx, actor)


@get(
    "/compensation/schemes/{table_id:uuid}",
    summary="A version of the scheme, a draft beside what holds",
    opt=needs("compensation.grant"),
)
async def scheme_shown(table_id: UUID, actor: Actor, tx: Transaction) -> queries.TableShown:
    return await queries.table_shown(tx, table_id, actor)


@get(
    "/compensation/schemes/{table_id:uuid}/preview",
    summary="What a version would have given in the last 30 days",
    opt=needs("compensation.read"),
)
async def scheme_preview(table_id: UUID, actor: Actor, tx: Transaction) -> SchemeTally:
    return await queries.would_have_granted(tx, table_id, actor)


@post("/compensation/schemes", summary="Begin a draft", opt=needs("compensation.set_up"))
async def begin_draft(data: DraftWanted, actor: Actor, tx: Transaction) -> queries.TableShown:
    table_id = await actions.begin_draft(tx, brand_id=data.brand_id)
    return await queries.table_shown(tx, table_id, actor)


@put(
    "/compensation/schemes/{table_id:uuid}",
    summary="Keep a draft",
    opt=needs("compensation.set_up"),
)
async def keep_draft(
    table_id: UUID, data: actions.DraftText, actor: Actor, tx: Transaction
) -> queries.TableShown:
    await actions.keep_draft(tx, table_id=table_id, given=data)
    return await queries.table_shown(tx, table_id, actor)


@delete(
    "/compensation/schemes/{table_id:uuid}",
    summary="Throw a draft away",
    opt=needs("compensation.set_up"),
)
async def drop_draft(table_id: UUID, tx: Transaction) -> None:
    await actions.drop_draft(tx, table_id=table_id)


@post(
    "/compensation/schemes/{table_id:uuid}/publication",
    summary="Publish a draft",
    opt=needs("compensation.set_up"),
    status_code=200,
)
async def publish(
    table_id: UUID, data: EditSeen, actor: Actor, tx: Transaction
) -> queries.TableShown:
    await actions.publish(tx, table_id=table_id, edit=data.edit)
    return await queries.table_shown(tx, table_id, actor)


@post(
    "/compensation/schemes/{table_id:uuid}/end",
    summary="End the scheme that holds",
    opt=needs("compensation.set_up"),
    status_code=200,
)
async def end_scheme(
    table_id: UUID, data: EditSeen, actor: Actor, tx: Transaction
) -> queries.TableShown:
    await actions.end_scheme(tx, table_id=table_id, edit=data.edit)
    return await queries.table_shown(tx, table_id, actor)


@get(
    "/conversations/{conversation_id:uuid}/compensation-suggestion",
    summary="What the scheme says for a conversation, and why",
    opt=needs("compensation.grant"),
)
async def suggestion(
    conversation_id: UUID,
    actor: Actor,
    tx: Transaction,
    liability: Known | None = None,
    severity: Severity | None = None,
) -> queries.SchemeSuggestion:
    return await queries.suggestion(
        tx, actor, conversation_id=conversation_id, liability=liability, severity=severity
    )


@get(
    "/complaints/{complaint_id:uuid}/compensation-suggestion",
    summary="What the scheme says for a complaint as it was judged, and why",
    opt=needs("compensation.grant"),
)
async def complaint_suggestion(
    complaint_id: UUID,
    actor: Actor,
    tx: Transaction,
    liability: Known | None = None,
    severity: Severity | None = None,
) -> queries.SchemeSuggestion:
    return await queries.suggestion_for_complaint(
        tx, actor, complaint_id=complaint_id, liability=liability, severity=severity
    )


routes = [
    instrument_list,
    add_instrument,
    change_instrument,
    scheme_list,
    scheme_shown,
    scheme_preview,
    begin_draft,
    keep_draft,
    drop_draft,
    publish,
    end_scheme,
    suggestion,
    complaint_suggestion,
]
