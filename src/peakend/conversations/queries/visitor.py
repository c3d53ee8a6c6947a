"""What a visitor of the web channel sees: the channel, and the own conversation without notes."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import BrandLook, brand_look, member_briefs
from peakend.conversations.models import (
    CHANNEL_COLUMNS,
    CONVERSATION_COLUMNS,
    ChannelRecord,
    ConversationRecord,
    MessageRecord,
)
from peakend.conversations.ports import provided
from peakend.conversations.queries.continuing import sighted
from peakend.conversations.queries.messages import (
    Marks,
    Source,
    marks_of,
    record_scans,
    records_after,
    records_before,
    records_changed,
    shown_files,
    shown_sources,
)
from peakend.conversations.queries.quotes import Quote, Quoted, quotes, shown_quote
from peakend.conversations.rules.channels import frame_ancestors, origin_allowed
from peakend.conversations.rules.states import (
    Arrival,
    Kind,
    State,
    message_state,
)
from peakend.conversations.rules.talking import SAID, Reaction
from peakend.customers.queries import current_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound, Refused
from peakend.kernel.files import File
from peakend.kernel.scans import Scans
from peakend.kernel.secrets import unseal

NEWEST = 50
MOST = 200

# What the panel of customer $1 on channel $2 shows: the open one in front, else the newest.
# The second look is taken only where nothing is open.
FRONT = """coalesce((
    SELECT f.id FROM conversation f
    WHERE f.organisation_id = current_organisation() AND f.customer_id = $1 AND f.channel_id = $2
      AND f.state <> 'closed' AND NOT f.beside
), (
    SELECT coalesce(f.merged_into_id, f.id) FROM conversation f
    WHERE f.organisation_id = current_organisation() AND f.customer_id = $1 AND f.channel_id = $2
    ORDER BY f.beside, f.opened_at DESC LIMIT 1
))"""
_NEWEST_ONE = f"""
SELECT {CONVERSATION_COLUMNS} FROM conversation c
WHERE c.organisation_id = current_organisation() AND c.id = {FRONT}
"""  # noqa: S608 (names of columns only)

_BY_KEY = f"""
SELECT h.organisation_id, {CHANNEL_COLUMNS} FROM channel h
WHERE h.key = $1 AND h.active AND h.kind = 'web'
"""  # noqa: S608 (names of columns only)


# A channel found is believed for a second: each of a visitor's requests asks for it.
CACHE_S = 1.0
CACHE_ENTRIES = 1_000
_known: dict[tuple[str, str], tuple[float, "KeyedChannel"]] = {}


class UnknownKey(NotFound):
    """No channel has this key."""

    wording = "conversations.channel_not_found"


class ForeignOrigin(Refused):
    """The page is not on the channel's list of domains."""

    wording = "conversations.foreign_origin"


class VisitorAgent(msgspec.Struct, frozen=True):
    """The person who serves the visitor."""

    name: str
    avatar_url: str | None


class VisitorQuote(msgspec.Struct, frozen=True, kw_only=True):
    """What a message answers to, as the customer sees it."""

    id: UUID
    seq: int | None
    kind: Kind
    author_name: str | None
    text: str
    file_name: str | None
    file_kind: str | None
    recalled: bool


class VisitorReaction(msgspec.Struct, frozen=True):
    """A sign on a message, and whether the customer put it there."""

    code: Reaction
    own: bool


class VisitorMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the customer sees it."""

    id: UUID
    seq: int
    kind: Kind
    text: str
    author_name: str | None
    at: datetime
    client_id: UUID | None
    files: list[File]
    sources: list[Source]
    code: str | None
    params: dict[str, Any] | None
    judged: str | None
    state: Arrival
    quote: VisitorQuote | None
    reactions: list[VisitorReaction]
    recalled: bool


class VisitorConversation(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor's newest conversation; the last fields come from the contexts above."""

    id: UUID
    number: int
    state: State
    agent: VisitorAgent | None
    last_seq: int
    opened_at: datetime
    closed_at: datetime | None
    messages: list[VisitorMessage]
    earlier: bool
    agent_read_seq: int
    read_seq: int
    layout: int
    version: int
    waiting: dict[str, Any] | None = None
    out_of_hours: dict[str, Any] | None = None
    survey: dict[str, Any] | None = None
    others: list[dict[str, Any]] = []


