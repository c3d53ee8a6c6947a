"""Routes of what is written in a case, what happened to it, and how the customer was told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from msgspec import Meta

from peakend.cases import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Words = Annotated[str, Meta(max_length=5000)]


class EntryGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A note or a line of progress, and for whom it is."""

    client_id: UUID
    kind: queries.WrittenKind = "note"
    words: Words = ""
    visible: queries.Visible = "staff"
    file_ids: Annotated[list[UUID], Meta(max_length=10)] = []


class CaseTimeGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How long one worked on it, or on a step of it; seconds."""

    spent_s: Annotated[int, Meta(ge=60, le=86_400)]
    step_id: UUID | None = None


class InformGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the customer was told: by which message, or when and with which words."""

    version: Version
    channel: queries.Told
    words: Words = ""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    message_id: UUID | None = None


class UntoldGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why the customer was not told."""

    version: Version
    why: queries.NotTold
    words: Annotated[str, Meta(max_length=500)] = ""


class ReopenGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The version that was looked at."""

    version: Version


@get(
    "/cases/{case_id:uuid}/timeline",
    summary="What happened to a case and was written in it",
    opt=needs("cases.read"),
)
async def case_timeline(
    case_id: UUID, actor: Actor, tx: Transaction
) -> list[queries.TimelineEntry]:
    await queries.need_case(tx, case_id, actor)
    return await queries.timeline(tx, case_id)


@post("/cases/{case_id:uuid}/entries", summary="Write in a case", opt=needs("cases.work"))
async def add_entry(
    case_id: UUID, data: EntryGiven, actor: Actor, tx: Transaction
) -> list[queries.TimelineEntry]:
    await actions.add_entry(
        tx, case_id, data.kind, data.words, data.visible,
        by=actor, files=data.file_ids, client_id=data.client_id,
    )  # fmt: skip
    return await queries.timeline(tx, case_id)


@post("/cases/{case_id:uuid}/times", summary="Note time spent", opt=needs("cases.work"))
async def add_time(
    case_id: UUID, data: CaseTimeGiven, actor: Actor, tx: Transaction
) -> queries.CaseView:
    await actions.add_time(
        tx, case_id=case_id, spent_s=data.spent_s, step_id=data.step_id, by=actor
    )
    return await queries.case_view(tx, case_id, actor)


@get(
    "/cases/{case_id:uuid}/tellable-messages",
    summary="Messages that may have told the customer",
    opt=needs("cases.read"),
)
async def tellable_messages(case_id: UUID, actor: Actor, tx: Transaction) -> list[queries.Tellable]:
    return await queries.tellable(tx, case_id, actor)


@post(
    "/cases/{case_id:uuid}/informings",
    summary="Record that the customer was told, which closes the case",
    opt=needs("cases.work"),
)
async def inform(
    case_id: UUID, data: InformGiven, actor: Actor, tx: Transaction
) -> queries.CaseView:
    await actions.inform(
        tx, case_id=case_id, channel=data.channel, words=data.words, at=data.at,
        message_id=data.message_id, version=data.version, by=actor,
    )  # fmt: skip
    return await queries.case_view(tx, case_id, actor)


@post(
    "/cases/{case_id:uuid}/closings",
    summary="Close a case of which the customer was not told",
    opt=needs("cases.manage"),
)
async def close_not_informed(
    case_id: UUID, data: UntoldGiven, actor: Actor, tx: Transaction
) -> queries.CaseView:
    await actions.close_not_informed(
        tx, case_id=case_id, why=data.why, words=data.words, version=data.version, by=actor
    )
    return await queries.case_view(tx, case_id, actor)


@post(
    "/cases/{case_id:uuid}/reopenings",
    summary="Work on a closed case again",
    opt=needs("cases.work"),
)
async def reopen_case(
    case_id: UUID, data: ReopenGiven, actor: Actor, tx: Transaction
) -> queries.CaseView:
    await actions.reopen_case(tx, case_id=case_id, version=data.version, by=actor)
    return await queries.case_view(tx, case_id, actor)


routes = [
    case_timeline,
    add_entry,
    add_time,
    tellable_messages,
    inform,
    close_not_informed,
    reopen_case,
]
