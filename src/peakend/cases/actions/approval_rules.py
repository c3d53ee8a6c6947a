"""Who lets pass what, as the house decides it; and who stands in for whom for a while."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.cases.actions.approvals import plain_words
from peakend.cases.events.approvals import ApprovalRuleChanged, DeputyEnded, DeputyNamed
from peakend.cases.queries.approvals import (
    approval_rules,
    could_stand_in,
    delegates,
    need_rule,
)
from peakend.cases.rules.approvals import (
    DECIDES,
    DEPUTY_LONGEST,
    KINDS,
    MINUTES_MOST,
    MOST_DEPUTIES,
    MOST_MEMBERS,
    MOST_RULES,
    By,
    Kind,
    Then,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_ADD = """
INSERT INTO approval_rule (id, kind, name, from_fen, place, by, permission, built_in, role_id,
    team_id, member_ids, minutes, "then", changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
_CHANGE = """
UPDATE approval_rule SET kind = $2, name = $3, from_fen = $4, place = $5, by = $6, permission = $7,
    built_in = $8, role_id = $9, team_id = $10, member_ids = $11, minutes = $12, "then" = $13,
    changed_at = $14, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $15
"""
_REMOVE = """
DELETE FROM approval_rule WHERE organisation_id = current_organisation() AND id = $1
"""
_NAME = """
INSERT INTO approval_delegate (id, from_id, to_id, kinds, from_at, until_at, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_END = """
UPDATE approval_delegate SET ended_at = $2
WHERE organisation_id = current_organisation() AND id = $1 AND ended_at IS NULL
"""


class RuleStale(Conflict):
    """The rule was changed since it was looked at."""

    wording = "cases.rule_stale"


class WrongRule(Invalid):
    """A rule names nobody, or what is not there."""

    wording = "cases.wrong_rule"


class TooManyRules(Invalid):
    """There are as many rules as there may be."""

    wording = "cases.too_many_rules"


class WrongDeputy(Invalid):
    """This person cannot stand in, or not for that time."""

    wording = "cases.wrong_deputy"


class DeputyNotFound(NotFound):
    """Nobody stands in here any more, or not for this person."""

    wording = "cases.deputy_not_found"


class RuleText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as somebody writes it down. Units: fen, minutes."""

    kind: Kind
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    from_fen: Annotated[int, Meta(ge=0, le=10**12)] = 0
    place: Annotated[int, Meta(ge=0, le=99)] = 0
    by: By = "permission"
    permission: Annotated[str, Meta(max_length=60)] = DECIDES
    built_in: Annotated[str, Meta(max_length=20)] | None = None
    role_id: UUID | None = None
    team_id: UUID | None = None
    member_ids: Annotated[list[UUID], Meta(max_length=MOST_MEMBERS)] = []
    minutes: Annotated[int, Meta(ge=1, le=MINUTES_MOST)] = 60
    then: Then = "next"


async def add_rule(tx: Transaction, rule: RuleText) -> UUID:
    """Add a rule. Errors: WrongRule, TooManyRules, RoleNotFound, TeamNotFound, MemberNotFound."""
    if len(await approval_rules(tx)) >= MOST_RULES:
        raise TooManyRules(most=MOST_RULES)
    plain = await _checked(tx, rule)
    rule_id = new_id()
    await tx.run(_ADD, rule_id, *_columns(plain), tx.now)
    await _tell(tx, rule_id, plain, "created")
    return rule_id


async def change_rule(tx: Transaction, *, rule_id: UUID, rule: RuleText, version: int) -> None:
    """Change a rule; what waits already stays where it was put. Errors: RuleNotFound, RuleStale.

    Errors: those of `add_rule`, too.
    """
    old = await need_rule(tx, rule_id)
    plain = await _checked(tx, rule)
    if not await tx.run(_CHANGE, rule_id, *_columns(plain), tx.now, version):
        raise RuleStale(version=old.version)
    await _tell(tx, rule_id, plain, "updated")


async def remove_rule(tx: Transaction, rule_id: UUID) -> None:
    """Remove a rule; what waits by it waits on. Errors: RuleNotFound."""
    old = await need_rule(tx, rule_id)
    await tx.run(_REMOVE, rule_id)
    plain = RuleText(kind=old.kind, name=old.name, from_fen=old.from_fen)
    await _tell(tx, rule_id, plain, "removed")


async def name_deputy(
    tx: Transaction,
    *,
    to_id: UUID,
    kinds: list[str],
    from_at: datetime | None,
    until_at: datetime,
    by: Actor,
) -> UUID:
    """Let a colleague decide for a while what one would decide oneself.

    He must have the right to decide himself; he cannot pass it on. Errors: WrongDeputy.
    """
    begin = max(from_at or tx.now, tx.now)
    wrong: dict[str, str] = {}
    if by.id is None or to_id not in {one.id for one in await could_stand_in(tx, by)}:
        wrong["to_id"] = "cases.deputy_may_not"
    if not begin < until_at <= begin + DEPUTY_LONGEST:
        wrong["until_at"] = "cases.deputy_until"
    if set(kinds) - set(KINDS):
        wrong["kinds"] = "cases.wrong_kind"
    standing = [row for row in await delegates(tx) if row.from_id == by.id]
    if len(standing) >= MOST_DEPUTIES:
        wrong["to_id"] = "cases.deputy_too_many"
    if wrong:
        raise WrongDeputy(fields=wrong)
    assert by.id is not None
    delegate_id = new_id()
    await tx.run(_NAME, delegate_id, by.id, to_id, sorted(set(kinds)), begin, until_at, tx.now)
    await record(
        tx,
        DeputyNamed(delegate_id=delegate_id, from_id=by.id, to_id=to_id, until_at=until_at),
    )
    await audit(tx, "approval.deputy_named", "member", to_id, {"until": until_at})
    return delegate_id


async def end_deputy(tx: Transaction, *, delegate_id: UUID, by: Actor) -> None:
    """End that somebody stands in for one; who sets up the rules may end any.

    Errors: DeputyNotFound.
    """
    found = next((row for row in await delegates(tx) if row.id == delegate_id), None)
    if found is None or (found.from_id != by.id and not by.may("cases.set_up")):
        raise DeputyNotFound
    await tx.run(_END, delegate_id, tx.now)
    await record(tx, DeputyEnded(delegate_id=delegate_id, from_id=found.from_id, to_id=found.to_id))
    await audit(tx, "approval.deputy_ended", "member", found.to_id)


async def _checked(tx: Transaction, rule: RuleText) -> RuleText:
    """Return a rule with only what its way of naming needs. Errors: WrongRule."""
    name = " ".join(plain_words(rule.name).split())
    if not name:
        raise WrongRule(fields={"name": "cases.rule_name"})
    kept = RuleText(
        kind=rule.kind, name=name, from_fen=rule.from_fen, place=rule.place, by=rule.by,
        permission="", minutes=rule.minutes, then=rule.then,
    )  # fmt: skip
    change = msgspec.structs.replace
    if rule.by == "permission":
        known = {p for some in accounts.permissions_by_context().values() for p in some}
        if rule.permission not in known:
            raise WrongRule(fields={"permission": "cases.rule_permission"})
        return change(kept, permission=rule.permission)
    if rule.by == "role":
        if rule.role_id is not None:
            await accounts.need_role(tx, rule.role_id)
            return change(kept, role_id=rule.role_id)
        if rule.built_in not in accounts.ROLES:
            raise WrongRule(fields={"built_in": "cases.rule_role"})
        return change(kept, built_in=rule.built_in)
    if rule.by == "team":
        if rule.team_id is None:
            raise WrongRule(fields={"team_id": "cases.rule_team"})
        await accounts.need_team(tx, rule.team_id)
        return change(kept, team_id=rule.team_id)
    members = sorted(set(rule.member_ids))
    here = await accounts.member_names(tx, members)
    if not members or len(here) != len(members):
        raise WrongRule(fields={"member_ids": "cases.rule_members"})
    return change(kept, member_ids=members)


def _columns(rule: RuleText) -> tuple[object, ...]:
    return (
        rule.kind, rule.name, rule.from_fen, rule.place, rule.by, rule.permission, rule.built_in,
        rule.role_id, rule.team_id, rule.member_ids, rule.minutes, rule.then,
    )  # fmt: skip


async def _tell(tx: Transaction, rule_id: UUID, rule: RuleText, what: str) -> None:
    await record(
        tx,
        ApprovalRuleChanged(rule_id=rule_id, kind=rule.kind, from_fen=rule.from_fen, what=what),
    )
    detail = {"kind": rule.kind, "from_fen": rule.from_fen, "outcome": what}
    await audit(tx, "approval.rule_changed", "approval_rule", rule_id, detail)