class KeyedChannel(ChannelRecord, frozen=True, kw_only=True):
    """A channel with the organisation whose it is."""

    organisation_id: UUID

    def check_origin(self, origin: str | None, host: str) -> None:
        """Refuse pages that are not on the channel's list. Errors: ForeignOrigin."""
        if not origin_allowed(origin, host, self.domains):
            raise ForeignOrigin

    @property
    def frame_ancestors(self) -> str:
        """Return who may hold the panel in a frame, for the content security policy."""
        return frame_ancestors(self.domains)


async def channel_by_key(database: Database, key: str) -> KeyedChannel:
    """Return the channel that a public key stands for. Errors: UnknownKey."""
    if not key or len(key) > 64 or not key.isascii() or "\x00" in key:
        raise UnknownKey
    cached = _known.get((database.dsn, key))
    if cached is not None and cached[0] > time.monotonic():
        return cached[1]
    async with database.system() as tx:
        found = await tx.one(KeyedChannel, _BY_KEY, key)
    if found is None:
        raise UnknownKey
    if len(_known) >= CACHE_ENTRIES:
        _known.clear()
    _known[database.dsn, key] = (time.monotonic() + CACHE_S, found)
    return found


def forget_channels() -> None:
    """Let this process ask the database again about every channel."""
    _known.clear()


async def socket_allowed(
    database: Database, key: str, actor: Actor, origin: str | None, host: str
) -> bool:
    """Say whether a visitor may open a socket of this channel from this page."""
    try:
        channel = await channel_by_key(database, key)
    except UnknownKey:
        return False
    return actor.channel_id == channel.id and origin_allowed(origin, host, channel.domains)


async def identity_secret(tx: Transaction, channel_id: UUID) -> bytes | None:
    """Return the secret with which the host page signs who its user is; None before it is made."""
    sealed = await tx.value(
        "SELECT identity_secret FROM channel "
        "WHERE organisation_id = current_organisation() AND id = $1",
        channel_id,
    )
    return unseal(sealed, secret_place(tx.organisation_id, channel_id)) if sealed else None


def secret_place(organisation_id: UUID, channel_id: UUID) -> str:
    """Return what a sealed identity secret is bound to."""
    return f"{organisation_id}/channel/identity_secret/{channel_id}"


async def newest_conversation(tx: Transaction, actor: Actor) -> ConversationRecord | None:
    """Return the visitor's newest conversation on the channel.

    Whose token was read a moment before a merge still comes with the former customer.
    """
    found = await tx.one(ConversationRecord, _NEWEST_ONE, actor.customer_id, actor.channel_id)
    if found is not None or actor.customer_id is None:
        return found
    customer_id = await current_customer(tx, actor.customer_id)
    if customer_id == actor.customer_id:
        return None
    return await tx.one(ConversationRecord, _NEWEST_ONE, customer_id, actor.channel_id)


async def visitor_state(
    tx: Transaction,
    actor: Actor,
    *,
    after_seq: int | None = None,
    before_seq: int | None = None,
    changed: bool = False,
) -> VisitorConversation | None:
    """Return what the visitor sees: the newest conversation, or nothing before the first word.

    With `before_seq` the messages are the newest before that place, else the newest of all; those
    after a place come with the recently `changed` ones before it, for who asks without a socket.
    """
    row = await newest_conversation(tx, actor)
    if row is None:
        return None
    if after_seq is None:
        records = await records_before(tx, row.id, before_seq, NEWEST, notes=False)
    else:
        records = await records_after(tx, row.id, after_seq, MOST, notes=False)
        if changed:
            records = await records_changed(tx, row.id, after_seq) + records
    shown = await _shown(tx, actor, row, records)
    agent = None
    if row.agent_id is not None and row.state == "serving":
        brief = (await member_briefs(tx, [row.agent_id])).get(row.agent_id)
        agent = VisitorAgent(brief.name, brief.avatar_url) if brief else None
    added: dict[str, Any] = {}
    for view in provided.visitor_views:
        added.update(await view(tx, conversation=row, channel_id=row.channel_id))
    return VisitorConversation(
        id=row.id,
        number=row.number,
        state=row.state,
        agent=agent,
        last_seq=row.last_seq,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        messages=shown,
        earlier=bool(records) and records[0].seq > 1 and after_seq is None,
        agent_read_seq=row.agent_read_seq,
        read_seq=row.customer_read_seq,
        layout=row.layout,
        version=row.version,
        **added,
    )


