"""What the provider says of a member's roles and teams, taken over at each sign-in.

Nobody gets by it what whoever saved the grants could not have given, and of whom he could not
have taken anything nothing is taken.
"""

from typing import Any
from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import LastAdmin, take_roles
from peakend.accounts.actions.members import Changes, change_member
from peakend.accounts.events import SsoGranted
from peakend.accounts.models import RoleRow, SsoProvider
from peakend.accounts.queries import (
    Member,
    Showing,
    beyond,
    need_member,
    rights_of,
    roles,
    showing,
    together,
)
from peakend.accounts.queries.sso import SsoCeiling, sso_ceiling, teams_there
from peakend.accounts.rules import ROLES_OF_ONE, RoleGives, covers
from peakend.accounts.rules.claims import Granted, granted, values_at
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Refused
from peakend.kernel.events import record

_NOTHING = Granted("agent", frozenset(), frozenset())


class SsoNoRole(Refused):
    """The provider says nothing of the person that stands for a role here."""

    wording = "accounts.sso_no_role"


async def take_granted(
    tx: Transaction, provider: SsoProvider, member_id: UUID, claims: dict[str, Any]
) -> bool:
    """Let a member hold what the provider says of him; False where it says nothing and must."""
    if not provider.claim:
        return True
    await tx.run("SELECT FROM member WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", member_id)  # fmt: skip
    member = await need_member(tx, member_id)
    if not member.active:
        return True
    ceiling = await sso_ceiling(tx)
    own = {one.id: one for one in await roles(tx)}
    wanted = _within(provider, claims, own, ceiling, await showing(tx))
    if wanted is None and provider.unmapped == "refuse":
        await audit(tx, "session.refused", "member", member_id, {"why": "no_role"})
        return False
    wanted = wanted or _NOTHING
    if not covers(ceiling.rights, (await rights_of(tx, [member_id]))[member_id]):
        await audit(tx, "sso.left_alone", "member", member_id, {"why": "beyond"})
        return True
    taken = await _take_roles(tx, member, wanted, own)
    moved = await _take_teams(tx, member, provider, wanted)
    if taken or moved:
        now = await need_member(tx, member_id)
        await record(
            tx,
            SsoGranted(
                member_id=member_id, role=now.role, own_roles=len(now.role_ids),
                teams=len(now.team_ids),
            ),
        )  # fmt: skip
        await audit(
            tx,
            "sso.granted",
            "member",
            member_id,
            {
                "from": [member.built_in, *map(str, member.role_ids)],
                "to": [now.built_in, *map(str, now.role_ids)],
                "teams": [str(one) for one in now.team_ids],
            },
        )
    return True


def _within(
    provider: SsoProvider,
    claims: dict[str, Any],
    own: dict[UUID, RoleRow],
    ceiling: SsoCeiling,
    shows: Showing,
) -> Granted | None:
    """Return what the claim stands for, without what has become more than could be given."""

    seen = shows.by(ceiling.roles, ceiling.rights.permissions)

    def fits(role_ids: list[UUID], built_in: str | None) -> bool:
        there = [one for one in role_ids if one in own]
        wanted = together(built_in, [_gives(own[one]) for one in there])
        keys = [*filter(None, [built_in]), *map(str, there)]
        return (
            bool(keys)
            and covers(ceiling.rights, wanted)
            and not beyond(shows.by(keys, wanted.permissions), seen)
        )

    left = [one for one in provider.grants if fits(one.role_ids, one.built_in)]
    found = granted(left, values_at(claims, provider.claim))
    if found is None:
        return None
    there = sorted(one for one in found.role_ids if one in own)[:ROLES_OF_ONE]
    return Granted(found.built_in, frozenset(there), found.team_ids)


def _gives(role: RoleRow) -> RoleGives:
    return RoleGives(role.permissions, role.sight, role.brand_ids)


async def _take_roles(
    tx: Transaction, member: Member, wanted: Granted, own: dict[UUID, RoleRow]
) -> bool:
    if member.built_in == wanted.built_in and frozenset(member.role_ids) == wanted.role_ids:
        return False
    try:
        await take_roles(tx, member, wanted.built_in, [own[one] for one in sorted(wanted.role_ids)])
    except LastAdmin:
        # A house without anybody who can manage it could not put its own grants right.
        await audit(tx, "sso.left_alone", "member", member.id, {"why": "last_admin"})
        return False
    return True


async def _take_teams(
    tx: Transaction, member: Member, provider: SsoProvider, wanted: Granted
) -> bool:
    """Put a member into his teams; those that no value stands for are left to people here."""
    named = await teams_there(tx, [one for each in provider.grants for one in each.team_ids])
    after = (set(member.team_ids) - named) | (wanted.team_ids & named)
    if after == set(member.team_ids):
        return False
    await change_member(tx, member_id=member.id, changes=Changes(team_ids=sorted(after)))
    return True
