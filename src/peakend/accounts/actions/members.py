"""Members: joining, changing, leaving."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import (
    need_givable,
    need_other_admin,
    need_over,
    need_role_key,
    take_roles,
)
from peakend.accounts.actions.passwords import hash_password
from peakend.accounts.actions.sessions import end_sessions
from peakend.accounts.events import (
    MemberCapacityChanged,
    MemberChanged,
    MemberDisabled,
    MemberEnabled,
    MemberJoined,
    MemberSkillsChanged,
    PreferencesChanged,
)
from peakend.accounts.queries import (
    Member,
    MemberNotFound,
    find_members_by_login,
    forget_member,
    need_member,
    need_roles,
    need_skills,
    need_teams,
    preferences,
    sign_in_rules,
    skills,
)
from peakend.accounts.rules import (
    CAPACITY,
    clean_name,
    is_login,
    login_key,
    preferences_after,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.files import drop_file, save_portrait
from peakend.kernel.ids import new_id
from peakend.kernel.words import LANGUAGES


class NoPicture(Invalid):
    """A form for a picture came without one."""

    wording = "accounts.no_picture"


class LoginTaken(Conflict):
    """Somebody in this organisation signs in by this login already."""

    wording = "accounts.login_taken"


class NotALogin(Invalid):
    """A login has spaces or control characters, or is too short."""

    wording = "accounts.not_a_login"


class NameMissing(Invalid):
    """A name is empty."""

    wording = "accounts.name_missing"


class SkillsStale(Conflict):
    """Somebody else changed the member's skills first."""

    wording = "accounts.skills_stale"


class AuthorityNotYours(Refused):
    """What people are allowed to is given by who manages members."""

    wording = "accounts.authority_not_yours"


class WrongPreferences(Invalid):
    """Preferences are too large or wrongly named."""

    wording = "accounts.wrong_preferences"


def need_name(name: str) -> str:
    """Return a name as it is kept. Errors: NameMissing."""
    clean = clean_name(name)
    if not clean:
        raise NameMissing
    return clean


async def add_member(
    tx: Transaction,
    *,
    login: str,
    name: str,
    role: str,
    password: str | None = None,
    password_hash: str | None = None,
    language: str = "zh-CN",
    capacity: int = CAPACITY,
    team_ids: Collection[UUID] = (),
    skill_ids: Collection[UUID] = (),
    invitation_id: UUID | None = None,
) -> UUID:
    """Let somebody join, with a password or what was made of one before the transaction.

    Errors: NotALogin, LoginTaken, RoleTooHigh, RoleSeesMore, WeakPassword.
    """
    await need_givable(tx, role, ())
    await need_free_login(tx, login)
    member_id = new_id()
    await tx.run(
        """
        INSERT INTO member (id, name, login, language, role, built_in, capacity, created_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7)
        """,
        member_id,
        need_name(name),
        login.strip(),
        language if language in LANGUAGES else "zh-CN",
        role,
        capacity,
        tx.now,
    )
    if password is not None:
        least = (await sign_in_rules(tx)).password_least
        password_hash = await hash_password(password, login, name, least)
    assert password_hash is not None
    await tx.run(
        """
        INSERT INTO credential (member_id, login_key, password_hash, created_at, changed_at)
        VALUES ($1, $2, $3, $4, $4)
        """,
        member_id,
        login_key(login),
        password_hash,
        tx.now,
    )
    await _place(tx, member_id, team_ids, skill_ids)
    await record(
        tx,
        MemberJoined(
            member_id=member_id, role=role, capacity=capacity, invitation_id=invitation_id
        ),
    )
    await audit(tx, "member.joined", "member", member_id, {"role": role})
    return member_id


async def need_free_login(tx: Transaction, login: str) -> None:
    """Make sure that a login is one and is free here. Errors: NotALogin, LoginTaken."""
    if not is_login(login):
        raise NotALogin
    if await find_members_by_login(tx, login_key(login)) is not None:
        raise LoginTaken


class Changes(msgspec.Struct, kw_only=True, frozen=True):
    """What may be changed of a member; what is None stays."""

    name: str | None = None
    role: str | None = None
    language: str | None = None
    capacity: int | None = None
    active: bool | None = None
    team_ids: list[UUID] | None = None
    skill_ids: list[UUID] | None = None


