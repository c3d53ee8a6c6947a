"""Members, teams, skills and open invitations."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.models import Invitation, Member, Skill, Team
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.files import public_url

MEMBER = """
    SELECT m.id, m.name, m.login, m.language, m.role, m.built_in, m.capacity,
           m.active, m.avatar_file_id,
           coalesce((SELECT array_agg(r.role_id ORDER BY r.role_id) FROM member_role r
                     WHERE r.organisation_id = m.organisation_id AND r.member_id = m.id), '{}')
               AS role_ids,
           coalesce((SELECT array_agg(t.team_id ORDER BY t.team_id) FROM team_member t
                     WHERE t.organisation_id = m.organisation_id AND t.member_id = m.id), '{}')
               AS team_ids,
           coalesce((SELECT array_agg(s.skill_id ORDER BY s.skill_id) FROM member_skill s
                     WHERE s.organisation_id = m.organisation_id AND s.member_id = m.id), '{}')
               AS skill_ids
    FROM member m
    WHERE m.organisation_id = current_organisation()
"""

# Those that can still be used at $1, and let somebody new in.
INVITATION = """
    SELECT organisation_id, id, login, name, role, role_ids, capacity, team_ids, queue_ids,
           skill_ids, member_id, invited_by, expires_at
    FROM invitation
    WHERE organisation_id = current_organisation()
      AND used_at IS NULL
      AND revoked_at IS NULL
      AND member_id IS NULL
      AND expires_at > $1
"""


class MemberNotFound(NotFound):
    """There is no such member here."""

    wording = "accounts.member_not_found"


class TeamNotFound(NotFound):
    """There is no such team here."""

    wording = "accounts.team_not_found"


class SkillNotFound(NotFound):
    """There is no such skill here."""

    wording = "accounts.skill_not_found"


class MemberBrief(msgspec.Struct, frozen=True):
    """What a list shows of a member."""

    id: UUID
    name: str
    role: str
    active: bool
    avatar_url: str | None = None


class _BriefRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    role: str
    active: bool
    avatar_file_id: UUID | None


class _Pair(msgspec.Struct, frozen=True):
    member_id: UUID
    ids: list[UUID]


async def members(
    tx: Transaction, *, active_only: bool = False, ids: Iterable[UUID] | None = None
) -> list[Member]:
    """Return the members of the organisation, or some, by name. Counts: at most 2,000."""
    sql = MEMBER + " AND (m.active OR NOT $1)"
    given: list[object] = [active_only]
    if ids is not None:
        sql += " AND m.id = ANY($2::uuid[])"
        given.append(list(ids))
    return await tx.all(Member, sql + " ORDER BY m.active DESC, m.name, m.id LIMIT 2000", *given)


async def need_member(tx: Transaction, member_id: UUID) -> Member:
    """Return a member, also one who left. Errors: MemberNotFound."""
    found = await tx.one(Member, MEMBER + " AND m.id = $1", member_id)
    if found is None:
        raise MemberNotFound
    return found


async def member_briefs(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, MemberBrief]:
    """Return name and face of members; unknown ids are left out."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    rows = await tx.all(
        _BriefRow,
        """
        SELECT id, name, role, active, avatar_file_id
        FROM member
        WHERE organisation_id = current_organisation()
          AND id = ANY($1::uuid[])
        """,
        wanted,
    )
    return {
        row.id: MemberBrief(
            row.id,
            row.name,
            row.role,
            row.active,
            _avatar_url(row.avatar_file_id),
        )
        for row in rows
    }


def _avatar_url(file_id: UUID | None) -> str | None:
    return public_url(file_id, "avatar.jpg") if file_id else None


