"""Routes of improvements, known gaps with their workarounds, and thanks to customers."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from msgspec import Meta

from peakend.complaints import actions, queries
from peakend.complaints.rules.improvements import State
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class ImprovementGiven(
    actions.ImprovementChange, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """An improvement as it shall be, and the version that was looked at."""

    version: Version


class GapGiven(actions.GapText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gap as it shall be, and the version that was looked at."""

    version: Version


class ThanksGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a customer is told, and the flaw he showed."""

    client_id: UUID
    words: Annotated[str, Meta(max_length=2000)]
    flaw: Annotated[str, Meta(max_length=1000)]
    improvement_id: UUID | None = None


class Leeway(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done for the customer of a conversation beyond the usual, and was."""

    gaps: list[queries.KnownGap]
    exceptions: list[queries.PolicyException]
    thanks: list[queries.Thanks]


@get("/improvements", summary="What is to be changed for good", opt=needs("complaints.read"))
async def improvements(
    tx: Transaction, actor: Actor, standing: State | None = None
) -> list[queries.Improvement]:
    return await queries.improvement_list(tx, actor, state=standing)


@get(
    "/improvements/proposals",
    summary="Reasons that customers come back for",
    opt=needs("improvements.manage"),
)
async def improvement_proposals(tx: Transaction, actor: Actor) -> list[queries.Proposal]:
    return await queries.proposals(tx, actor)


@get(
    "/improvements/{improvement_id:uuid}",
    summary="An improvement with what it did",
    opt=needs("complaints.read"),
)
async def improvement(
    tx: Transaction, actor: Actor, improvement_id: UUID
) -> queries.ImprovementView:
    return await queries.improvement_view(tx, improvement_id, actor)


@post("/improvements", summary="Propose what is to be changed", opt=needs("complaints.work"))
async def add_improvement(
    tx: Transaction, actor: Actor, data: actions.ImprovementText
) -> queries.ImprovementView:
    improvement_id = await actions.open_improvement(tx, data, by=actor)
    return await queries.improvement_view(tx, improvement_id, actor)


@put(
    "/improvements/{improvement_id:uuid}",
    summary="Change or move an improvement",
    opt=needs("complaints.work"),
)
async def change_improvement(
    tx: Transaction, actor: Actor, improvement_id: UUID, data: ImprovementGiven
) -> queries.ImprovementView:
    given = {name: getattr(data, name) for name in actions.ImprovementChange.__struct_fields__}
    await actions.change_improvement(
        tx,
        improvement_id=improvement_id,
        item=actions.ImprovementChange(**given),
        version=data.version,
        by=actor,
    )
    return await queries.improvement_view(tx, improvement_id, actor)


@get("/known-gaps", summary="Known gaps with their workarounds", opt=needs("complaints.read"))
async def known_gaps(
    tx: Transaction, actor: Actor, reason_id: UUID | None = None
) -> list[queries.KnownGap]:
    return await queries.known_gaps(tx, actor, reason_id=reason_id)


@post("/known-gaps", summary="Register a gap", opt=needs("improvements.manage"))
async def add_known_gap(
    tx: Transaction, actor: Actor, data: actions.GapText
) -> list[queries.KnownGap]:
    await actions.add_gap(tx, data, by=actor)
    return await queries.known_gaps(tx, actor)


@put("/known-gaps/{gap_id:uuid}", summary="Change a gap", opt=needs("improvements.manage"))
async def change_known_gap(
    tx: Transaction, actor: Actor, gap_id: UUID, data: GapGiven
) -> list[queries.KnownGap]:
    given = {name: getattr(data, name) for name in actions.GapText.__struct_fields__}
    await actions.change_gap(
        tx, gap_id=gap_id, gap=actions.GapText(**given), version=data.version, by=actor
    )
    return await queries.known_gaps(tx, actor)


@delete("/known-gaps/{gap_id:uuid}", summary="End a gap", opt=needs("improvements.manage"))
async def close_known_gap(tx: Transaction, actor: Actor, gap_id: UUID) -> None:
    await actions.close_gap(tx, gap_id=gap_id, by=actor)


@get("/flaw-thanks", summary="Customers who were thanked", opt=needs("complaints.read"))
async def flaw_thanks(tx: Transaction, actor: Actor) -> list[queries.Thanks]:
    return await queries.thanks_said(tx, actor)


@post(
    "/conversations/{conversation_id:uuid}/thanks",
    summary="Thank a customer who showed what is wrong",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def thank(tx: Transaction, actor: Actor, conversation_id: UUID, data: ThanksGiven) -> Leeway:
    await actions.thank(
        tx,
        conversation_id=conversation_id,
        client_id=data.client_id,
        words=data.words,
        flaw=data.flaw,
        improvement_id=data.improvement_id,
        by=actor,
    )
    return await _leeway(tx, conversation_id, actor)


@get(
    "/conversations/{conversation_id:uuid}/leeway",
    summary="What can be done beyond the usual, and was",
    opt=needs("complaints.read"),
)
async def leeway(tx: Transaction, actor: Actor, conversation_id: UUID) -> Leeway:
    return await _leeway(tx, conversation_id, actor)


async def _leeway(tx: Transaction, conversation_id: UUID, actor: Actor) -> Leeway:
    row = await conversations.need_conversation(tx, conversation_id, actor)
    gaps = []
    if row.reason_id is not None:
        gaps = await queries.known_gaps(tx, actor, reason_id=row.reason_id, brand_id=row.brand_id)
    return Leeway(
        gaps=gaps,
        exceptions=await queries.exceptions_beside(tx, conversation_id, actor),
        thanks=await queries.thanks_said(tx, actor, conversation_id=conversation_id),
    )


routes = [
    improvements,
    improvement_proposals,
    improvement,
    add_improvement,
    change_improvement,
    known_gaps,
    add_known_gap,
    change_known_gap,
    close_known_gap,
    flaw_thanks,
    thank,
    leeway,
]
