"""Routes of webhooks: where what happens here is told, and how each delivery went."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post, put
from msgspec import UNSET, Meta, Struct, UnsetType

from peakend.automation import actions, queries
from peakend.automation.actions import WebhookText
from peakend.automation.actions.webhooks import WebhookChange
from peakend.automation.models import Attempt, Delivery, Webhook
from peakend.automation.rules.webhooks import KINDS, TIMEOUT_S, DeliveryState, status_wording
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.kernel.words import best_language, word

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Cursor = Annotated[str, Meta(max_length=200)]
Limit = Annotated[int, Meta(ge=1, le=100)]


class WebhookPatch(Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a webhook."""

    version: Version
    name: Annotated[str, Meta(min_length=1, max_length=60)] | UnsetType = UNSET
    url: Annotated[str, Meta(min_length=1, max_length=1000)] | UnsetType = UNSET
    kinds: Annotated[list[str], Meta(min_length=1, max_length=100)] | UnsetType = UNSET


class WebhookSwitch(Struct, forbid_unknown_fields=True):
    """Whether a webhook is told anything."""

    active: bool


class Span(Struct, forbid_unknown_fields=True):
    """A while, the end not included."""

    since: Annotated[datetime, Meta(tz=True)]
    until: Annotated[datetime, Meta(tz=True)]


class WebhookView(Webhook, frozen=True, kw_only=True):
    """A webhook and how many deliveries wait and were given up; both counts end at 1,000."""

    waiting: int
    dead: int


class WebhookSecret(Struct, frozen=True):
    """The secret with which messages are signed; it is shown this once."""

    id: UUID
    secret: str


class KindGroup(Struct, frozen=True):
    """Kinds of facts that can be chosen, of one context."""

    context: str
    kinds: list[str]


class WebhookTest(Struct, frozen=True, kw_only=True):
    """What came of a test; `message` says what is wrong, in the reader's language."""

    good: bool
    status: int | None
    message: str
    lasted_ms: int
    answer: str
    message_id: str


class DeliveryView(Delivery, frozen=True, kw_only=True):
    """A delivery; `message` says what was wrong with the last try, in the reader's language."""

    message: str


class AttemptView(Attempt, frozen=True, kw_only=True):
    """One try; `message` says what was wrong, in the reader's language."""

    message: str


class DeliveryDetail(Struct, frozen=True, kw_only=True):
    """A delivery, what is sent (null where the log no longer has it), and how each try went."""

    delivery: DeliveryView
    body: str | None
    attempts: list[AttemptView]


class Replayed(Struct, frozen=True):
    """How many deliveries wait anew."""

    count: int


@get("/webhooks", summary="Webhooks of the house", opt=needs("integrations.manage"))
async def webhook_list(tx: Transaction) -> list[WebhookView]:
    found = await queries.all_webhooks(tx)
    return await _views(tx, found)


@get("/webhook-kinds", summary="What webhooks can tell", opt=needs("integrations.manage"))
async def webhook_kinds() -> list[KindGroup]:
    return [KindGroup(context, list(kinds)) for context, kinds in KINDS.items()]


@post("/webhooks", summary="Make a webhook", opt=needs("integrations.manage"))
async def add_webhook(tx: Transaction, data: WebhookText) -> WebhookSecret:
    return WebhookSecret(*await actions.add_webhook(tx, webhook=data))


@patch("/webhooks/{webhook_id:uuid}", summary="Change a webhook", opt=needs("integrations.manage"))
async def change_webhook(tx: Transaction, webhook_id: UUID, data: WebhookPatch) -> WebhookView:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    await actions.change_webhook(tx, change=WebhookChange(webhook_id=webhook_id, **given))
    return await _one(tx, webhook_id)


@put(
    "/webhooks/{webhook_id:uuid}/activity",
    summary="Pause a webhook, or go on",
    opt=needs("integrations.manage"),
)
async def switch_webhook(tx: Transaction, webhook_id: UUID, data: WebhookSwitch) -> WebhookView:
    await actions.switch_webhook(tx, webhook_id=webhook_id, active=data.active)
    return await _one(tx, webhook_id)


@delete("/webhooks/{webhook_id:uuid}", summary="Remove a webhook", opt=needs("integrations.manage"))
async def remove_webhook(tx: Transaction, webhook_id: UUID) -> None:
    await actions.remove_webhook(tx, webhook_id=webhook_id)


@post(
    "/webhooks/{webhook_id:uuid}/secrets",
    summary="Give a webhook a new secret; the old one signs a day longer",
    opt=needs("integrations.manage"),
)
async def rotate_secret(tx: Transaction, webhook_id: UUID) -> WebhookSecret:
    return WebhookSecret(webhook_id, await actions.rotate_secret(tx, webhook_id=webhook_id))


