"""Channels: where customers come from, how the widget looks, who may embed it."""

import secrets
from typing import Any
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.accounts.queries import brands, need_brand, organisation
from peakend.conversations.events import ChannelChanged
from peakend.conversations.ports import provided
from peakend.conversations.queries.access import ConversationStale
from peakend.conversations.queries.settings import channels, need_channel
from peakend.conversations.queries.visitor import forget_channels, secret_place
from peakend.conversations.rules.channels import POSITIONS, domain, is_colour
from peakend.conversations.rules.inviting import BOUNDS, is_cap
from peakend.conversations.rules.texts import is_text, one_line
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import seal, token
from peakend.kernel.words import word

LOOK: dict[str, Any] = {
    "colour": "#0f766e",
    "title_zh": "在线客服",
    "title_en": "Chat with us",
    "greeting_zh": "您好，请问有什么可以帮您？",
    "greeting_en": "Hello, how can we help?",
    "position": "right",
}
# Questions stand in one line, parted by ; or ；
LONGEST = {
    "title_zh": 40,
    "title_en": 60,
    "greeting_zh": 300,
    "greeting_en": 400,
    "questions_zh": 200,
    "questions_en": 300,
    "phone": 30,
}
MOST_DOMAINS = 50
# What is set of a channel by mail; all else is its mailbox's.
OF_MAIL = frozenset({"queue_id", "hours_id"})


class WrongDomain(Invalid):
    """One of the domains is none."""

    wording = "conversations.wrong_domain"


class WrongLook(Invalid):
    """A colour, a position or a text of the widget's look is not possible."""

    wording = "conversations.wrong_look"


class OfAMailbox(Conflict):
    """What a mailbox decides is set there: its name, its brand, whether it is at work."""

    wording = "conversations.of_a_mailbox"


class UnknownQueue(NotFound):
    """There is no such queue here."""

    wording = "conversations.unknown_queue"


class UnknownHours(NotFound):
    """There are no such business hours here."""

    wording = "conversations.unknown_hours"


async def add_channel(tx: Transaction, *, name: str, changes: dict[str, Any]) -> UUID:
    """Add a web channel with a public key of its own; `changes` as in `change_channel`.

    Errors: those of `change_channel`.
    """
    fields = await _checked(tx, {**changes, "name": name})
    channel_id = new_id()
    await tx.run(
        """
        INSERT INTO channel (id, kind, name, key, brand_id, queue_id, look, domains, hours_id,
                             identity_required, digital, active, created_at)
        VALUES ($1, 'web', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        channel_id,
        fields["name"],
        secrets.token_urlsafe(12),
        fields.get("brand_id"),
        fields.get("queue_id"),
        LOOK | fields.get("look", {}),
        fields.get("domains", []),
        fields.get("hours_id"),
        fields.get("identity_required", False),
        fields.get("digital", True),
        fields.get("active", True),
        tx.now,
    )
    await record(tx, ChannelChanged(channel_id=channel_id, what="created"))
    await audit(tx, "channel.created", "channel", channel_id)
    return channel_id


async def add_first_channel(tx: Transaction) -> UUID | None:
    """Give a new organisation the channel with which it can begin; None where it has one."""
    if await channels(tx):
        return None
    house = await organisation(tx)
    brand = next(iter(await brands(tx)), None)
    return await add_channel(
        tx,
        name=word("conversations.first_channel", house.language),
        changes={"brand_id": brand.id if brand else None},
    )


async def change_channel(
    tx: Transaction, *, channel_id: UUID, changes: dict[str, Any], version: int | None = None
) -> None:
    """Change some of name, brand_id, queue_id, look, domains, hours_id, identity_required,
    digital, active; what is not named stays.

    Errors: ChannelNotHere, ConversationStale, BrandNotFound, UnknownQueue, UnknownHours,
    WrongDomain, WrongLook, OfAMailbox.
    """
    old = await need_channel(tx, channel_id)
    if version is not None and old.version != version:
        raise ConversationStale(version=old.version)
    if old.kind == "mail" and not set(changes) <= OF_MAIL:
        raise OfAMailbox
    new = {
        name: getattr(old, name)
        for name in (
            "name",
            "brand_id",
            "queue_id",
            "domains",
            "hours_id",
            "identity_required",
            "digital",
            "active",
        )
    } | await _checked(tx, changes)
    await tx.run(
        """
        UPDATE channel SET
            name = $2, brand_id = $3, queue_id = $4, look = $5, domains = $6, hours_id = $7,
            identity_required = $8, digital = $9, active = $10, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        channel_id,
        new["name"],
        new["brand_id"],
        new["queue_id"],
        old.look | new.get("look", {}),
        new["domains"],
        new["hours_id"],
        new["identity_required"],
        new["digital"],
        new["active"],
    )
    forget_channels()
    await record(tx, ChannelChanged(channel_id=channel_id, what="updated"))
    await audit(tx, "channel.updated", "channel", channel_id, {"fields": sorted(changes)})


async def new_identity_secret(tx: Transaction, *, channel_id: UUID) -> str:
    """Make a new secret for signing visitors and return it once; the old one ends now.

    Errors: ChannelNotHere, OfAMailbox.
    """
    if (await need_channel(tx, channel_id)).kind == "mail":
        raise OfAMailbox
    secret = token()
    await tx.run(
        "UPDATE channel SET identity_secret = $2, version = version + 1 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        channel_id,
        seal(secret.encode(), secret_place(tx.organisation_id, channel_id)),
    )
    await record(tx, ChannelChanged(channel_id=channel_id, what="secret"))
    await audit(tx, "channel.secret_made", "channel", channel_id)
    return secret


async def _checked(tx: Transaction, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes as they are stored, after every id in them was found to be ours."""
    kept = dict(changes)
    if "name" in kept:
        if not is_text(kept["name"]) or not (name := one_line(kept["name"], 60)):
            raise Invalid(fields={"name": "invalid"})
        kept["name"] = name
    if kept.get("brand_id") is not None:
        await need_brand(tx, kept["brand_id"])
    directory = provided.directory
    if directory is not None:
        queue_id, hours_id = kept.get("queue_id"), kept.get("hours_id")
        if queue_id is not None and not await directory.queue_exists(tx, queue_id):
            raise UnknownQueue
        if hours_id is not None and not await directory.hours_exist(tx, hours_id):
            raise UnknownHours
    if "domains" in kept:
        kept["domains"] = _domains(kept["domains"])
    if "look" in kept:
        kept["look"] = _look(kept["look"])
    return kept


def _domains(given: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in given[:MOST_DOMAINS]:
        name = domain(text) if is_text(text) else None
        if name is None:
            raise WrongDomain(fields={"domains": "invalid"})
        found[name] = None
    return list(found)


def _look(given: dict[str, Any]) -> dict[str, Any]:
    look: dict[str, Any] = {}
    for name, value in given.items():
        if name == "colour":
            right = isinstance(value, str) and (not value or is_colour(value))
        elif name in ("visitors", "invite", "mail_link"):
            right = isinstance(value, bool)
        elif name in BOUNDS:
            right = is_cap(name, value)
        elif name == "position":
            right = value in POSITIONS
        else:
            right = name in LONGEST and isinstance(value, str) and is_text(value)
            value = one_line(value, LONGEST[name]) if right else value
        if not right:
            raise WrongLook(fields={f"look.{name}"[:60]: "invalid"})
        look[name] = value
    return look
