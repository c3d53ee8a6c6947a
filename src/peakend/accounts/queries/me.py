"""What a member's own screen begins with."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.models import Brand
from peakend.accounts.ports import provided
from peakend.accounts.queries.people import member_briefs, need_member, preferences, teams
from peakend.accounts.queries.rights import rights_of
from peakend.accounts.queries.tenant import brands, organisation
from peakend.accounts.rules import Role
from peakend.kernel.db import Transaction


class Self(msgspec.Struct, frozen=True):
    """The member who is signed in."""

    id: UUID
    name: str
    login: str
    language: str
    role: Role
    capacity: int
    avatar_url: str | None


class House(msgspec.Struct, frozen=True):
    """The organisation he works for."""

    id: UUID
    name: str
    language: str
    time_zone: str


class Named(msgspec.Struct, frozen=True):
    """A thing by its name."""

    id: UUID
    name: str


class Me(msgspec.Struct, frozen=True):
    """A member with what he may do and where he belongs."""

    member: Self
    organisation: House
    permissions: list[str]
    brands: list[Brand]
    teams: list[Named]
    queues: list[Named]
    preferences: dict[str, Any]


async def me(tx: Transaction, member_id: UUID) -> Me:
    """Return the member who is signed in. Errors: MemberNotFound."""
    member = await need_member(tx, member_id)
    house = await organisation(tx)
    may = (await rights_of(tx, [member_id]))[member_id]
    brief = (await member_briefs(tx, [member_id]))[member_id]
    queues = (await provided.member_queues(tx, {member_id: member.team_ids}))[member_id]
    own_teams = [
        Named(team.id, team.name) for team in await teams(tx) if team.id in member.team_ids
    ]
    own_brands = await brands(tx)
    seen = may.brands(one.id for one in own_brands)
    return Me(
        member=Self(
            member.id,
            member.name,
            member.login,
            member.language,
            member.role,
            member.capacity,
            brief.avatar_url,
        ),
        organisation=House(house.id, house.name, house.language, house.time_zone),
        permissions=sorted(may.permissions),
        brands=[one for one in own_brands if one.id in seen],
        teams=own_teams,
        queues=[Named(queue_id, name) for queue_id, name in queues],
        preferences=await preferences(tx, member_id),
    )
