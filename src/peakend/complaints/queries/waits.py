"""Reading waits: what is promised, and what was really waited, with the proof for the customer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import WAIT_COLUMNS, WaitRow
from peakend.complaints.queries.grants import GrantView, grants_by_id
from peakend.complaints.rules.instruments import Unit
from peakend.complaints.rules.waits import Outcome, Result, over_s, parts_of_proof, proof_token
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode
from peakend.kernel.secrets import sign, verify
from peakend.routing import queries as routing

PURPOSE = "wait-proof"
MOST_OF_ONE = 50
MOST_ROWS = 50
SPAN, MOST_SPAN = timedelta(days=30), timedelta(days=92)

_ONE = f"""
SELECT {WAIT_COLUMNS} FROM wait_record
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_OF_CONVERSATION = f"""
SELECT {WAIT_COLUMNS} FROM wait_record
WHERE organisation_id = current_organisation() AND conversation_id = $1
ORDER BY entered_at, id LIMIT $2
"""  # noqa: S608 (names of columns only)
_OF_LEG = f"""
SELECT {WAIT_COLUMNS} FROM wait_record
WHERE organisation_id = current_organisation() AND leg_id = $1
FOR UPDATE
"""  # noqa: S608 (names of columns only)

# Newest first along ix_wait_record_entered; what is asked for narrows the walk.
_WANTED = """
WHERE organisation_id = current_organisation()
  AND ($1::boolean OR agent_id = $2 OR queue_id = ANY($3::uuid[]) OR brand_id = ANY($4::uuid[]))
  AND ($5::uuid IS NULL OR customer_id = $5)
  AND ($6::uuid IS NULL OR queue_id = $6)
  AND ($7::timestamptz IS NULL OR entered_at >= $7)
  AND ($8::timestamptz IS NULL OR entered_at < $8)
  AND ($9::text IS NULL OR outcome = $9)
  AND (NOT $10::boolean OR waited_s > promised_s)
  AND (NOT $11::boolean OR result = 'granted')
  AND ($12::uuid IS NULL OR brand_id = $12)
  AND ($13::text IS NULL OR channel = $13)
"""
_FOUND = f"""
SELECT {WAIT_COLUMNS} FROM wait_record
{_WANTED}
  AND ($14::timestamptz IS NULL OR (entered_at, id) < ($14, $15::uuid))
ORDER BY entered_at DESC, id DESC LIMIT $16
"""  # noqa: S608 (names of columns only)
_DAYS = f"""
SELECT (entered_at AT TIME ZONE $14)::date AS day, count(*) AS waits,
       count(*) FILTER (WHERE waited_s > promised_s) AS over,
       count(*) FILTER (WHERE promised_s IS NOT NULL) AS promised,
       count(*) FILTER (WHERE result = 'granted') AS granted,
       coalesce(sum(cost_fen) FILTER (WHERE result = 'granted'), 0)::bigint AS cost_fen,
       coalesce(max(waited_s), 0) AS longest_s,
       coalesce(percentile_disc(0.9) WITHIN GROUP (ORDER BY waited_s), 0) AS p90_s
FROM wait_record
{_WANTED}
GROUP BY day ORDER BY day
"""  # noqa: S608


class WaitNotFound(NotFound):
    """There is no such wait here."""

    wording = "complaints.wait_not_found"


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's stay in a line, as staff see it. Units: s, fen."""

    id: UUID
    conversation_id: UUID
    number: int
    customer_id: UUID | None
    customer_name: str
    brand_name: str | None
    queue_name: str | None
    channel: str
    entered_at: datetime
    until_at: datetime | None
    outcome: Outcome | None
    waited_s: int | None
    promised_s: int | None
    over_s: int
    told_low_s: int | None
    told_high_s: int | None
    agent_name: str | None
    result: Result | None
    amount: int | None
    cost_fen: int | None
    unit: Unit | None
    given_zh: str
    given_en: str
    grant_id: UUID | None
    proof_until: datetime | None


class WaitSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What waits are looked for."""

    customer_id: UUID | None = None
    brand_id: UUID | None = None
    queue_id: UUID | None = None
    channel: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    outcome: Outcome | None = None
    over: bool = False
    granted: bool = False


class WaitDay(msgspec.Struct, frozen=True, kw_only=True):
    """The waits that began on a day. Units: s, fen.

    Counts: `promised` are those for which something was promised, `over` those that took longer;
    nine of ten took no longer than `p90_s`.
    """

    day: date
    waits: int
    promised: int
    over: int
    granted: int
    cost_fen: int
    longest_s: int
    p90_s: int


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a wait as its customer reads it; `zone` is the house's."""

    row: WaitRow
    number: int
    language: str
    house: str
    queue: str | None
    zone: str


async def need_wait(tx: Transaction, wait_id: UUID, actor: Actor) -> WaitRow:
    """Return a wait in a conversation that the actor sees. Errors: WaitNotFound."""
    found = await tx.one(WaitRow, _ONE, wait_id)
    if found is None:
        raise WaitNotFound
    try:
        await conversations.need_conversation(tx, found.conversation_id, actor)
    except conversations.ConversationNotFound as gone:
        raise WaitNotFound from gone
    return found


async def wait_row(tx: Transaction, wait_id: UUID, *, lock: bool = False) -> WaitRow | None:
    """Return a wait, whoever asks; `lock` keeps it for this transaction."""
    return await tx.one(WaitRow, f"{_ONE} FOR UPDATE" if lock else _ONE, wait_id)


async def wait_of_leg(tx: Transaction, leg_id: UUID) -> WaitRow | None:
    """Return the wait of a leg, locked."""
    return await tx.one(WaitRow, _OF_LEG, leg_id)


