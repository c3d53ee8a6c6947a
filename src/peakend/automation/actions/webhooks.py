"""Making webhooks and changing them; where they lead is a change that may need two people."""

import base64
import os
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from peakend.accounts.actions import audit, need_second, two_people
from peakend.automation.events import WebhookChanged
from peakend.automation.queries import need_webhook
from peakend.automation.rules.webhooks import (
    ALL_KINDS,
    MOST_WEBHOOKS,
    OVERLAP,
    SECRET_BYTES,
    SECRET_PREFIX,
)
from peakend.conversations import actions as conversations
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.live import end_of_log
from peakend.kernel.outgoing import Outgoing, needed_target
from peakend.kernel.secrets import seal
from peakend.kernel.settings import settings


class TooManyWebhooks(Conflict):
    """The house has as many webhooks as it can oversee."""

    wording = "automation.too_many_webhooks"


class WebhookStale(Conflict):
    """The webhook was changed since it was looked at."""

    wording = "automation.webhook_stale"


class WebhookByKey(Refused):
    """A program with a key does not send what happens here elsewhere."""

    wording = "automation.webhook_by_key"


class NotWholeHouse(Refused):
    """A webhook tells of every conversation: who sees only some makes none."""

    wording = "automation.not_whole_house"


class WebhookText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a webhook is called, where it leads, and which kinds of facts it is told."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    url: Annotated[str, Meta(min_length=1, max_length=1000)]
    kinds: Annotated[list[str], Meta(min_length=1, max_length=100)]


class WebhookChange(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What shall be otherwise; a new address may need a second person."""

    webhook_id: UUID
    name: Annotated[str, Meta(min_length=1, max_length=60)] | UnsetType = UNSET
    url: Annotated[str, Meta(min_length=1, max_length=1000)] | UnsetType = UNSET
    kinds: Annotated[list[str], Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    version: int | None = None


async def add_webhook(tx: Transaction, *, webhook: WebhookText) -> tuple[UUID, str]:
    """Make a webhook, and return its secret: it is seen here and never again.

    Errors: WebhookByKey, NotWholeHouse, Outgoing, TooManyWebhooks, SecondPersonNeeded, Invalid.
    """
    _need_whole_house(tx)
    name, kinds = conversations.checked_name(webhook.name, 60), _checked(webhook.kinds)
    need_address(webhook.url)
    await need_second(tx, "webhook.add")
    if await tx.value("SELECT count(*) >= $1 FROM webhook WHERE organisation_id = "
                      "current_organisation()", MOST_WEBHOOKS):  # fmt: skip
        raise TooManyWebhooks
    webhook_id, secret, end = new_id(), _secret(), await end_of_log(tx)
    await tx.run(
        """
        INSERT INTO webhook (id, name, url, kinds, state, secret_sealed, cursor_xid, cursor_id,
                             member_id, created_at)
        VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9)
        """,
        webhook_id,
        name,
        webhook.url,
        kinds,
        _sealed(tx, webhook_id, secret),
        end.xid,
        end.id,
        tx.actor.id if tx.actor.kind == "member" else None,
        tx.now,
    )
    await _tell(tx, webhook_id, "created", {"kinds": kinds})
    return webhook_id, secret


async def change_webhook(tx: Transaction, *, change: WebhookChange) -> None:
    """Change name, address or kinds.

    Errors: WebhookNotFound, WebhookStale, WebhookByKey, NotWholeHouse, Outgoing,
    SecondPersonNeeded, Invalid.
    """
    _need_whole_house(tx)
    old = await need_webhook(tx, change.webhook_id, lock=True)
    if change.version is not None and change.version != old.version:
        raise WebhookStale
    url = old.url if change.url is UNSET else change.url
    name = old.name if change.name is UNSET else conversations.checked_name(change.name, 60)
    kinds = old.kinds if change.kinds is UNSET else _checked(change.kinds)
    if url != old.url:
        need_address(url)
        await need_second(tx, "webhook.change")
    await tx.run(
        """
        UPDATE webhook SET name = $2, url = $3, kinds = $4, version = version + 1,
            failures = CASE WHEN url = $3 THEN failures ELSE 0 END,
            failing_since = CASE WHEN url = $3 THEN failing_since END,
            rests_until = CASE WHEN url = $3 THEN rests_until END
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        old.id,
        name,
        url,
        kinds,
    )
    what = "address" if url != old.url else "changed"
    await _tell(tx, old.id, what, {"kinds": kinds})


