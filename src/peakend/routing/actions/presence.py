"""Being there: presence, misses, and what happens when somebody leaves.

Whoever changes what an agent has in hand locks the agent's presence row first and the leg after it:
one order for all, so that nobody exceeds a capacity and nobody waits for each other for ever.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Literal
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.accounts.actions import set_capacity as set_member_capacity
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.kernel.live import members_seen
from peakend.routing.events import OfferWithdrawn, PresenceChanged
from peakend.routing.models import PresenceRow, WorkItem
from peakend.routing.queries.seats import load_of, presence_of, presences
from peakend.routing.queries.work import offers_of
from peakend.routing.rules.presence import (
    GONE_AFTER,
    TABS_CLOSED,
    State,
    after_miss,
    has_gone,
)


class CapacityOutOfRange(Invalid):
    """A capacity is a small number."""

    wording = "routing.capacity_out_of_range"


async def lock_presence(tx: Transaction, member_ids: Collection[UUID]) -> None:
    """Hold the presence rows of members until the end of the transaction, always in one order."""
    ids = sorted(set(member_ids))
    await tx.run(
        """
        INSERT INTO presence (member_id, since, idle_since)
        SELECT id, $2, $2 FROM unnest($1::uuid[]) AS id ORDER BY id
        ON CONFLICT DO NOTHING
        """,
        ids,
        tx.now,
    )
    await tx.run(
        "SELECT FROM presence WHERE organisation_id = current_organisation()"
        " AND member_id = ANY($1::uuid[]) ORDER BY member_id FOR UPDATE",
        ids,
    )


async def set_presence(
    tx: Transaction,
    *,
    member_id: UUID,
    state: Literal["ready", "break", "offline"],
    reason: str | None = None,
    stays: bool = False,
) -> PresenceRow:
    """Go ready, on a break or offline; offers go to others when somebody leaves.

    `stays` keeps a presence without an open desk, for members that are simulated.
    Errors: MemberNotFound.
    """
    await accounts.need_member(tx, member_id)
    await lock_presence(tx, [member_id])
    await tx.run(
        "UPDATE presence SET stays = $2, missing_since = NULL, misses = 0"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
        stays,
    )
    before = await presence_of(tx, member_id)
    kept = reason if state == "break" else None
    if (before.state, before.reason) != (state, kept):
        await move(tx, before, state, kept)
    return await presence_of(tx, member_id)


async def set_presence_of(
    tx: Transaction,
    *,
    member_id: UUID,
    state: Literal["ready", "break", "offline"],
    reason: str | None,
    by: Actor,
) -> PresenceRow:
    """Set a colleague's presence as a supervisor. Errors: MemberNotFound."""
    after = await set_presence(tx, member_id=member_id, state=state, reason=reason)
    if by.id != member_id:
        await audit(tx, "presence.set_by_other", "member", member_id, {"state": state})
    return after


async def move(
    tx: Transaction,
    before: PresenceRow,
    state: State,
    reason: str | None = None,
    until_s: int | None = None,
) -> None:
    """Change a presence row that is locked, and say so."""
    await tx.run(
        """
        UPDATE presence
        SET state = $2, reason = $3, since = $4, until = $5,
            idle_since = CASE WHEN $2 = 'ready' THEN $4 ELSE idle_since END
        WHERE organisation_id = current_organisation() AND member_id = $1
        """,
        before.member_id,
        state,
        reason,
        tx.now,
        None if until_s is None else tx.now + timedelta(seconds=until_s),
    )
    if state in ("break", "offline"):
        for leg in await offers_of(tx, before.member_id):
            await withdraw_offer(tx, leg, "agent_left")
    await record(
        tx,
        PresenceChanged(
            agent_id=before.member_id,
            state=state,
            was=before.state,
            was_s=max(0.0, (tx.now - before.since).total_seconds()),
            reason=reason,
        ),
    )


