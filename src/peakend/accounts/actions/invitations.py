"""Links that let somebody in, to join or to choose a new password: used once, kept hashed."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.entering import Pending, admit, need_address
from peakend.accounts.actions.granting import need_givable, need_over, need_role_key
from peakend.accounts.actions.members import add_member, need_free_login, need_name
from peakend.accounts.actions.passwords import hash_password
from peakend.accounts.actions.proposals import OfMember, need_second, two_people
from peakend.accounts.actions.roles import NoRole, set_roles
from peakend.accounts.actions.sessions import NOWHERE, Device, Entry, set_password
from peakend.accounts.events import InvitationRevoked, MemberInvited, PasswordResetOffered
from peakend.accounts.ports import MailAnswer, provided
from peakend.accounts.queries import (
    Invitation,
    invitation_by_token,
    invitations_open,
    need_member,
    need_roles,
    need_skills,
    need_teams,
    sign_in_rules,
)
from peakend.accounts.rules import (
    CAPACITY,
    INVITATION_LIFE,
    RESET_LIFE,
    ROLES_OF_ONE,
    Rights,
    is_dangerous,
    login_key,
    standing,
)
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.carrying import alone
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import token, token_hash


class InvitationGone(NotFound):
    """A link is unknown, used, taken back or too old: all answer alike."""

    wording = "accounts.invitation_gone"


class QueueNotFound(NotFound):
    """An invitation promises a queue that does not exist here."""

    wording = "accounts.queue_not_found"


class Terms(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What an invitation promises: a built-in role, roles of the house's own, or both."""

    login: str
    name: str
    role: str | None = None
    role_ids: Collection[UUID] = ()
    capacity: int = CAPACITY
    team_ids: Collection[UUID] = ()
    queue_ids: Collection[UUID] = ()
    skill_ids: Collection[UUID] = ()


class Invited(NamedTuple):
    """An invitation, the secret of its link, and what came of sending it by mail."""

    id: UUID
    secret: str
    mail: MailAnswer


async def invite(tx: Transaction, terms: Terms) -> Invited:
    """Ask somebody to join; where the login is an address, also by mail.

    An earlier invitation of the same login ends. Errors: NoRole, RoleNotFound, RoleTooHigh,
    RoleSeesMore, LoginTaken, NotALogin, TeamNotFound, SkillNotFound, QueueNotFound,
    SecondPersonNeeded.
    """
    wanted = await _need_promise(tx, terms)
    await need_free_login(tx, terms.login)
    await need_teams(tx, terms.team_ids)
    await need_skills(tx, terms.skill_ids)
    if set(terms.queue_ids) - set(await provided.known_queues(tx, terms.queue_ids)):
        raise QueueNotFound
    if is_dangerous(wanted.permissions):
        await need_second(tx, "member.invite")
    ended = await tx.value(
        """
        WITH ended AS (
            UPDATE invitation SET revoked_at = $2
            WHERE organisation_id = current_organisation()
              AND lower(login) = $1
              AND used_at IS NULL
              AND revoked_at IS NULL
            RETURNING id
        )
        SELECT coalesce(array_agg(id), '{}') FROM ended
        """,
        login_key(terms.login),
        tx.now,
    )
    await provided.invitation_mail.withdraw(tx, invitation_ids=ended)
    invitation_id, secret = await _write(tx, terms, None)
    role = standing(wanted.permissions)
    await record(tx, MemberInvited(invitation_id=invitation_id, role=role))
    given = {"role": terms.role, "role_ids": [str(one) for one in terms.role_ids]}
    await audit(tx, "member.invited", "invitation", invitation_id, given)
    mail = await provided.invitation_mail.invite(
        tx,
        invitation_id=invitation_id,
        login=terms.login.strip(),
        name=need_name(terms.name),
        path=invitation_path(secret),
        until=clock.now() + INVITATION_LIFE,
    )
    return Invited(invitation_id, secret, mail)


def invitation_path(secret: str) -> str:
    """Return where the page of an invitation stands."""
    return f"/invitation/{secret}"


async def _need_promise(tx: Transaction, terms: Terms) -> Rights:
    """Return what the promised roles give together; nobody promises what he does not have."""
    built_in = None if terms.role is None else need_role_key(terms.role)
    if len(set(terms.role_ids)) > ROLES_OF_ONE:
        raise Invalid(fields={"role_ids": "kernel.invalid"})
    own = await need_roles(tx, terms.role_ids)
    if built_in is None and not own:
        raise NoRole
    return await need_givable(tx, built_in, own)