async def switch_webhook(tx: Transaction, *, webhook_id: UUID, active: bool) -> None:
    """Pause a webhook, or go on: what happened meanwhile is not told, unless it is replayed.

    Errors: WebhookNotFound, WebhookByKey, NotWholeHouse.
    """
    _need_whole_house(tx)
    old = await need_webhook(tx, webhook_id, lock=True)
    if (old.state == "active") == active:
        return
    end = await end_of_log(tx)
    await tx.run(
        """
        UPDATE webhook SET state = $2, why = '', failures = 0, failing_since = NULL,
            rests_until = NULL, version = version + 1,
            cursor_xid = greatest(cursor_xid, $3), cursor_id = $4
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        webhook_id,
        "active" if active else "paused",
        end.xid,
        end.id,
    )
    await _tell(tx, webhook_id, "resumed" if active else "paused", {})


async def rotate_secret(tx: Transaction, *, webhook_id: UUID) -> str:
    """Give a webhook a new secret; for a day the old one signs, too.

    Errors: WebhookNotFound, WebhookByKey, NotWholeHouse.
    """
    _need_whole_house(tx)
    await need_webhook(tx, webhook_id, lock=True)
    secret = _secret()
    await tx.run(
        """
        UPDATE webhook SET old_secret_sealed = secret_sealed, old_until = $3, secret_sealed = $2,
            version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        webhook_id,
        _sealed(tx, webhook_id, secret),
        tx.now + OVERLAP,
    )
    await _tell(tx, webhook_id, "secret", {})
    return secret


async def remove_webhook(tx: Transaction, *, webhook_id: UUID) -> None:
    """Remove a webhook with its log. Errors: WebhookNotFound, NotWholeHouse."""
    _need_whole_house(tx)
    await need_webhook(tx, webhook_id, lock=True)
    await tx.run(
        "DELETE FROM webhook WHERE organisation_id = current_organisation() AND id = $1",
        webhook_id,
    )
    await _tell(tx, webhook_id, "removed", {})


def need_address(url: str) -> None:
    """Refuse what could never be reached. Errors: Outgoing, with the field it is about."""
    try:
        needed_target(url, settings.outgoing_allowed)
    except Outgoing as error:
        raise type(error)(fields={"url": error.wording}, **error.params) from error


def _need_whole_house(tx: Transaction) -> None:
    if tx.actor.key_id is not None:
        raise WebhookByKey
    if tx.actor.kind == "member" and not (tx.actor.sees_all and tx.actor.every_brand):
        raise NotWholeHouse


def _checked(kinds: list[str]) -> list[str]:
    if not kinds or not ALL_KINDS.issuperset(kinds):
        raise Invalid(fields={"kinds": "kernel.invalid"})
    return sorted(set(kinds))


def _secret() -> str:
    return SECRET_PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def _sealed(tx: Transaction, webhook_id: UUID, secret: str) -> bytes:
    return seal(secret.encode(), f"webhook/secret/{tx.organisation_id}/{webhook_id}")


async def _tell(tx: Transaction, webhook_id: UUID, what: str, detail: dict[str, Any]) -> None:
    await record(tx, WebhookChanged(webhook_id=webhook_id, what=what))
    await audit(tx, f"webhook.{what}", "webhook", webhook_id, detail)


@two_people("webhook.add", "integrations.manage", WebhookText)
async def _add(tx: Transaction, body: WebhookText, address: str) -> str:
    _, secret = await add_webhook(tx, webhook=body)
    return secret


@two_people("webhook.change", "integrations.manage", WebhookChange)
async def _change(tx: Transaction, body: WebhookChange, address: str) -> None:
    await change_webhook(tx, change=body)