async def change_member(tx: Transaction, *, member_id: UUID, changes: Changes) -> None:
    """Change a member.

    Errors: MemberNotFound, RoleTooHigh, RoleSeesMore, LastAdmin, TeamNotFound, SkillNotFound.
    """
    await tx.run("SELECT FROM member WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", member_id)  # fmt: skip
    member = await need_member(tx, member_id)
    await need_over(tx, member_id)
    if changes.role is not None and changes.role != member.built_in:
        own = await need_roles(tx, member.role_ids)
        await take_roles(tx, member, need_role_key(changes.role), own)
        member = await need_member(tx, member_id)
    active = member.active if changes.active is None else changes.active
    if member.built_in == "admin" and member.active and not active:
        await need_other_admin(tx, member_id)
    capacity = member.capacity if changes.capacity is None else changes.capacity
    await tx.run(
        """
        UPDATE member SET name = $2, language = $3, capacity = $4, active = $5
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        member_id,
        need_name(changes.name) if changes.name is not None else member.name,
        changes.language or member.language,
        capacity,
        active,
    )
    await _place(tx, member_id, changes.team_ids, changes.skill_ids)
    forget_member(member_id)
    await _tell(tx, member, capacity=capacity, active=active)


async def _tell(tx: Transaction, before: Member, *, capacity: int, active: bool) -> None:
    """Record what a change means to others."""
    member_id = before.id
    await record(tx, MemberChanged(member_id=member_id, role=before.role, capacity=capacity))
    if capacity != before.capacity:
        await record(tx, MemberCapacityChanged(member_id=member_id, capacity=capacity))
    await audit(tx, "member.changed", "member", member_id)
    if active != before.active:
        await tx.run(
            """
            UPDATE credential SET active = $2
            WHERE organisation_id = current_organisation() AND member_id = $1
            """,
            member_id,
            active,
        )
        if not active:
            await end_sessions(tx, member_id=member_id)
        await record(tx, MemberEnabled(member_id=member_id) if active
                     else MemberDisabled(member_id=member_id))  # fmt: skip
        await audit(tx, "member.enabled" if active else "member.disabled", "member", member_id)


async def _place(
    tx: Transaction,
    member_id: UUID,
    team_ids: Collection[UUID] | None,
    skill_ids: Collection[UUID] | None,
) -> None:
    """Put a member into exactly these teams and give exactly these skills; None leaves them."""
    if team_ids is not None:
        await need_teams(tx, team_ids)
        await tx.run("DELETE FROM team_member WHERE organisation_id = current_organisation()"
                     " AND member_id = $1", member_id)  # fmt: skip
        await tx.run("INSERT INTO team_member (team_id, member_id)"
                     " SELECT DISTINCT unnest($2::uuid[]), $1::uuid",
                     member_id, list(team_ids))  # fmt: skip
    if skill_ids is not None:
        await need_skills(tx, skill_ids)
        await tx.run("DELETE FROM member_skill WHERE organisation_id = current_organisation()"
                     " AND member_id = $1", member_id)  # fmt: skip
        await tx.run("INSERT INTO member_skill (skill_id, member_id)"
                     " SELECT DISTINCT unnest($2::uuid[]), $1::uuid",
                     member_id, list(skill_ids))  # fmt: skip


async def set_capacity(tx: Transaction, *, member_id: UUID, capacity: int) -> None:
    """Say how many conversations a member holds at once. Errors: MemberNotFound."""
    changed = await tx.run(
        "UPDATE member SET capacity = $2 WHERE organisation_id = current_organisation()"
        " AND id = $1",
        member_id,
        capacity,
    )
    if not changed:
        raise MemberNotFound
    await record(tx, MemberCapacityChanged(member_id=member_id, capacity=capacity))
    await audit(tx, "member.capacity_changed", "member", member_id, {"capacity": capacity})


async def set_skills(
    tx: Transaction, *, member_id: UUID, skill_ids: Collection[UUID], seen: Collection[UUID]
) -> None:
    """Give a member exactly these skills; `seen` are those that were shown before.

    Errors: MemberNotFound, SkillNotFound, SkillsStale, AuthorityNotYours.
    """
    await tx.run("SELECT FROM member WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", member_id)  # fmt: skip
    member = await need_member(tx, member_id)
    had, gets = set(member.skill_ids), set(skill_ids)
    if had != set(seen):
        raise SkillsStale
    changed = had ^ gets
    if not changed:
        return
    await need_skills(tx, gets)
    firm = {one.id for one in await skills(tx) if one.authority}
    if changed & firm and not tx.actor.may("accounts.manage"):
        raise AuthorityNotYours
    await _place(tx, member_id, None, gets)
    added, removed = tuple(sorted(gets - had)), tuple(sorted(had - gets))
    await record(tx, MemberSkillsChanged(member_id=member_id, added=added, removed=removed))
    detail = {"added": list(added), "removed": list(removed)}
    await audit(tx, "member.skills_changed", "member", member_id, detail)


async def set_picture(tx: Transaction, *, member_id: UUID, data: bytes | None) -> None:
    """Give a member a picture, or take it away.

    Errors: MemberNotFound, RoleTooHigh, FileTooLarge, FileBroken.
    """
    member = await need_member(tx, member_id)
    if member_id != tx.actor.id:
        await need_over(tx, member_id)
    file_id = (await save_portrait(tx, data, purpose="avatar")).id if data is not None else None
    if member.avatar_file_id is not None:
        await drop_file(tx, member.avatar_file_id)
    await tx.run(
        "UPDATE member SET avatar_file_id = $2 WHERE organisation_id = current_organisation()"
        " AND id = $1",
        member_id,
        file_id,
    )
    await record(tx, MemberChanged(member_id=member_id, role=member.role, capacity=member.capacity))
    change = "picture_set" if file_id else "picture_removed"
    await audit(tx, f"member.{change}", "member", member_id)


async def change_preferences(tx: Transaction, *, changes: dict[str, Any]) -> dict[str, Any]:
    """Lay changes over the actor's own preferences. Errors: WrongPreferences."""
    assert tx.actor.id is not None
    await tx.run("SELECT FROM member WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", tx.actor.id)  # fmt: skip
    after = preferences_after(await preferences(tx, tx.actor.id), changes)
    language = changes.get("language")
    if after is None or (language is not None and language not in LANGUAGES):
        raise WrongPreferences
    await tx.run(
        """
        UPDATE member SET preferences = $2, language = coalesce($3, language)
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        tx.actor.id,
        after,
        language,
    )
    forget_member(tx.actor.id)
    await record(tx, PreferencesChanged(member_id=tx.actor.id))
    return after
