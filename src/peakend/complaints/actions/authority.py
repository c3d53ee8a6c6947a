"""Setting up to how much somebody may make good without asking."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit, need_second, two_people
from peakend.accounts.queries import ROLES, member_briefs, roles
from peakend.complaints.events import AuthorityChanged
from peakend.complaints.queries.authority import need_authority
from peakend.complaints.rules.authority import MOST_AUTHORITIES, MOST_LIMIT_FEN, Subject
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

Fen = Annotated[int, Meta(ge=0, le=MOST_LIMIT_FEN)]


class AuthorityStale(Conflict):
    """Somebody else changed the limits first."""

    wording = "complaints.stale"


class AuthorityThere(Conflict):
    """For these people there are limits already."""

    wording = "complaints.authority_there"


class TooManyAuthorities(Invalid):
    """There are as many sets of limits as one can oversee."""

    wording = "complaints.too_many_authorities"


class LimitsText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits in fen; none where a window has no limit."""

    per_grant_fen: Fen | None = None
    per_case_fen: Fen | None = None
    per_day_fen: Fen | None = None
    per_month_fen: Fen | None = None


class AuthorityText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose limits, and what they are; with `authority_id` those that are there are changed."""

    subject: Subject
    role: Annotated[str, Meta(max_length=60)] | None = None
    member_id: UUID | None = None
    limits: LimitsText
    authority_id: UUID | None = None
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class OfAuthority(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which limits."""

    authority_id: UUID


async def set_authority(tx: Transaction, *, given: AuthorityText) -> UUID:
    """Set limits of a person, a role or everybody.

    Errors: AuthorityNotFound, AuthorityStale, AuthorityThere, TooManyAuthorities, Invalid,
    SecondPersonNeeded.
    """
    await need_second(tx, "authority.set")
    await _check_subject(tx, given)
    if given.authority_id is not None:
        return await _change(tx, given.authority_id, given)
    count = await tx.value(
        "SELECT count(*) FROM grant_authority WHERE organisation_id = current_organisation()"
    )
    if count >= MOST_AUTHORITIES:
        raise TooManyAuthorities(most=MOST_AUTHORITIES)
    authority_id = new_id()
    added = await tx.run(
        """
        INSERT INTO grant_authority (id, subject, role, member_id, per_grant_fen, per_case_fen,
                                     per_day_fen, per_month_fen, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING
        """,
        authority_id,
        given.subject,
        given.role,
        given.member_id,
        *msgspec.structs.astuple(given.limits),
        tx.now,
    )
    if not added:
        raise AuthorityThere
    await _changed(tx, authority_id, given.subject, "set", given.limits)
    return authority_id


async def remove_authority(tx: Transaction, *, authority_id: UUID) -> None:
    """Take limits away, so that the next wider ones hold. Errors: AuthorityNotFound."""
    await need_second(tx, "authority.remove")
    row = await need_authority(tx, authority_id, lock=True)
    await tx.run(
        "DELETE FROM grant_authority WHERE organisation_id = current_organisation() AND id = $1",
        authority_id,
    )
    await _changed(tx, authority_id, row.subject, "removed", LimitsText())


@two_people("authority.set", "compensation.set_up", AuthorityText)
async def _set(tx: Transaction, body: AuthorityText, address: str) -> None:
    await set_authority(tx, given=body)


@two_people("authority.remove", "compensation.set_up", OfAuthority)
async def _remove(tx: Transaction, body: OfAuthority, address: str) -> None:
    await remove_authority(tx, authority_id=body.authority_id)


async def _change(tx: Transaction, authority_id: UUID, given: AuthorityText) -> UUID:
    old = await need_authority(tx, authority_id, lock=True)
    if given.version is not None and old.version != given.version:
        raise AuthorityStale(version=old.version)
    if (old.subject, old.role, old.member_id) != (given.subject, given.role, given.member_id):
        raise Invalid(fields={"subject": "complaints.subject_stays"})
    await tx.run(
        """
        UPDATE grant_authority SET per_grant_fen = $2, per_case_fen = $3, per_day_fen = $4,
            per_month_fen = $5, updated_at = $6, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        authority_id,
        *msgspec.structs.astuple(given.limits),
        tx.now,
    )
    await _changed(tx, authority_id, given.subject, "changed", given.limits)
    return authority_id


async def _check_subject(tx: Transaction, given: AuthorityText) -> None:
    if (given.subject == "role") != (given.role is not None):
        raise Invalid(fields={"role": "kernel.invalid"})
    if (given.subject == "member") != (given.member_id is not None):
        raise Invalid(fields={"member_id": "kernel.invalid"})
    if given.member_id is not None and given.member_id not in await member_briefs(
        tx, [given.member_id]
    ):
        raise Invalid(fields={"member_id": "kernel.invalid"})
    if given.role is None or given.role in ROLES:
        return
    if given.role not in {str(one.id) for one in await roles(tx)}:
        raise Invalid(fields={"role": "kernel.invalid"})


async def _changed(
    tx: Transaction, authority_id: UUID, about: str, what: str, limits: LimitsText
) -> None:
    known = msgspec.structs.asdict(limits)
    await record(tx, AuthorityChanged(authority_id=authority_id, about=about, what=what, **known))
    await audit(tx, f"authority.{what}", "grant_authority", authority_id, {"about": about, **known})
