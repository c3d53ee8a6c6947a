"""Settings that conversations use: channels, tags, contact reasons."""

from uuid import UUID

import msgspec

from peakend.conversations.models import CHANNEL_COLUMNS, ChannelRecord
from peakend.conversations.rules.reasons import ReasonNode, label
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.naming import called
from peakend.kernel.words import best_language

_CHANNELS = f"""
SELECT {CHANNEL_COLUMNS} FROM channel h WHERE h.organisation_id = current_organisation()
"""  # noqa: S608 (names of columns only)


class ChannelNotHere(NotFound):
    """There is no such channel here."""

    wording = "conversations.channel_not_found"


class TagNotHere(NotFound):
    """There is no such tag here."""

    wording = "conversations.tag_not_found"


class Tag(msgspec.Struct, frozen=True):
    """A tag."""

    id: UUID
    name: str
    colour: str


class ShownReason(msgspec.Struct, frozen=True, kw_only=True):
    """A contact reason in the reader's language."""

    id: UUID
    parent_id: UUID | None
    name_zh: str
    name_en: str
    label: str
    position: int
    active: bool


class ReasonTree(msgspec.Struct, frozen=True):
    """The newest version of the tree; version 0 before the first."""

    version: int
    nodes: list[ShownReason]


async def channels(tx: Transaction) -> list[ChannelRecord]:
    """Return the organisation's channels, oldest first."""
    return await tx.all(ChannelRecord, _CHANNELS + " ORDER BY h.created_at, h.id LIMIT 200")


async def need_channel(tx: Transaction, channel_id: UUID) -> ChannelRecord:
    """Return a channel. Errors: ChannelNotHere."""
    found = await tx.one(ChannelRecord, _CHANNELS + " AND h.id = $1", channel_id)
    if found is None:
        raise ChannelNotHere
    return found


async def mail_channel(tx: Transaction, mailbox_id: UUID) -> ChannelRecord | None:
    """Return the channel of a mailbox; None where it has none yet."""
    return await tx.one(ChannelRecord, _CHANNELS + " AND h.mailbox_id = $1", mailbox_id)


async def tags(tx: Transaction) -> list[Tag]:
    """Return the tags by name."""
    return await tx.all(
        Tag,
        "SELECT id, name, colour FROM tag WHERE organisation_id = current_organisation() "
        "ORDER BY lower(name), id LIMIT 500",
    )


async def need_tag(tx: Transaction, tag_id: UUID) -> Tag:
    """Return a tag. Errors: TagNotHere."""
    found = await tx.one(
        Tag,
        "SELECT id, name, colour FROM tag "
        "WHERE organisation_id = current_organisation() AND id = $1",
        tag_id,
    )
    if found is None:
        raise TagNotHere
    return found


async def reason_tree(tx: Transaction) -> ReasonTree:
    """Return the newest tree of contact reasons."""
    version = await tx.value(
        "SELECT max(version) FROM contact_reason_version "
        "WHERE organisation_id = current_organisation()"
    )
    if version is None:
        return ReasonTree(0, [])
    nodes = await tx.all(
        ReasonNode,
        "SELECT id, parent_id, name_zh, name_en, position, active FROM contact_reason "
        "WHERE organisation_id = current_organisation() AND version = $1 "
        "ORDER BY parent_id NULLS FIRST, position, id LIMIT 2000",
        version,
    )
    language = best_language(tx.actor.language)
    return ReasonTree(
        version,
        [
            ShownReason(
                **msgspec.structs.asdict(node),
                label=label(node.name_zh, node.name_en, language) or "",
            )
            for node in nodes
        ],
    )


def script_line(public_url: str, channel: ChannelRecord, colour: str) -> str:
    """Return the line of HTML that puts the launcher on a page."""
    position = channel.look.get("position", "right")
    line = (
        f'<script src="{public_url}/widget.js" data-channel="{channel.key}"'
        f' data-colour="{colour}" data-position="{position}" async></script>'
    )
    if not channel.look.get("visitors"):
        return line
    # A line of its own: sites whose visitors are not looked at load nothing of it.
    here = f'<script src="{public_url}/widget-here.js" data-channel="{channel.key}" async></script>'
    return f"{line}\n{here}"


called(
    "tag",
    "SELECT id, name FROM tag WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
called(
    "channel",
    "SELECT id, name FROM channel WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
called(
    "conversation",
    "SELECT id, '#' || number AS name FROM conversation"
    " WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
