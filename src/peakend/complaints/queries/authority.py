"""Up to how much somebody may make good without asking."""

from uuid import UUID

import msgspec

from peakend.accounts.queries import MemberBrief, member_briefs
from peakend.complaints.models.authority import AUTHORITY_COLUMNS, Authority
from peakend.complaints.rules.authority import (
    MOST_AUTHORITIES,
    Limits,
    Subject,
    limits_of,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

_ALL = f"""
SELECT {AUTHORITY_COLUMNS} FROM grant_authority
WHERE organisation_id = current_organisation()
ORDER BY subject, id LIMIT {MOST_AUTHORITIES}
"""  # noqa: S608 (names of columns only)
_MINE = f"""
SELECT {AUTHORITY_COLUMNS} FROM grant_authority
WHERE organisation_id = current_organisation()
  AND (subject = 'everybody' OR member_id = $1 OR role = ANY($2::text[]))
"""  # noqa: S608
_ONE = f"""
SELECT {AUTHORITY_COLUMNS} FROM grant_authority
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608


class AuthorityNotFound(NotFound):
    """There are no such limits."""

    wording = "complaints.authority_not_found"


class AuthorityView(msgspec.Struct, frozen=True, kw_only=True):
    """Limits as they are shown; `member` for those of one person."""

    id: UUID
    subject: Subject
    role: str | None
    member: MemberBrief | None
    limits: Limits
    version: int


class MyAuthority(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may give by himself; `subject` says from where it comes, if from anywhere."""

    limits: Limits
    subject: Subject | None


async def authorities(tx: Transaction) -> list[AuthorityView]:
    """Return every set of limits of the house. Counts: at most 500."""
    found = await tx.all(Authority, _ALL)
    people = await member_briefs(tx, [one.member_id for one in found if one.member_id])
    return [
        AuthorityView(
            id=one.id,
            subject=one.subject,
            role=one.role,
            member=people.get(one.member_id) if one.member_id else None,
            limits=limits_in(one),
            version=one.version,
        )
        for one in found
    ]


async def need_authority(tx: Transaction, authority_id: UUID, *, lock: bool = False) -> Authority:
    """Return a set of limits; `lock` keeps it for this transaction. Errors: AuthorityNotFound."""
    found = await tx.one(Authority, _ONE + (" FOR UPDATE" if lock else ""), authority_id)
    if found is None:
        raise AuthorityNotFound
    return found


async def authority_of(tx: Transaction, actor: Actor) -> MyAuthority:
    """Return what somebody may give without asking. The system itself is not limited here."""
    if actor.kind == "system":
        return MyAuthority(limits=Limits(), subject=None)
    if actor.kind != "member":
        return MyAuthority(limits=limits_of(None, [], None)[0], subject=None)
    found = await tx.all(Authority, _MINE, actor.id, list(actor.roles or [actor.role]))
    own = next((limits_in(one) for one in found if one.subject == "member"), None)
    everybody = next((limits_in(one) for one in found if one.subject == "everybody"), None)
    of_roles = [limits_in(one) for one in found if one.subject == "role"]
    limits, subject = limits_of(own, of_roles, everybody)
    return MyAuthority(limits=limits, subject=subject)


def limits_in(row: Authority) -> Limits:
    """Return the limits of a row."""
    return Limits(
        per_grant_fen=row.per_grant_fen,
        per_case_fen=row.per_case_fen,
        per_day_fen=row.per_day_fen,
        per_month_fen=row.per_month_fen,
    )
