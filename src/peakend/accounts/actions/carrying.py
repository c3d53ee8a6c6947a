"""Members carried in and out as a table, recognised by their login.

Who is not there is invited, as by hand; a table never holds a password, and gives nothing that
whoever carries it could not give at the desk.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec

from peakend.accounts.actions.invitations import Terms, invite
from peakend.accounts.actions.members import Changes, change_member
from peakend.accounts.actions.roles import set_roles
from peakend.accounts.models import Invitation, Member
from peakend.accounts.queries import roles, skills, teams
from peakend.accounts.queries.carrying import (
    invited_with_logins,
    members_after,
    members_with_logins,
)
from peakend.accounts.rules import CAPACITY, CAPACITY_MOST, ROLES, Role, login_key, names_of
from peakend.kernel.carrying import (
    Carried,
    CarriedOut,
    CarryColumn,
    CarryFault,
    CarryKind,
    CarryRow,
    Rule,
    alone,
    carries,
    carry_column,
    chosen_word,
    fault_of,
    said,
)
from peakend.kernel.db import Transaction
from peakend.kernel.words import LANGUAGES

_STATES = ("active", "disabled")
_LONGEST_NAME = 60
_AND = "; "
# Of which cell a refusal speaks; of all others the login.
_COLUMNS = {
    "accounts.role_too_high": "role",
    "accounts.role_sees_more": "role",
    "accounts.last_admin": "state",
    "accounts.second_person_needed": "role",
}


class _Wrong(Exception):
    """What a cell says cannot be done; caught for each row."""

    def __init__(self, column: str, wording: str, **params: Any) -> None:
        self.fault = CarryFault(column, wording, params)
        super().__init__(wording)


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says; what it leaves out is None."""

    login: str
    name: str | None
    built_in: Role | None
    role_ids: list[UUID]
    has_role: bool
    team_ids: list[UUID] | None
    skill_ids: list[UUID] | None
    capacity: int | None
    language: str | None
    active: bool | None


