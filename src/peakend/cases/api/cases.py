"""Routes of cases: lists, the board, one case, and what is done to it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post, put
from litestar.params import Parameter
from msgspec import UNSET, Meta, UnsetType

from peakend.cases import actions, queries
from peakend.cases.queries import CasePriority
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
Words = Annotated[str, Meta(max_length=5000)]
Moment = Annotated[datetime, Meta(tz=True)]


class CaseGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new case; what is not given is the conversation's."""

    client_id: UUID
    title: Title
    description: Words = ""
    conversation_id: UUID | None = None
    customer_id: UUID | None = None
    brand_id: UUID | None = None
    reason_id: UUID | None = None
    priority: CasePriority = "normal"
    owner_id: UUID | None = None
    template_id: UUID | None = None
    parent_id: UUID | None = None


class CaseChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a case."""

    version: Version
    title: Title | UnsetType = UNSET
    description: Words | UnsetType = UNSET
    reason_id: UUID | UnsetType | None = UNSET
    parent_id: UUID | UnsetType | None = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


class OwnerGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who sees to it, or nobody."""

    version: Version
    owner_id: UUID | None


class CaseStateGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The state that it goes into; closing takes that the customer was told."""

    version: Version
    state: queries.MovedTo


class CasePriorityGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How urgent it is."""

    version: Version
    priority: CasePriority


class CaseDueGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """By when it is to be done."""

    version: Version
    due_at: Moment


class ConversationGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which conversation of the same customer belongs to it."""

    conversation_id: UUID


@get("/cases", summary="Cases, what is due first", opt=needs("cases.read"))
async def case_list(
    actor: Actor,
    tx: Transaction,
    shown: queries.Shown = "all_open",
    owner_id: UUID | None = None,
    nobody: bool = False,
    brand_id: UUID | None = None,
    reason_id: UUID | None = None,
    priority: CasePriority | None = None,
    late: bool = False,
    q: Annotated[str | None, Parameter(max_length=100)] = None,
    cursor: Annotated[str | None, Parameter(max_length=200)] = None,
) -> Page[queries.CaseItem]:
    wanted = queries.CaseFilter(
        state=shown, owner_id=owner_id, nobody=nobody, brand_id=brand_id, reason_id=reason_id,
        priority=priority, late=late,
    )  # fmt: skip
    return await queries.case_page(tx, actor, wanted, q=q, cursor=cursor)


@get("/case-board", summary="Cases by state, what is due first", opt=needs("cases.read"))
async def case_board(
    actor: Actor,
    tx: Transaction,
    owner_id: UUID | None = None,
    nobody: bool = False,
    brand_id: UUID | None = None,
    priority: CasePriority | None = None,
    late: bool = False,
) -> list[queries.BoardColumn]:
    wanted = queries.CaseFilter(
        owner_id=owner_id, nobody=nobody, brand_id=brand_id, priority=priority, late=late
    )
    return await queries.case_board(tx, actor, wanted)


@get("/case-counts", summary="How many cases there are", opt=needs("cases.read"))
async def case_counts(actor: Actor, tx: Transaction) -> queries.CaseCounts:
    return await queries.case_counts(tx, actor)


@get(
    "/conversations/{conversation_id:uuid}/cases",
    summary="The customer's cases, and the beginning of a new one",
    opt=needs("cases.read"),
)
async def conversation_cases(
    conversation_id: UUID, actor: Actor, tx: Transaction
) -> queries.BesideConversation:
    return await queries.beside_conversation(tx, conversation_id, actor)


@post("/cases", summary="Open a case", opt=needs("cases.work"))
async def open_case(data: CaseGiven, actor: Actor, tx: Transaction) -> queries.CaseView:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    case_id = await actions.open_case(tx, **given, by=actor)
    return await queries.case_view(tx, case_id, actor)


@get("/cases/{case_id:uuid}", summary="A case", opt=needs("cases.read"))
async def read_case(case_id: UUID, actor: Actor, tx: Transaction) -> queries.CaseView:
    return await queries.case_view(tx, case_id, actor)


@patch("/cases/{case_id:uuid}", summary="Change a case", opt=needs("cases.work"))
async def change_case(
    case_id: UUID, data: CaseChange, actor: Actor, tx: Transaction
) -> queries.CaseView:
    await actions.change_case(
        tx, case_id=case_id, changes=data.changes(), by=actor, version=data.version
    )
    return await queries.case_view(tx, case_id, actor)


@put("/cases/{case_id:uuid}/owner", summary="Let somebody see to a case", opt=needs("cases.work"))
async def assign_case(
    case_id: UUID, data: OwnerGiven, actor: Actor, tx: Transaction
) -> queries.CaseItem:
    await actions.assign_case(
        tx, case_id=case_id, owner_id=data.owner_id, by=actor, version=data.version
    )
    return (await queries.case_items(tx, [case_id]))[0]


@put("/cases/{case_id:uuid}/state", summary="Put a case into a state", opt=needs("cases.work"))
async def set_state(
    case_id: UUID, data: CaseStateGiven, actor: Actor, tx: Transaction
) -> queries.CaseItem:
    await actions.set_state(tx, case_id=case_id, state=data.state, by=actor, version=data.version)
    return (await queries.case_items(tx, [case_id]))[0]


@put("/cases/{case_id:uuid}/priority", summary="Set how urgent it is", opt=needs("cases.work"))
async def set_priority(
    case_id: UUID, data: CasePriorityGiven, actor: Actor, tx: Transaction
) -> queries.CaseItem:
    await actions.set_priority(
        tx, case_id=case_id, to=data.priority, by=actor, version=data.version
    )
    return (await queries.case_items(tx, [case_id]))[0]


@put("/cases/{case_id:uuid}/due", summary="Set by when it is to be done", opt=needs("cases.work"))
async def set_due(
    case_id: UUID, data: CaseDueGiven, actor: Actor, tx: Transaction
) -> queries.CaseItem:
    await actions.set_due(tx, case_id=case_id, due_at=data.due_at, by=actor, version=data.version)
    return (await queries.case_items(tx, [case_id]))[0]


@post(
    "/cases/{case_id:uuid}/conversations",
    summary="Let a conversation belong to a case",
    opt=needs("cases.work"),
    status_code=200,
)
async def link_conversation(
    case_id: UUID, data: ConversationGiven, actor: Actor, tx: Transaction
) -> queries.CaseView:
    await actions.link_conversation(
        tx, case_id=case_id, conversation_id=data.conversation_id, kind="later", by=actor
    )
    return await queries.case_view(tx, case_id, actor)


routes = [
    case_list,
    case_board,
    case_counts,
    conversation_cases,
    open_case,
    read_case,
    change_case,
    assign_case,
    set_state,
    set_priority,
    set_due,
    link_conversation,
]