async def member_names(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of members; unknown ids are left out."""
    return {brief.id: brief.name for brief in (await member_briefs(tx, ids)).values()}


async def find_members_by_login(tx: Transaction, login_key: str) -> UUID | None:
    """Return the member of this organisation who signs in by this key."""
    found: UUID | None = await tx.value(
        """
        SELECT member_id FROM credential
        WHERE organisation_id = current_organisation() AND login_key = $1
        """,
        login_key,
    )
    return found


async def preferences(tx: Transaction, member_id: UUID) -> dict[str, Any]:
    """Return how a member arranged the desk. Errors: MemberNotFound."""
    found = await tx.value(
        "SELECT preferences FROM member WHERE organisation_id = current_organisation() AND id = $1",
        member_id,
    )
    if found is None:
        raise MemberNotFound
    return dict(found)


async def skills_of(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the skill ids of each member asked for; nobody is left out."""
    rows = await tx.all(
        _Pair,
        """
        SELECT member_id, array_agg(skill_id) AS ids
        FROM member_skill
        WHERE organisation_id = current_organisation() AND member_id = ANY($1::uuid[])
        GROUP BY member_id
        """,
        list(member_ids),
    )
    return _of_each(member_ids, rows)


async def teams_of(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the team ids of each member asked for; nobody is left out."""
    rows = await tx.all(
        _Pair,
        """
        SELECT member_id, array_agg(team_id) AS ids
        FROM team_member
        WHERE organisation_id = current_organisation() AND member_id = ANY($1::uuid[])
        GROUP BY member_id
        """,
        list(member_ids),
    )
    return _of_each(member_ids, rows)


def _of_each(member_ids: Collection[UUID], rows: list[_Pair]) -> dict[UUID, frozenset[UUID]]:
    found = {row.member_id: frozenset(row.ids) for row in rows}
    return {member_id: found.get(member_id, frozenset()) for member_id in member_ids}


async def members_of_team(tx: Transaction, team_id: UUID) -> list[UUID]:
    """Return the active members of a team."""
    ids: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(m.id ORDER BY m.id), '{}')
        FROM team_member t
        JOIN member m ON m.organisation_id = t.organisation_id AND m.id = t.member_id
        WHERE t.organisation_id = current_organisation()
          AND t.team_id = $1
          AND m.active
        """,
        team_id,
    )
    return ids


async def teammates(tx: Transaction, team_ids: Collection[UUID]) -> list[UUID]:
    """Return who belongs to any of these teams, active or not."""
    if not team_ids:
        return []
    ids: list[UUID] = await tx.value(
        """
        SELECT coalesce(array_agg(DISTINCT member_id), '{}') FROM team_member
        WHERE organisation_id = current_organisation() AND team_id = ANY($1::uuid[])
        """,
        list(team_ids),
    )
    return ids


_TEAM = """
    SELECT t.id, t.name,
           coalesce((SELECT array_agg(p.member_id ORDER BY p.member_id) FROM team_member p
                     WHERE p.organisation_id = t.organisation_id AND p.team_id = t.id), '{}')
               AS member_ids
    FROM team t
    WHERE t.organisation_id = current_organisation()
"""


async def teams(tx: Transaction) -> list[Team]:
    """Return the teams of the organisation by name."""
    return await tx.all(Team, _TEAM + " ORDER BY t.name, t.id LIMIT 500")


async def need_team(tx: Transaction, team_id: UUID) -> Team:
    """Return a team. Errors: TeamNotFound."""
    found = await tx.one(Team, _TEAM + " AND t.id = $1", team_id)
    if found is None:
        raise TeamNotFound
    return found


async def need_teams(tx: Transaction, team_ids: Collection[UUID]) -> None:
    """Make sure that all these teams are ours. Errors: TeamNotFound."""
    known = await tx.value(
        "SELECT count(*) FROM team WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        list(team_ids),
    )
    if known != len(set(team_ids)):
        raise TeamNotFound


async def skills(tx: Transaction) -> list[Skill]:
    """Return the skills of the organisation by name."""
    return await tx.all(
        Skill,
        "SELECT id, name, authority FROM skill WHERE organisation_id = current_organisation()"
        " ORDER BY name, id LIMIT 500",
    )


async def need_skills(tx: Transaction, skill_ids: Collection[UUID]) -> None:
    """Make sure that all these skills are ours. Errors: SkillNotFound."""
    known = await tx.value(
        "SELECT count(*) FROM skill WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        list(skill_ids),
    )
    if known != len(set(skill_ids)):
        raise SkillNotFound


async def open_invitations(tx: Transaction) -> list[Invitation]:
    """Return the invitations that can still be used, newest first. Counts: 500."""
    return await tx.all(Invitation, INVITATION + " ORDER BY id DESC LIMIT 500", tx.now)


async def invitations_open(tx: Transaction, ids: Collection[UUID]) -> list[Invitation]:
    """Return those of these invitations that can still be used, newest first."""
    wanted = INVITATION + " AND id = ANY($2::uuid[]) ORDER BY id DESC"
    return await tx.all(Invitation, wanted, tx.now, list(ids))


async def invited_queue_ids(tx: Transaction, invitation_id: UUID) -> list[UUID]:
    """Return the queues an invitation promised; routing puts the new member into them."""
    found: list[UUID] | None = await tx.value(
        "SELECT queue_ids FROM invitation WHERE organisation_id = current_organisation()"
        " AND id = $1",
        invitation_id,
    )
    return found or []
