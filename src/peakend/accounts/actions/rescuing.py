"""Letting an administrator in again who is locked out; only the host's own shell calls it."""

from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.invitations import offer_reset
from peakend.accounts.actions.members import Changes, change_member
from peakend.accounts.actions.roles import set_roles
from peakend.accounts.actions.second_steps import reset_second_step
from peakend.accounts.actions.sign_in_rules import change_sign_in_rules
from peakend.accounts.actions.sso import let_passwords_in
from peakend.accounts.events import MemberRescued
from peakend.accounts.queries import (
    members_with_second_step,
    need_member,
    rights_of,
    sign_in_rules,
)
from peakend.kernel.db import Transaction
from peakend.kernel.events import record


async def rescue(tx: Transaction, *, member_id: UUID, any_network: bool) -> str:
    """Make somebody an active administrator without a second step, and return a reset's secret.

    With `any_network` the networks from which one may sign in are opened, too. Nobody else's
    rights change, and all of it is in the audit log. Errors: MemberNotFound.
    """
    member = await need_member(tx, member_id)
    before = (await rights_of(tx, [member_id]))[member_id]
    if not member.active:
        await change_member(tx, member_id=member_id, changes=Changes(active=True))
    made_admin = "accounts.manage" not in before.permissions
    if made_admin:
        await set_roles(tx, member_id=member_id, built_in="admin", role_ids=member.role_ids)
    if await members_with_second_step(tx, [member_id]):
        await reset_second_step(tx, member_id=member_id)
    rules = await sign_in_rules(tx)
    opened = any_network and bool(rules.networks)
    if opened:
        await change_sign_in_rules(
            tx,
            password_least=rules.password_least,
            second_step_roles=rules.second_step_roles,
            networks=[],
            address="",
        )
    # The provider may be what locked everybody out.
    await let_passwords_in(tx)
    secret = await offer_reset(tx, member_id=member_id)
    await record(tx, MemberRescued(member_id=member_id, networks_opened=opened))
    await audit(tx, "member.rescued", "member", member_id,
                {"made_admin": made_admin, "networks_opened": opened})  # fmt: skip
    return secret
