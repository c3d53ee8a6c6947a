"""Teams and skills."""

from collections.abc import Collection
from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.members import need_name
from peakend.accounts.events import (
    SkillAdded,
    SkillRemoved,
    TeamAdded,
    TeamChanged,
    TeamRemoved,
)
from peakend.accounts.queries import MemberNotFound, forget_member, need_skills, need_team
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id


class SkillKnown(Conflict):
    """A skill of this name exists."""

    wording = "accounts.skill_known"


async def add_team(tx: Transaction, *, name: str, member_ids: Collection[UUID] = ()) -> UUID:
    """Form a team. Errors: NameMissing, MemberNotFound."""
    team_id = new_id()
    await tx.run(
        "INSERT INTO team (id, name, created_at) VALUES ($1, $2, $3)",
        team_id,
        need_name(name),
        tx.now,
    )
    await _fill(tx, team_id, member_ids)
    await record(tx, TeamAdded(team_id=team_id))
    await audit(tx, "team.added", "team", team_id)
    return team_id


async def change_team(
    tx: Transaction, *, team_id: UUID, name: str | None, member_ids: Collection[UUID] | None
) -> None:
    """Rename a team or put exactly these members into it. Errors: TeamNotFound, MemberNotFound."""
    team = await need_team(tx, team_id)
    if name is not None:
        await tx.run(
            "UPDATE team SET name = $2 WHERE organisation_id = current_organisation() AND id = $1",
            team_id,
            need_name(name),
        )
    if member_ids is not None:
        await tx.run("DELETE FROM team_member WHERE organisation_id = current_organisation()"
                     " AND team_id = $1", team_id)  # fmt: skip
        await _fill(tx, team_id, member_ids)
        for member_id in {*team.member_ids, *member_ids}:
            forget_member(member_id)
    await record(tx, TeamChanged(team_id=team_id))
    await audit(tx, "team.changed", "team", team_id)


async def _fill(tx: Transaction, team_id: UUID, member_ids: Collection[UUID]) -> None:
    known = await tx.value(
        "SELECT count(*) FROM member WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        list(member_ids),
    )
    if known != len(set(member_ids)):
        raise MemberNotFound
    await tx.run(
        "INSERT INTO team_member (team_id, member_id) SELECT DISTINCT $1::uuid, unnest($2::uuid[])",
        team_id,
        list(member_ids),
    )


async def remove_team(tx: Transaction, *, team_id: UUID) -> None:
    """Dissolve a team; its members stay. Errors: TeamNotFound."""
    team = await need_team(tx, team_id)
    await tx.run(
        "DELETE FROM team WHERE organisation_id = current_organisation() AND id = $1", team_id
    )
    for member_id in team.member_ids:
        forget_member(member_id)
    await record(tx, TeamRemoved(team_id=team_id))
    await audit(tx, "team.removed", "team", team_id)


async def add_skill(tx: Transaction, *, name: str, authority: bool = False) -> UUID:
    """Name a skill, or something that people are allowed to. Errors: NameMissing, SkillKnown."""
    skill_id = new_id()
    added = await tx.run(
        """
        INSERT INTO skill (id, name, created_at, authority) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organisation_id, name) DO NOTHING
        """,
        skill_id,
        need_name(name),
        tx.now,
        authority,
    )
    if not added:
        raise SkillKnown
    await record(tx, SkillAdded(skill_id=skill_id))
    await audit(tx, "skill.added", "skill", skill_id)
    return skill_id


async def remove_skill(tx: Transaction, *, skill_id: UUID) -> None:
    """Stop using a skill. Errors: SkillNotFound."""
    await need_skills(tx, [skill_id])
    await tx.run(
        "DELETE FROM skill WHERE organisation_id = current_organisation() AND id = $1", skill_id
    )
    await record(tx, SkillRemoved(skill_id=skill_id))
    await audit(tx, "skill.removed", "skill", skill_id)