async def withdraw_offer(tx: Transaction, leg: WorkItem, why: str) -> bool:
    """Put offered work back into line; say whether it was still offered to that agent."""
    if leg.offered_to is None:
        return False
    done = await tx.run(
        """
        UPDATE work_item
        SET state = 'waiting', offered_to = NULL, offered_at = NULL,
            tried = tried || jsonb_build_object($3::text, $4::text)
        WHERE organisation_id = current_organisation()
          AND id = $1 AND state = 'offered' AND offer = $2
        """,
        leg.id,
        leg.offer,
        str(leg.offered_to),
        tx.now.isoformat(),
    )
    if done:
        await record(
            tx,
            OfferWithdrawn(
                leg_id=leg.id,
                conversation_id=leg.conversation_id,
                queue_id=leg.queue_id,
                agent_id=leg.offered_to,
                offer=leg.offer,
                why=why,
            ),
        )
    return bool(done)


async def count_miss(tx: Transaction, member_id: UUID) -> int:
    """Count an offer that was not answered; after the second in a row the agent is on a break."""
    misses = int(
        await tx.value(
            "UPDATE presence SET misses = misses + 1"
            " WHERE organisation_id = current_organisation() AND member_id = $1"
            " RETURNING misses",
            member_id,
        )
    )
    consequence = after_miss(misses)
    presence = await presence_of(tx, member_id)
    if consequence is not None and presence.state == "ready":
        await move(tx, presence, *consequence)
    return misses


async def got_work(tx: Transaction, member_id: UUID) -> None:
    """Note that an agent took work: idle time and misses begin anew."""
    await tx.run(
        "UPDATE presence SET misses = 0, idle_since = $2"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
        tx.now,
    )


async def work_ended(tx: Transaction, member_id: UUID, wrap_up_s: int) -> None:
    """Note that an agent's work ended; with nothing left in hand the wrap-up begins."""
    await tx.run(
        "UPDATE presence SET idle_since = $2"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
        tx.now,
    )
    presence = await presence_of(tx, member_id)
    if wrap_up_s > 0 and presence.state == "ready" and await load_of(tx, member_id) == 0:
        await move(tx, presence, "wrap_up", until_s=wrap_up_s)


async def end_wrap_ups(tx: Transaction) -> None:
    """Make those ready again whose time for after-call work is over."""
    for presence in (await presences(tx)).values():
        if presence.state == "wrap_up" and presence.until and presence.until <= tx.now:
            await lock_presence(tx, [presence.member_id])
            now = await presence_of(tx, presence.member_id)
            if now.state == "wrap_up" and now.until == presence.until:
                await move(tx, now, "ready")


async def notice_who_left(tx: Transaction) -> None:
    """Put those offline whose every tab has been closed for thirty seconds."""
    seen = await members_seen(tx)
    there = {member_id for member_id, at in seen.items() if tx.now - at <= GONE_AFTER}
    for presence in (await presences(tx)).values():
        if presence.state == "offline" or presence.stays:
            continue
        missing = presence.member_id not in there
        if missing and presence.missing_since is None:
            await _set_missing(tx, presence.member_id, missing=True)
        elif not missing and presence.missing_since is not None:
            await _set_missing(tx, presence.member_id, missing=False)
        elif missing and has_gone(presence.state, presence.missing_since, tx.now):
            await lock_presence(tx, [presence.member_id])
            now = await presence_of(tx, presence.member_id)
            if has_gone(now.state, now.missing_since, tx.now):
                await move(tx, now, "offline", TABS_CLOSED)


async def _set_missing(tx: Transaction, member_id: UUID, *, missing: bool) -> None:
    await tx.run(
        "UPDATE presence SET missing_since = $2"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
        tx.now if missing else None,
    )


async def set_capacity(tx: Transaction, *, member_id: UUID, capacity: int) -> None:
    """Say how many conversations an agent holds at once; the choice hears of it by its fact.

    Errors: MemberNotFound, CapacityOutOfRange.
    """
    if not 0 <= capacity <= 50:
        raise CapacityOutOfRange
    await set_member_capacity(tx, member_id=member_id, capacity=capacity)