async def invite_again(
    tx: Transaction, *, invitation_ids: Collection[UUID]
) -> list[tuple[Invitation, str]]:
    """Make new links for invitations whose first ones were not handed on; the earlier ones end.

    Left out are those that are over, and those that the actor may not make or not make alone.
    """
    made: list[tuple[Invitation, str]] = []
    for found in await invitations_open(tx, invitation_ids):
        terms = Terms(
            login=found.login, name=found.name, role=found.role,
            role_ids=found.role_ids, capacity=found.capacity, team_ids=found.team_ids,
            queue_ids=found.queue_ids, skill_ids=found.skill_ids,
        )  # fmt: skip

        async def again(terms: Terms = terms, found: Invitation = found) -> None:
            invitation_id, secret, _ = await invite(tx, terms)
            until = clock.now() + INVITATION_LIFE
            new = msgspec.structs.replace(found, id=invitation_id, expires_at=until)
            made.append((new, secret))

        await alone(tx, again())
    return made


async def offer_reset(tx: Transaction, *, member_id: UUID) -> str:
    """Return the secret of a link by which a member chooses a new password within the hour.

    Errors: MemberNotFound, RoleTooHigh, SecondPersonNeeded.
    """
    member = await need_member(tx, member_id)
    if is_dangerous((await need_over(tx, member_id)).permissions):
        await need_second(tx, "member.reset")
    terms = Terms(login=member.login, name=member.name, role=member.role)
    _, secret = await _write(tx, terms, member_id)
    await record(tx, PasswordResetOffered(member_id=member_id))
    await audit(tx, "password.reset_offered", "member", member_id)
    return secret


@two_people("member.invite", "accounts.manage", Terms)
async def _invite(tx: Transaction, body: Terms, address: str) -> str:
    return (await invite(tx, body)).secret


@two_people("member.reset", "accounts.manage", OfMember)
async def _reset(tx: Transaction, body: OfMember, address: str) -> str:
    return await offer_reset(tx, member_id=body.member_id)


async def _write(tx: Transaction, terms: Terms, member_id: UUID | None) -> tuple[UUID, str]:
    invitation_id, secret = new_id(), token()
    life = RESET_LIFE if member_id else INVITATION_LIFE
    now = clock.now()
    await tx.run(
        """
        INSERT INTO invitation
            (id, token_hash, login, name, role, capacity, team_ids, queue_ids, skill_ids,
             member_id, invited_by, created_at, expires_at, role_ids)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        invitation_id,
        token_hash(secret),
        terms.login.strip(),
        need_name(terms.name),
        terms.role,
        terms.capacity,
        list(terms.team_ids),
        list(terms.queue_ids),
        list(terms.skill_ids),
        member_id,
        tx.actor.id,
        now,
        now + life,
        list(terms.role_ids),
    )
    return invitation_id, secret


async def revoke_invitation(tx: Transaction, *, invitation_id: UUID) -> None:
    """Take an unused invitation back. Errors: InvitationGone."""
    revoked = await tx.run(
        """
        UPDATE invitation SET revoked_at = $2
        WHERE organisation_id = current_organisation()
          AND id = $1
          AND used_at IS NULL
          AND revoked_at IS NULL
        """,
        invitation_id,
        tx.now,
    )
    if not revoked:
        raise InvitationGone
    await provided.invitation_mail.withdraw(tx, invitation_ids=[invitation_id])
    await record(tx, InvitationRevoked(invitation_id=invitation_id))
    await audit(tx, "invitation.revoked", "invitation", invitation_id)


async def accept_invitation(
    database: Database,
    *,
    secret: str,
    password: str,
    name: str | None,
    language: str,
    device: Device = NOWHERE,
) -> Entry | Pending:
    """Turn a link into a member who is signed in, or into a new password.

    A link stands for the password, never for the second step. Errors: InvitationGone,
    WeakPassword, LoginTaken, AddressRefused.
    """
    found = await invitation_by_token(database, secret, clock.now())
    if found is None:
        raise InvitationGone
    actor = Actor.system(found.organisation_id)
    await need_address(database, actor, member_id=found.member_id, device=device)
    async with database.transaction(actor) as tx:
        least = (await sign_in_rules(tx)).password_least
    hashed = await hash_password(password, found.login, name or found.name, least)
    async with database.transaction(actor) as tx:
        used = await tx.run(
            """
            UPDATE invitation SET used_at = $2
            WHERE organisation_id = current_organisation()
              AND id = $1
              AND used_at IS NULL
              AND revoked_at IS NULL
            """,
            found.id,
            tx.now,
        )
        if not used:
            raise InvitationGone
        member_id = found.member_id or await _join(tx, found, name, hashed, language)
        if found.member_id:
            await set_password(tx, member_id=member_id, hashed=hashed)
        return await admit(tx, member_id=member_id, device=device, way="link")


async def _join(
    tx: Transaction, invitation: Invitation, name: str | None, hashed: str, language: str
) -> UUID:
    member_id = await add_member(
        tx,
        login=invitation.login,
        name=name or invitation.name,
        role=invitation.role or "agent",
        password_hash=hashed,
        language=language,
        capacity=invitation.capacity,
        team_ids=invitation.team_ids,
        skill_ids=invitation.skill_ids,
        invitation_id=invitation.id,
    )
    if invitation.role_ids:
        await set_roles(
            tx, member_id=member_id, built_in=invitation.role, role_ids=invitation.role_ids
        )
    return member_id