@post(
    "/webhooks/{webhook_id:uuid}/tests",
    summary="Send a test message and say what came of it",
    opt=needs("integrations.manage"),
    status_code=200,
)
async def test_webhook(
    request: Request[Any, Any, Any], database: Database, actor: Actor, webhook_id: UUID
) -> WebhookTest:
    found = await actions.try_webhook(database, webhook_id=webhook_id, by=actor)
    async with database.transaction(actor) as tx:
        url = (await queries.need_webhook(tx, webhook_id)).url
    return WebhookTest(
        good=found.good,
        status=found.status,
        message=_why(request, found.status, found.wording, url),
        lasted_ms=found.lasted_ms,
        answer=found.answer,
        message_id=found.message_id,
    )


@get(
    "/webhooks/{webhook_id:uuid}/deliveries",
    summary="Deliveries of a webhook, newest first",
    opt=needs("integrations.manage"),
)
async def list_deliveries(
    request: Request[Any, Any, Any],
    tx: Transaction,
    webhook_id: UUID,
    only: DeliveryState | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[DeliveryView]:
    url = (await queries.need_webhook(tx, webhook_id)).url
    page = await queries.deliveries(tx, webhook_id, state=only, cursor=cursor, limit=limit)
    return Page([_delivery(request, one, url) for one in page.items], page.next)


@get(
    "/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}",
    summary="A delivery with what is sent and every try",
    opt=needs("integrations.manage"),
)
async def read_delivery(
    request: Request[Any, Any, Any], tx: Transaction, webhook_id: UUID, delivery_id: UUID
) -> DeliveryDetail:
    one = await queries.need_delivery(tx, webhook_id, delivery_id)
    url = (await queries.need_webhook(tx, webhook_id)).url
    said = await queries.body_of(tx, one.fact_id)
    tries = [
        AttemptView(
            **msgspec.structs.asdict(each), message=_why(request, each.status, each.code, url)
        )
        for each in await queries.attempts(tx, delivery_id)
    ]
    return DeliveryDetail(
        delivery=_delivery(request, one, url),
        body=None if said is None else said.decode(),
        attempts=tries,
    )


@post(
    "/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/replays",
    summary="Send a delivery once more",
    opt=needs("integrations.manage"),
)
async def replay_delivery(
    request: Request[Any, Any, Any], tx: Transaction, webhook_id: UUID, delivery_id: UUID
) -> DeliveryView:
    await actions.replay_delivery(tx, webhook_id=webhook_id, delivery_id=delivery_id)
    one = await queries.need_delivery(tx, webhook_id, delivery_id)
    return _delivery(request, one, (await queries.need_webhook(tx, webhook_id)).url)


@post(
    "/webhooks/{webhook_id:uuid}/replays",
    summary="Tell once more what happened in a while",
    opt=needs("integrations.manage"),
)
async def replay_range(tx: Transaction, webhook_id: UUID, data: Span) -> Replayed:
    return Replayed(
        await actions.replay_range(tx, webhook_id=webhook_id, since=data.since, until=data.until)
    )


async def _views(tx: Transaction, found: list[Webhook]) -> list[WebhookView]:
    counts = await queries.waiting_counts(tx, [one.id for one in found])
    return [
        WebhookView(
            **msgspec.structs.asdict(one),
            waiting=counts.get(one.id, (0, 0))[0],
            dead=counts.get(one.id, (0, 0))[1],
        )
        for one in found
    ]


async def _one(tx: Transaction, webhook_id: UUID) -> WebhookView:
    return (await _views(tx, [await queries.need_webhook(tx, webhook_id)]))[0]


def _delivery(request: Request[Any, Any, Any], one: Delivery, url: str) -> DeliveryView:
    return DeliveryView(
        **msgspec.structs.asdict(one), message=_why(request, one.status, one.code, url)
    )


def _why(request: Request[Any, Any, Any], status: int | None, code: str, url: str) -> str:
    wording = code or status_wording(status)
    if not wording:
        return ""
    language = best_language(request.headers.get("accept-language"))
    parts = urlsplit(url)
    return word(
        wording,
        language,
        status=status,
        host=parts.hostname or "",
        port=parts.port or "",
        seconds=round(TIMEOUT_S),
    )


routes = [
    webhook_list,
    webhook_kinds,
    add_webhook,
    change_webhook,
    switch_webhook,
    remove_webhook,
    rotate_secret,
    test_webhook,
    list_deliveries,
    read_delivery,
    replay_delivery,
    replay_range,
]