class _House(msgspec.Struct, frozen=True):
    """What rows are told in words: names that several have are in no case meant."""

    roles: dict[str, UUID | None]
    teams: dict[str, UUID | None]
    skills: dict[str, UUID | None]


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of members may hold."""
    return [
        carry_column("accounts", "login", needed=True, matches=True),
        carry_column("accounts", "name"),
        carry_column("accounts", "role"),
        carry_column("accounts", "teams"),
        carry_column("accounts", "skills"),
        carry_column("accounts", "capacity"),
        carry_column("accounts", "language"),
        carry_column("accounts", "state"),
    ]


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share."""
    return login_key(values["login"]) if values.get("login") else None


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of members: who is known is changed, who is not is invited."""
    house = _House(
        _named((one.name, one.id) for one in await roles(tx)),
        _named((one.name, one.id) for one in await teams(tx)),
        _named((one.name, one.id) for one in await skills(tx)),
    )
    keys = [login_key(row.values["login"]) for row in rows]
    known = await members_with_logins(tx, keys)
    invited = await invited_with_logins(tx, keys)
    done = []
    for row, key in zip(rows, keys, strict=True):
        try:
            given = _given(row.values, house)
            old = known.get(key)
            if old is None:
                done.append(await _ask(tx, row, given, invited.get(key), rule))
            else:
                done.append(await _change(tx, row, given, old, rule))
        except _Wrong as wrong:
            done.append(Carried(line=row.line, what="wrong", fault=wrong.fault))
    return done


def _named(pairs: Iterable[tuple[str, UUID]]) -> dict[str, UUID | None]:
    found: dict[str, UUID | None] = {}
    for name, one in pairs:
        key = name.casefold()
        found[key] = None if key in found else one
    return found


def _given(values: dict[str, str], house: _House) -> _Given:
    name = values.get("name")
    if name and len(name) > _LONGEST_NAME:
        raise _Wrong("name", "accounts.carry_too_long", most=_LONGEST_NAME)
    built_in, role_ids = _roles(values.get("role", ""), house)
    language = _chosen("language", LANGUAGES, values)
    state = _chosen("state", _STATES, values)
    return _Given(
        login=values["login"],
        name=name,
        built_in=built_in,
        role_ids=role_ids,
        has_role="role" in values,
        team_ids=_ids("teams", values, house.teams),
        skill_ids=_ids("skills", values, house.skills),
        capacity=_capacity(values.get("capacity")),
        language=language,
        active=None if state is None else state == "active",
    )


def _roles(cell: str, house: _House) -> tuple[Role | None, list[UUID]]:
    built_in: list[str] = []
    own: list[UUID] = []
    for name in names_of(cell):
        code = chosen_word("accounts", "role", tuple(ROLES), name)
        if code is not None and name.casefold() in house.roles:
            raise _Wrong("role", "accounts.carry_several", value=name[:60])
        if code is not None:
            built_in.append(code)
            continue
        if name.casefold() not in house.roles:
            raise _Wrong("role", "accounts.carry_no_role", value=name[:60])
        found = house.roles[name.casefold()]
        if found is None:
            raise _Wrong("role", "accounts.carry_several", value=name[:60])
        own.append(found)
    if len(built_in) > 1:
        raise _Wrong("role", "accounts.carry_two_roles")
    return cast("Role", built_in[0]) if built_in else None, list(dict.fromkeys(own))


def _ids(column: str, values: dict[str, str], known: dict[str, UUID | None]) -> list[UUID] | None:
    if column not in values:
        return None
    found = []
    for name in names_of(values[column]):
        key = name.casefold()
        if key not in known:
            raise _Wrong(column, f"accounts.carry_no_{column}", value=name[:60])
        one = known[key]
        if one is None:
            raise _Wrong(column, "accounts.carry_several", value=name[:60])
        found.append(one)
    return list(dict.fromkeys(found))


def _capacity(cell: str | None) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 3 and int(cell) <= CAPACITY_MOST):
        raise _Wrong("capacity", "accounts.carry_wrong_capacity", value=cell[:60],
                     most=CAPACITY_MOST)  # fmt: skip
    return int(cell)


def _chosen(column: str, codes: Sequence[str], values: dict[str, str]) -> str | None:
    told = values.get(column)
    if not told:
        return None
    code = chosen_word("accounts", column, codes, told)
    if code is None:
        raise _Wrong(column, f"accounts.carry_wrong_{column}", value=told[:60])
    return code


async def _ask(
    tx: Transaction, row: CarryRow, given: _Given, before: Invitation | None, rule: Rule
) -> Carried:
    """Invite somebody; who is invited already only where other terms are to hold."""
    if given.active is False:
        raise _Wrong("state", "accounts.carry_not_here")
    if before is not None:
        terms = _terms(given, before)
        if rule != "overwrite" or terms == _terms_of(before):
            return Carried(line=row.line, what="same")
    elif not given.name:
        raise _Wrong("name", "exchange.needed")
    else:
        terms = Terms(
            login=given.login, name=given.name,
            role=given.built_in or (None if given.role_ids else "agent"), role_ids=given.role_ids,
            capacity=CAPACITY if given.capacity is None else given.capacity,
            team_ids=given.team_ids or [], skill_ids=given.skill_ids or [],
        )  # fmt: skip
    refused = await alone(tx, invite(tx, terms))
    if refused is not None:
        fault = fault_of(refused, _COLUMNS.get(refused.wording, "login"))
        return Carried(line=row.line, what="wrong", fault=fault)
    return Carried(line=row.line, what="changed" if before else "new")


def _terms_of(before: Invitation) -> Terms:
    return Terms(
        login=before.login, name=before.name, role=before.role,
        role_ids=sorted(before.role_ids), capacity=before.capacity,
        team_ids=sorted(before.team_ids), queue_ids=before.queue_ids,
        skill_ids=sorted(before.skill_ids),
    )  # fmt: skip


def _terms(given: _Given, before: Invitation) -> Terms:
    """Return the terms of an invitation with what a row says laid over them."""
    old = _terms_of(before)
    # An empty cell says nothing; a filled one says all roles.
    gives = given.built_in is not None or bool(given.role_ids)
    return msgspec.structs.replace(
        old,
        name=given.name or old.name,
        role=given.built_in if gives else old.role,
        role_ids=sorted(given.role_ids) if gives else old.role_ids,
        capacity=old.capacity if given.capacity is None else given.capacity,
        team_ids=old.team_ids if given.team_ids is None else sorted(given.team_ids),
        skill_ids=old.skill_ids if given.skill_ids is None else sorted(given.skill_ids),
    )


async def _change(
    tx: Transaction, row: CarryRow, given: _Given, old: Member, rule: Rule
) -> Carried:
    changes = _changes(given, old, rule)
    roles_change = rule == "overwrite" and given.has_role and _other_roles(given, old)
    if old.id == tx.actor.id and (roles_change or changes.active is False):
        # Nobody locks himself out by a table.
        raise _Wrong("role" if roles_change else "state", "accounts.carry_yourself")
    if not roles_change and changes == Changes():
        return Carried(line=row.line, what="same", id=old.id)

    async def write() -> None:
        if roles_change:
            await set_roles(tx, member_id=old.id, built_in=given.built_in, role_ids=given.role_ids)
        if changes != Changes():
            await change_member(tx, member_id=old.id, changes=changes)

    refused = await alone(tx, write())
    if refused is not None:
        column = _COLUMNS.get(refused.wording, "login")
        if refused.wording == "accounts.last_admin" and roles_change:
            column = "role"
        return Carried(line=row.line, what="wrong", fault=fault_of(refused, column))
    return Carried(line=row.line, what="changed", id=old.id)


def _other_roles(given: _Given, old: Member) -> bool:
    return given.built_in != old.built_in or set(given.role_ids) != set(old.role_ids)


def _changes(given: _Given, old: Member, rule: Rule) -> Changes:
    """Return what is to change: only what is empty where nothing is overwritten."""
    if rule == "skip":
        return Changes()
    over = rule == "overwrite"

    def other(value: Any, before: Any) -> Any:
        return value if over and value is not None and value != before else None

    def several(ids: list[UUID] | None, before: Collection[UUID]) -> list[UUID] | None:
        fits = ids is not None and set(ids) != set(before) and (over or not before)
        return ids if fits else None

    return Changes(
        name=other(given.name, old.name),
        language=other(given.language, old.language),
        capacity=other(given.capacity, old.capacity),
        active=other(given.active, old.active),
        team_ids=several(given.team_ids, old.team_ids),
        skill_ids=several(given.skill_ids, old.skill_ids),
    )


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of members, also such that left, in the order of their ids."""
    role_names = {one.id: one.name for one in await roles(tx)}
    team_names = {one.id: one.name for one in await teams(tx)}
    skill_names = {one.id: one.name for one in await skills(tx)}
    found = await members_after(tx, UUID(cursor) if cursor else None, most, search)
    language = tx.actor.language
    rows = []
    for one in found:
        held = [said("accounts", "role", one.built_in, language)] if one.built_in else []
        held += sorted(role_names[role] for role in one.role_ids if role in role_names)
        values = {
            "login": one.login,
            "name": one.name,
            "role": _AND.join(held),
            "teams": _AND.join(sorted(team_names.get(team, "") for team in one.team_ids)),
            "skills": _AND.join(sorted(skill_names.get(skill, "") for skill in one.skill_ids)),
            "capacity": str(one.capacity),
            "language": said("accounts", "language", one.language, language),
            "state": said("accounts", "state", _STATES[not one.active], language),
        }
        rows.append((one.id, values))
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


# As large as it goes: whether an admin is left over is seen within a portion.
carries(
    CarryKind(
        code="members", position=60, permission="accounts.manage", columns=columns, put=carry_in,
        give=carry_out, key_of=key_of, portion=500,
    )
)  # fmt: skip