async def visitor_message(
    tx: Transaction, actor: Actor, record: MessageRecord
) -> VisitorMessage | None:
    """Return one message as the visitor sees it."""
    row = await newest_conversation(tx, actor)
    found = await _shown(tx, actor, row, [record]) if row is not None else []
    return found[0] if found else None


async def visitor_answer(
    tx: Transaction, actor: Actor, record: MessageRecord
) -> tuple[VisitorMessage, VisitorConversation]:
    """Return a message just written and the conversation with what follows it. Errors: NotFound."""
    view = await visitor_state(tx, actor, after_seq=record.seq - 1)
    message = next((m for m in view.messages if m.id == record.id), None) if view else None
    message = message or await visitor_message(tx, actor, record)
    if view is None or message is None:
        raise NotFound
    return message, view


async def _shown(
    tx: Transaction, actor: Actor, row: ConversationRecord, records: list[MessageRecord]
) -> list[VisitorMessage]:
    records, found = await sighted(tx, actor, records, await quotes(tx, records))
    both: list[MessageRecord | Quoted] = [*records, *found.values()]
    members = {r.author_id for r in both if r.author_kind == "member" and r.author_id}
    names = {i: brief.name for i, brief in (await member_briefs(tx, members)).items()}
    judged: Mapping[UUID, str] = {}
    digital = [r.id for r in records if r.kind == "digital"]
    if digital and provided.judged is not None:
        judged = await provided.judged(tx, conversation_id=row.id, message_ids=digital)
    marks, scans = marks_of(row), await record_scans(tx, records)
    return [
        _message(tx, r, marks, names, judged, shown_quote(r, found, names), scans) for r in records
    ]


def _message(
    tx: Transaction,
    record: MessageRecord,
    marks: Marks,
    names: Mapping[UUID, str],
    judged: Mapping[UUID, str],
    quote: Quote | None,
    scans: Scans,
) -> VisitorMessage:
    return VisitorMessage(
        id=record.id,
        seq=record.seq,
        kind=record.kind,
        text=record.text,
        author_name=names.get(record.author_id) if record.author_id else None,
        at=record.at,
        client_id=record.client_id if record.kind == "customer" else None,
        files=shown_files(tx.organisation_id, record.files, tx.now, scans),
        sources=shown_sources(record.sources),
        code=record.code,
        params=record.params,
        judged=judged.get(record.id),
        state=message_state(
            record.kind,
            record.seq,
            read=marks.read,
            delivered=marks.delivered,
            agent_read=marks.agent_read,
        ),
        quote=_quote(quote),
        reactions=[
            VisitorReaction(one["code"], one["by"] == "customer") for one in record.reactions or ()
        ],
        recalled=record.recalled_at is not None,
    )


def _quote(quote: Quote | None) -> VisitorQuote | None:
    # A second wall: whatever a message came to quote, only what both sides see goes out.
    if quote is None or quote.kind not in SAID:
        return None
    return VisitorQuote(
        id=quote.id,
        seq=quote.seq if quote.number is None else None,
        kind=quote.kind,
        author_name=quote.author_name,
        text=quote.text,
        file_name=quote.file_name,
        file_kind=quote.file_kind,
        recalled=quote.recalled,
    )


async def brand_of(tx: Transaction, channel: ChannelRecord) -> BrandLook | None:
    """Return the brand that the widget speaks for, and how it looks."""
    return await brand_look(tx, channel.brand_id) if channel.brand_id else None


def painted(channel: ChannelRecord, brand: BrandLook | None) -> dict[str, Any]:
    """Return a channel's look; one without a colour of its own has its brand's."""
    own = channel.look.get("colour") or (brand.colour if brand else "")
    return {**channel.look, "colour": own}
