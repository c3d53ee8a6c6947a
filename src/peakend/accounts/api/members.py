"""Members and their invitations."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.actions.invitations import Terms, invitation_path
from peakend.accounts.actions.members import Changes
from peakend.accounts.api.sessions import Language, Login, Name
from peakend.accounts.ports import MailAnswer
from peakend.accounts.rules import CAPACITY, CAPACITY_MOST, ROLES_OF_ONE, Role
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs, signed_in
from peakend.kernel.settings import settings

Ids = Annotated[list[UUID], Meta(max_length=100)]
Capacity = Annotated[int, Meta(ge=0, le=CAPACITY_MOST)]


class MemberView(Struct, frozen=True):
    """A member in a list; login and two-step sign-in are shown to those who manage members."""

    id: UUID
    name: str
    login: str | None
    role: Role
    built_in: Role | None
    role_ids: list[UUID]
    language: str
    capacity: int
    active: bool
    team_ids: list[UUID]
    skills: list[UUID]
    avatar_url: str | None
    second_step: bool | None


class InvitationView(Struct, frozen=True):
    """An invitation that waits to be used; roles of the house's own stand by their names."""

    id: UUID
    login: str
    name: str
    role: Role | None
    own_roles: list[str]
    invited_by: UUID | None
    expires_at: datetime


class Link(Struct, frozen=True):
    """A link to hand on; it is shown once."""

    link: str


class InvitedLink(Struct, frozen=True):
    """A link to hand on, which is shown once, and whether it is also sent by mail."""

    link: str
    mail: MailAnswer


class LinksWanted(Struct, forbid_unknown_fields=True):
    """For which invitations new links are wanted."""

    ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]


class InvitationLink(Struct, frozen=True):
    """An invitation with its new link, which is shown once."""

    login: str
    name: str
    role: Role | None
    own_roles: list[str]
    expires_at: datetime
    link: str


class NewInvitation(Struct, forbid_unknown_fields=True):
    """Who is asked to join, and as what: a built-in role, roles of the house's own, or both."""

    login: Login
    name: Name
    role: Role | None = None
    role_ids: Annotated[list[UUID], Meta(max_length=ROLES_OF_ONE)] = []
    team_ids: Ids = []
    queue_ids: Ids = []
    skills: Ids = []
    capacity: Capacity = CAPACITY


class MemberChange(Struct, forbid_unknown_fields=True):
    """What changes of a member; what is left out stays."""

    name: Name | None = None
    role: Role | None = None
    language: Language | None = None
    capacity: Capacity | None = None
    active: bool | None = None
    team_ids: Ids | None = None
    skills: Ids | None = None


@get("/members", opt=signed_in())
async def list_members(actor: Actor, tx: Transaction) -> list[MemberView]:
    """Return the members of the organisation."""
    found = await queries.members(tx)
    return await views(tx, actor, found)


@patch("/members/{member_id:uuid}", opt=needs("accounts.manage"))
async def change_member(
    actor: Actor, tx: Transaction, member_id: UUID, data: MemberChange
) -> MemberView:
    """Change a member's name, role, teams, skills, capacity; let him out or in again."""
    changes = Changes(
        name=data.name,
        role=data.role,
        language=data.language,
        capacity=data.capacity,
        active=data.active,
        team_ids=data.team_ids,
        skill_ids=data.skills,
    )
    await actions.change_member(tx, member_id=member_id, changes=changes)
    return (await views(tx, actor, [await queries.need_member(tx, member_id)]))[0]


@post("/members/{member_id:uuid}/resets", opt=needs("accounts.manage"))
async def offer_reset(tx: Transaction, member_id: UUID) -> Link:
    """Make a link by which a member chooses a new password within the hour."""
    return link_of(await actions.offer_reset(tx, member_id=member_id))


@get("/members/invitations", opt=needs("accounts.manage"))
async def list_invitations(tx: Transaction) -> list[InvitationView]:
    """Return the invitations that wait to be used."""
    names = await queries.role_names(tx)
    return [
        InvitationView(
            i.id, i.login, i.name, i.role, queries.own_names(i, names), i.invited_by, i.expires_at
        )
        for i in await queries.open_invitations(tx)
    ]


@post("/members/invitations", opt=needs("accounts.manage"))
async def invite(tx: Transaction, data: NewInvitation) -> InvitedLink:
    """Ask somebody to join; the answer holds the link, once."""
    terms = Terms(
        login=data.login,
        name=data.name,
        role=data.role,
        role_ids=data.role_ids,
        capacity=data.capacity,
        team_ids=data.team_ids,
        queue_ids=data.queue_ids,
        skill_ids=data.skills,
    )
    made = await actions.invite(tx, terms)
    return InvitedLink(link_of(made.secret).link, made.mail)


@post("/members/invitations/links", opt=needs("accounts.manage"))
async def invite_again(tx: Transaction, data: LinksWanted) -> list[InvitationLink]:
    """Make new links for open invitations, as after an import; the earlier links end."""
    names = await queries.role_names(tx)
    return [
        InvitationLink(
            one.login,
            one.name,
            one.role,
            queries.own_names(one, names),
            one.expires_at,
            link_of(secret).link,
        )
        for one, secret in await actions.invite_again(tx, invitation_ids=data.ids)
    ]


@delete("/members/invitations/{invitation_id:uuid}", opt=needs("accounts.manage"))
async def revoke_invitation(tx: Transaction, invitation_id: UUID) -> None:
    """Take an invitation back."""
    await actions.revoke_invitation(tx, invitation_id=invitation_id)


def link_of(secret: str) -> Link:
    """Return the link of an invitation's secret."""
    # From the operator's setting, never from the Host header, which a stranger may choose.
    return Link(settings.public_url + invitation_path(secret))


async def views(tx: Transaction, actor: Actor, found: list[queries.Member]) -> list[MemberView]:
    """Return members as the actor may see them."""
    briefs = await queries.member_briefs(tx, [member.id for member in found])
    manages = actor.may("accounts.manage")
    safe = await queries.members_with_second_step(tx, list(briefs)) if manages else set()
    return [
        MemberView(
            member.id,
            member.name,
            member.login if manages or member.id == actor.id else None,
            member.role,
            member.built_in,
            member.role_ids if manages else [],
            member.language,
            member.capacity,
            member.active,
            member.team_ids,
            member.skill_ids,
            briefs[member.id].avatar_url,
            member.id in safe if manages else None,
        )
        for member in found
    ]


routes: list[Any] = [
    list_members,
    change_member,
    offer_reset,
    list_invitations,
    invite,
    invite_again,
    revoke_invitation,
]
