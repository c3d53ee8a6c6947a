"""What becomes of an offer: accepted once, refused, taken back, used, run out."""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.cases.ports import Asked
from peakend.complaints.actions.moving import GrantStale, move_on, set_timer
from peakend.complaints.models.grants import Grant
from peakend.complaints.queries.grants import GrantView, grant_view, need_grant
from peakend.complaints.rules import grants as rules
from peakend.complaints.rules.grants import Act, State
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid


class ReasonMissing(Invalid):
    """It needs a reason: what no scheme says, and what is taken back."""

    wording = "complaints.reason_missing"


async def accept(
    tx: Transaction, *, grant_id: UUID, by: Actor, version: int | None = None,
    said_by: str = "agent",
) -> GrantView:  # fmt: skip
    """Grant what the customer has accepted, once. Errors: GrantNotFound, GrantStale."""
    grant = await _need(tx, grant_id, by, version, "accept", done="granted")
    if grant.state == "offered":
        await move_on(tx, grant, "accept", said_by=said_by)
    return await grant_view(tx, grant_id, by)


async def refuse(
    tx: Transaction, *, grant_id: UUID, by: Actor, words: str = "", version: int | None = None,
    said_by: str = "agent",
) -> GrantView:  # fmt: skip
    """Record that the customer does not want it, with his words.

    Errors: GrantNotFound, GrantStale.
    """
    grant = await _need(tx, grant_id, by, version, "refuse", done="refused")
    if grant.state == "offered":
        await move_on(tx, grant, "refuse", words=words.strip(), said_by=said_by)
    return await grant_view(tx, grant_id, by)


async def withdraw(
    tx: Transaction, *, grant_id: UUID, by: Actor, version: int | None = None
) -> GrantView:
    """Take back an offer that nobody has accepted. Errors: GrantNotFound, GrantStale."""
    grant = await _need(tx, grant_id, by, version, "withdraw", done="withdrawn")
    if grant.state in rules.OPEN:
        await move_on(tx, grant, "withdraw")
    return await grant_view(tx, grant_id, by)


async def revoke(
    tx: Transaction, *, grant_id: UUID, by: Actor, reason: str, version: int | None = None
) -> GrantView:
    """Take back what was granted, with a reason.

    Errors: GrantNotFound, GrantStale, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(fields={"reason": "complaints.reason_missing"})
    grant = await _need(tx, grant_id, by, version, "revoke", done="revoked")
    if grant.state != "revoked":
        await move_on(tx, grant, "revoke")
        await audit(tx, "compensation.revoked", "grant", grant.id, {"reason": reason.strip()})
    return await grant_view(tx, grant_id, by)


async def use(
    tx: Transaction, *, grant_id: UUID, by: Actor, version: int | None = None
) -> GrantView:
    """Record that what was granted was used. Errors: GrantNotFound, GrantStale."""
    grant = await _need(tx, grant_id, by, version, "use", done="used")
    if grant.state == "granted":
        await move_on(tx, grant, "use")
    return await grant_view(tx, grant_id, by)


async def use_issued(tx: Transaction, *, grant_id: UUID) -> None:
    """Count as used what has left the house with its voucher; twice is harmless."""
    grant = await need_grant(tx, grant_id, Actor.system(tx.organisation_id), lock=True)
    if grant.kind in rules.USED_AT_ONCE and grant.state == "granted":
        await move_on(tx, grant, "use")


async def lapse(tx: Transaction, *, grant_id: UUID) -> None:
    """End an offer that nobody answered in time; an earlier or later end is harmless."""
    await _on_time(tx, grant_id, "lapse")


async def expire(tx: Transaction, *, grant_id: UUID) -> None:
    """End what was granted and not used in time; an earlier or later end is harmless."""
    await _on_time(tx, grant_id, "expire")


async def decided(tx: Transaction, request: Asked, approved: bool) -> None:
    """Let an offer go on that waited for approval, or end it; twice is harmless."""
    system = Actor.system(tx.organisation_id)
    grant = await need_grant(tx, request.subject_id, system, lock=True)
    if grant.state != "waiting":
        return
    if approved:
        await move_on(tx, grant, "approve", approved_by=request.decided_by)
    else:
        await move_on(tx, grant, "decline")


async def _on_time(tx: Transaction, grant_id: UUID, act: Act) -> None:
    system = Actor.system(tx.organisation_id)
    grant = await need_grant(tx, grant_id, system, lock=True)
    due = grant.lapses_at if act == "lapse" else grant.expires_at
    if rules.move(grant.state, act) is None or due is None:
        return
    if due > tx.now:
        await set_timer(tx, grant.id, act, due)
        return
    await move_on(tx, grant, act)


async def _need(
    tx: Transaction, grant_id: UUID, by: Actor, version: int | None, act: Act, *, done: State
) -> Grant:
    """Return a locked grant with which the act can be done, or was done already."""
    grant = await need_grant(tx, grant_id, by, lock=True)
    if grant.state == done:
        return grant
    if (version is not None and version != grant.version) or not rules.move(grant.state, act):
        raise GrantStale(version=grant.version)
    return grant