async def waits_of_conversation(tx: Transaction, conversation_id: UUID, actor: Actor) -> list[Wait]:
    """Return the waits in a conversation, in their order.

    Counts: at most 50. Errors: ConversationNotFound.
    """
    await conversations.need_conversation(tx, conversation_id, actor)
    rows = await tx.all(WaitRow, _OF_CONVERSATION, conversation_id, MOST_OF_ONE)
    return await _shown(tx, rows, actor)


async def wait(tx: Transaction, wait_id: UUID, actor: Actor) -> Wait:
    """Return a wait as it is shown. Errors: WaitNotFound."""
    return (await _shown(tx, [await need_wait(tx, wait_id, actor)], actor))[0]


async def waits_found(
    tx: Transaction, actor: Actor, search: WaitSearch, cursor: str | None = None
) -> Page[Wait]:
    """Return waits that the actor may see, the latest first. Errors: WrongCursor."""
    at, after = _place(cursor)
    rows = await tx.all(
        WaitRow, _FOUND,
        actor.sees_all, actor.id, actor.seen_queues, actor.seen_brands, search.customer_id,
        search.queue_id, search.since, search.before, search.outcome, search.over,
        search.granted, search.brand_id, search.channel, at, after, MOST_ROWS + 1,
    )  # fmt: skip
    last = rows[MOST_ROWS - 1] if len(rows) > MOST_ROWS else None
    following = cursor_encode(last.entered_at.isoformat(), str(last.id)) if last else None
    return Page(await _shown(tx, rows[:MOST_ROWS], actor), following)


async def waits_by_day(tx: Transaction, actor: Actor, search: WaitSearch) -> list[WaitDay]:
    """Return the waits of each day on which somebody joined a line, in the house's time.

    Counts: at most 92 days, the latest; waits that go on are counted among all.
    """
    zone = (await accounts.organisation(tx)).time_zone
    before = search.before or tx.now
    since = max(search.since or before - SPAN, before - MOST_SPAN)
    return await tx.all(
        WaitDay, _DAYS,
        actor.sees_all, actor.id, actor.seen_queues, actor.seen_brands, search.customer_id,
        search.queue_id, since, search.before, search.outcome, search.over,
        search.granted, search.brand_id, search.channel, zone,
    )  # fmt: skip


def _place(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if cursor is None:
        return None, None
    at, wait_id = cursor_decode(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(wait_id)
    except (TypeError, ValueError) as error:
        raise WrongCursor from error


async def _shown(tx: Transaction, rows: Sequence[WaitRow], actor: Actor) -> list[Wait]:
    """Return waits with the names of today; those in what the actor may not see are left out."""
    there = await conversations.rows(tx, list({one.conversation_id for one in rows}), actor)
    seen = {row.id: conversations.named_for(actor, row) for row in there}
    agents = await accounts.member_names(tx, [one.agent_id for one in rows if one.agent_id])
    queues = await routing.queue_names(tx, {one.queue_id for one in rows if one.queue_id})
    brands = await accounts.brand_names(tx)
    grants = await grants_by_id(tx, {one.grant_id for one in rows if one.grant_id})
    plain = Wait.__struct_fields__
    return [
        Wait(
            **{name: getattr(one, name) for name in WaitRow.__struct_fields__ if name in plain},
            number=seen[one.conversation_id].number,
            customer_name=seen[one.conversation_id].customer.name,
            brand_name=brands.get(one.brand_id) if one.brand_id else None,
            queue_name=queues.get(one.queue_id) if one.queue_id else None,
            agent_name=agents.get(one.agent_id) if one.agent_id else None,
            **_given(grants.get(one.grant_id) if one.grant_id else None),
            over_s=over_s(one.waited_s or 0, one.promised_s) if one.promised_s else 0,
        )
        for one in rows
        if one.conversation_id in seen
    ]


def _given(grant: GrantView | None) -> dict[str, Any]:
    if grant is None:
        return {"unit": None, "given_zh": "", "given_en": ""}
    return {"unit": grant.unit, "given_zh": grant.name_zh, "given_en": grant.name_en}


def proof_link(row: WaitRow, organisation_id: UUID) -> str:
    """Return the path under which a customer reads the record of his wait."""
    signature = sign(PURPOSE, organisation_id, row.id, row.proof_no)
    return f"/w-proof/{proof_token(organisation_id, row.id, row.proof_no, signature)}"


def wait_of_proof(token: str) -> tuple[UUID, UUID, int]:
    """Return organisation, wait and number of a link. Errors: WaitNotFound unless it is ours."""
    parts = parts_of_proof(token)
    if parts is None or not verify(parts[3], PURPOSE, *parts[:3]):
        raise WaitNotFound
    return parts[:3]


async def proven(tx: Transaction, wait_id: UUID, number: int) -> Proven:
    """Return what a link that was checked may show. Errors: WaitNotFound, also where it is over."""
    found = await tx.one(WaitRow, _ONE, wait_id)
    if found is None or found.proof_no != number:
        raise WaitNotFound
    if found.proof_until is None or found.proof_until <= tx.now:
        raise WaitNotFound
    system = Actor.system(tx.organisation_id)
    talk = await conversations.need_conversation(tx, found.conversation_id, system)
    house = await accounts.organisation(tx)
    queues = await routing.queue_names(tx, [found.queue_id] if found.queue_id else [])
    brands = await accounts.brand_names(tx)
    return Proven(
        row=found,
        number=talk.number,
        language=talk.language,
        house=brands.get(found.brand_id, house.name) if found.brand_id else house.name,
        queue=queues.get(found.queue_id) if found.queue_id else None,
        zone=house.time_zone,
    )
