"""Members as they are carried in and out."""

from collections.abc import Sequence
from uuid import UUID

from peakend.accounts.models import Invitation, Member
from peakend.accounts.queries.people import INVITATION, MEMBER
from peakend.accounts.rules import login_key
from peakend.kernel.db import Transaction

_WITH_LOGINS = f"""
{MEMBER} AND m.id IN (
    SELECT c.member_id FROM credential c
    WHERE c.organisation_id = current_organisation() AND c.login_key = ANY($1::text[]))
"""  # noqa: S608 (constants)
_INVITED = f"""
{INVITATION}
  AND lower(login) = ANY($2::text[])
ORDER BY id
"""
_AFTER = f"""
{MEMBER} AND ($1::uuid IS NULL OR m.id > $1)
  AND ($2 = '' OR strpos(lower(m.name), lower($2)) > 0 OR strpos(lower(m.login), lower($2)) > 0)
ORDER BY m.id LIMIT $3
"""


async def members_with_logins(tx: Transaction, keys: Sequence[str]) -> dict[str, Member]:
    """Return the members who sign in by these keys, also such that left."""
    return {login_key(one.login): one for one in await tx.all(Member, _WITH_LOGINS, list(keys))}


async def invited_with_logins(tx: Transaction, keys: Sequence[str]) -> dict[str, Invitation]:
    """Return the invitations to these logins that can still be used."""
    found = await tx.all(Invitation, _INVITED, tx.now, list(keys))
    return {login_key(one.login): one for one in found}


async def members_after(
    tx: Transaction, after: UUID | None, most: int, search: str
) -> list[Member]:
    """Return the next members, in the order of their ids."""
    return await tx.all(Member, _AFTER, after, search, most)
