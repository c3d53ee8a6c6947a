"""Routes of promises, urges, progress links and repeats, for the people of the house."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.cases import actions, queries
from peakend.cases.queries import Show
from peakend.cases.rules.promises import LONGEST_PROMISE, PromiseKind
from peakend.cases.rules.urges import LONGEST_URGE
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class PromiseGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is promised, and by when; a time without an offset is the organisation's own."""

    client_id: UUID
    kind: PromiseKind
    words: Annotated[str, Meta(max_length=LONGEST_PROMISE)]
    due_at: datetime
    conversation_id: UUID | None = None
    case_id: UUID | None = None
    owner_id: UUID | None = None


class PromiseMove(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Another time, or somebody else who keeps it."""

    version: Version
    due_at: datetime | None = None
    owner_id: UUID | None = None


class PromiseSeen(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which version was looked at."""

    version: Version


class PromiseBack(PromiseSeen, kw_only=True):
    """Why a promise holds no longer."""

    why: actions.Why


class UrgeGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who asked for speed: a customer by some way, or the agent himself."""

    by: queries.UrgedBy = "agent"
    channel: Annotated[str, Meta(max_length=20, pattern="^[a-z_]+$")] = "desk"
    words: Annotated[str, Meta(max_length=LONGEST_URGE)] = ""
    conversation_id: UUID | None = None


class ProgressLinkGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where the link is sent to; without words it brings its own."""

    client_id: UUID
    conversation_id: UUID
    words: Annotated[str, Meta(max_length=500)] = ""


class RepeatGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The case that a contact is about."""

    case_id: UUID


class RepeatRule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Within how many days the same matter is a repeat."""

    within_d: Annotated[int, Meta(ge=1, le=90)]


class PromiseMade(msgspec.Struct, frozen=True):
    """The promise that was made."""

    id: UUID


class ProgressSending(msgspec.Struct, frozen=True):
    """The message that holds the link."""

    message_id: UUID


@get("/promises", summary="Promises: open, due soon, broken, settled", opt=needs("cases.read"))
async def promise_list(
    tx: Transaction,
    actor: Actor,
    show: Show = "open",
    mine: bool = True,
    kind: PromiseKind | None = None,
    cursor: Annotated[str | None, Parameter(max_length=400)] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
) -> Page[queries.PromiseView]:
    return await queries.promise_page(
        tx, actor, show=show, mine=mine, kind=kind, cursor=cursor, limit=limit
    )


@get("/promise-counts", summary="How many promises wait", opt=needs("cases.read"))
async def promise_counts(tx: Transaction, actor: Actor, mine: bool = True) -> queries.PromiseCounts:
    return await queries.promise_counts(tx, actor, mine=mine)


@get("/promise-rates", summary="The share of promises that was kept", opt=needs("cases.read"))
async def promise_rates(
    tx: Transaction, actor: Actor, first: date, last: date
) -> queries.PromiseRates:
    return await queries.promise_rates(tx, actor, first=first, last=last)


@get("/promise-moments", summary="Moments that can be promised now", opt=needs("cases.work"))
async def promise_moments(
    tx: Transaction,
    actor: Actor,
    conversation_id: UUID | None = None,
    case_id: UUID | None = None,
) -> queries.PromisePlace:
    return await queries.promise_place(tx, actor, conversation_id=conversation_id, case_id=case_id)


@post("/promises", summary="Promise something", opt=needs("cases.work"))
async def make_promise(tx: Transaction, actor: Actor, data: PromiseGiven) -> PromiseMade:
    made = await actions.make_promise(tx, by=actor, **msgspec.structs.asdict(data))
    return PromiseMade(made)


@put("/promises/{promise_id:uuid}", summary="Move a promise", opt=needs("cases.work"))
async def move_promise(tx: Transaction, actor: Actor, promise_id: UUID, data: PromiseMove) -> None:
    await actions.move_promise(tx, promise_id=promise_id, by=actor, **msgspec.structs.asdict(data))


@post(
    "/promises/{promise_id:uuid}/keepings",
    summary="Say that it was kept",
    opt=needs("cases.work"),
    status_code=204,
)
async def keep_promise(tx: Transaction, actor: Actor, promise_id: UUID, data: PromiseSeen) -> None:
    await actions.keep_promise(tx, promise_id=promise_id, by=actor, version=data.version)


@post(
    "/promises/{promise_id:uuid}/withdrawals",
    summary="Take a promise back",
    opt=needs("cases.work"),
    status_code=204,
)
async def withdraw_promise(
    tx: Transaction, actor: Actor, promise_id: UUID, data: PromiseBack
) -> None:
    await actions.withdraw_promise(
        tx, promise_id=promise_id, why=data.why, by=actor, version=data.version
    )


@get(
    "/conversations/{conversation_id:uuid}/promises",
    summary="What its customer was promised",
    opt=needs("cases.read"),
)
async def promises_of_conversation(
    tx: Transaction, actor: Actor, conversation_id: UUID
) -> list[queries.PromiseView]:
    return await queries.promises_of_conversation(tx, conversation_id, actor)


@get("/cases/{case_id:uuid}/promises", summary="Promises of a case", opt=needs("cases.read"))
async def promises_of_case(
    tx: Transaction, actor: Actor, case_id: UUID
) -> list[queries.PromiseView]:
    return await queries.promises_of_case(tx, case_id, actor)


@get("/cases/{case_id:uuid}/urges", summary="Who asked for speed", opt=needs("cases.read"))
async def urges_of(tx: Transaction, actor: Actor, case_id: UUID) -> list[queries.UrgeView]:
    return await queries.urges_of(tx, case_id, actor)


@post("/cases/{case_id:uuid}/urges", summary="Ask for speed", opt=needs("cases.work"))
async def urge_case(tx: Transaction, actor: Actor, case_id: UUID, data: UrgeGiven) -> actions.Urged:
    return await actions.urge_by_member(
        tx, case_id=case_id, actor=actor, **msgspec.structs.asdict(data)
    )


@get(
    "/cases/{case_id:uuid}/progress-link",
    summary="The link to the customer's progress page",
    opt=needs("cases.read"),
)
async def progress_link(
    tx: Transaction, actor: Actor, case_id: UUID
) -> queries.ProgressLink | None:
    return await queries.link_of_case(tx, case_id, actor)


@post(
    "/cases/{case_id:uuid}/progress-link",
    summary="Make the link to the customer's progress page",
    opt=needs("cases.work"),
)
async def make_progress_link(tx: Transaction, actor: Actor, case_id: UUID) -> queries.ProgressLink:
    return await actions.make_link(tx, case_id=case_id, by=actor)


@post(
    "/cases/{case_id:uuid}/progress-link/sendings",
    summary="Send the link into a conversation",
    opt=needs("cases.work"),
)
async def send_progress_link(
    tx: Transaction, actor: Actor, case_id: UUID, data: ProgressLinkGiven
) -> ProgressSending:
    sent = await actions.send_link(tx, case_id=case_id, by=actor, **msgspec.structs.asdict(data))
    return ProgressSending(sent)


@post(
    "/cases/{case_id:uuid}/progress-link/mails",
    summary="Send the link to the customer by mail",
    opt=needs("cases.work"),
    status_code=204,
)
async def mail_progress_link(tx: Transaction, actor: Actor, case_id: UUID) -> None:
    await actions.mail_progress(tx, case_id=case_id, by=actor)


@delete(
    "/cases/{case_id:uuid}/progress-link",
    summary="Let the link lead nowhere",
    opt=needs("cases.work"),
)
async def revoke_progress_link(tx: Transaction, actor: Actor, case_id: UUID) -> None:
    await actions.revoke_link(tx, case_id=case_id, by=actor)


@get(
    "/conversations/{conversation_id:uuid}/repeats",
    summary="The case that a contact repeats",
    opt=needs("cases.read"),
)
async def repeats_of(tx: Transaction, actor: Actor, conversation_id: UUID) -> queries.Repeats:
    return await queries.repeats_of(tx, conversation_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/repeats",
    summary="Say which case a contact is about",
    opt=needs("cases.work"),
    status_code=204,
)
async def say_repeat(
    tx: Transaction, actor: Actor, conversation_id: UUID, data: RepeatGiven
) -> None:
    await actions.say_repeat(tx, conversation_id=conversation_id, case_id=data.case_id, by=actor)


@delete(
    "/conversations/{conversation_id:uuid}/repeats/{case_id:uuid}",
    summary="Say that a contact is not about a case",
    opt=needs("cases.work"),
)
async def deny_repeat(tx: Transaction, actor: Actor, conversation_id: UUID, case_id: UUID) -> None:
    await actions.deny_repeat(tx, conversation_id=conversation_id, case_id=case_id, by=actor)


@get("/repeat-rule", summary="What counts as a repeat", opt=needs("cases.read"))
async def repeat_rule(tx: Transaction) -> RepeatRule:
    return RepeatRule(within_d=await queries.within_d(tx))


@put(
    "/repeat-rule", summary="Say what counts as a repeat", opt=needs("cases.set_up"),
    status_code=204,
)  # fmt: skip
async def set_repeat_rule(tx: Transaction, data: RepeatRule) -> None:
    await actions.set_repeat_rule(tx, days=data.within_d)


routes = [
    promise_list,
    promise_counts,
    promise_rates,
    promise_moments,
    make_promise,
    move_promise,
    keep_promise,
    withdraw_promise,
    promises_of_conversation,
    promises_of_case,
    urges_of,
    urge_case,
    mail_progress_link,
    progress_link,
    make_progress_link,
    send_progress_link,
    revoke_progress_link,
    repeats_of,
    say_repeat,
    deny_repeat,
    repeat_rule,
    set_repeat_rule,
]
