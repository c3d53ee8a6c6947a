"""Deciding whose replies wait for a senior."""

from collections.abc import Container
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.assist import queries
from peakend.assist.actions.care import WrongRules, save_rules
from peakend.assist.rules.approvals import NEWCOMER_DAYS, WARN_MIN, ApprovalRules, too_many
from peakend.kernel.db import Transaction
from peakend.routing import queries as routing


async def set_approval_rules(tx: Transaction, *, rules: ApprovalRules, version: int) -> None:
    """Decide whose replies wait. Errors: WrongRules, CareStale."""
    kept = msgspec.structs.replace(
        rules,
        **{
            name: list(dict.fromkeys(getattr(rules, name)))
            for name in ("member_ids", "built_in", "role_ids", "queue_ids", "role_queue_ids")
        },
    )
    members = await accounts.member_briefs(tx, kept.member_ids)
    _need("member_ids", kept.member_ids, members)
    # A role can be deleted, and then it may only be taken out of here.
    before = (await queries.fresh_care(tx)).approval.role_ids
    roles = {one.id for one in await accounts.roles(tx)}
    _need("role_ids", kept.role_ids, roles | set(before))
    kept = msgspec.structs.replace(kept, role_ids=[one for one in kept.role_ids if one in roles])
    for name in ("queue_ids", "role_queue_ids"):
        _need(name, getattr(kept, name), await routing.queue_names(tx, getattr(kept, name)))
    for name, (least, most) in (("warn_min", WARN_MIN), ("newcomer_days", NEWCOMER_DAYS)):
        if not least <= getattr(kept, name) <= most:
            raise WrongRules(fields={name: "assist.wrong_rules"})
    await save_rules(tx, "approval", kept, version)


def _need(name: str, ids: list[UUID], known: Container[UUID]) -> None:
    if too_many(ids) or any(one not in known for one in ids):
        raise WrongRules(fields={name: "assist.wrong_rules"})
