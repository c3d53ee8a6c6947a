"""Teams and skills."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.api.sessions import Name
from peakend.accounts.queries import Skill, Team
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs, signed_in

People = Annotated[list[UUID], Meta(max_length=2000)]


class NewTeam(Struct, forbid_unknown_fields=True):
    """A team to form."""

    name: Name
    member_ids: People = []


class TeamChange(Struct, forbid_unknown_fields=True):
    """What changes of a team; what is left out stays."""

    name: Name | None = None
    member_ids: People | None = None


class NewSkill(Struct, forbid_unknown_fields=True):
    """A skill to name; an authority is what people are allowed to."""

    name: Name
    authority: bool = False


@get("/teams", opt=signed_in())
async def list_teams(tx: Transaction) -> list[Team]:
    """Return the teams."""
    return await queries.teams(tx)


@post("/teams", opt=needs("accounts.manage"))
async def add_team(tx: Transaction, data: NewTeam) -> Team:
    """Form a team."""
    team_id = await actions.add_team(tx, name=data.name, member_ids=data.member_ids)
    return await queries.need_team(tx, team_id)


@patch("/teams/{team_id:uuid}", opt=needs("accounts.manage"))
async def change_team(tx: Transaction, team_id: UUID, data: TeamChange) -> Team:
    """Rename a team, or say who is in it."""
    await actions.change_team(tx, team_id=team_id, name=data.name, member_ids=data.member_ids)
    return await queries.need_team(tx, team_id)


@delete("/teams/{team_id:uuid}", opt=needs("accounts.manage"))
async def remove_team(tx: Transaction, team_id: UUID) -> None:
    """Dissolve a team."""
    await actions.remove_team(tx, team_id=team_id)


@get("/skills", opt=signed_in())
async def list_skills(tx: Transaction) -> list[Skill]:
    """Return the skills."""
    return await queries.skills(tx)


@post("/skills", opt=needs("accounts.manage"))
async def add_skill(tx: Transaction, data: NewSkill) -> Skill:
    """Name a skill."""
    skill_id = await actions.add_skill(tx, name=data.name, authority=data.authority)
    return next(skill for skill in await queries.skills(tx) if skill.id == skill_id)


@delete("/skills/{skill_id:uuid}", opt=needs("accounts.manage"))
async def remove_skill(tx: Transaction, skill_id: UUID) -> None:
    """Stop using a skill."""
    await actions.remove_skill(tx, skill_id=skill_id)


routes: list[Any] = [
    list_teams,
    add_team,
    change_team,
    remove_team,
    list_skills,
    add_skill,
    remove_skill,
]
