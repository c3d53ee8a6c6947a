"""Policies: what is promised to whom."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from msgspec import Meta, Struct

from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.routing import actions, queries
from peakend.routing.actions import PolicySettings
from peakend.routing.queries import PolicyView, SlaPolicyRow

Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S")]
Conditions = Annotated[list[UUID], Meta(max_length=200)]
Kind = Annotated[str, Meta(min_length=1, max_length=40)]
Tier = Annotated[str, Meta(min_length=1, max_length=40)]
# Ten seconds to thirty days.
Promise = Annotated[int, Meta(ge=10, le=2_592_000)] | None


class PolicyForm(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is promised to whom; an empty condition holds for everybody. Units: seconds."""

    name: Name
    active: bool = True
    channels: Annotated[list[Kind], Meta(max_length=20)] = []
    queue_ids: Conditions = []
    brand_ids: Conditions = []
    tiers: Annotated[list[Tier], Meta(max_length=20)] = []
    reason_ids: Conditions = []
    first_reply_s: Promise = None
    next_reply_s: Promise = None
    resolve_s: Promise = None
    round_the_clock: bool = False
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None

    def settings(self) -> PolicySettings:
        """Return the form as the action takes it."""
        return PolicySettings(
            **{name: getattr(self, name) for name in PolicySettings.__struct_fields__}
        )


class PolicyOrder(Struct, forbid_unknown_fields=True):
    """Every policy once, in the order in which they are asked."""

    policy_ids: Annotated[list[UUID], Meta(max_length=100)]


@get("/sla-policies", opt=needs("conversations.read"))
async def list_policies(tx: Transaction) -> list[PolicyView]:
    """Return what is promised to whom, in the order in which it is asked."""
    return await queries.policy_views(tx)


@post("/sla-policies", opt=needs("settings.manage"))
async def add_policy(tx: Transaction, data: PolicyForm) -> SlaPolicyRow:
    """Promise something."""
    return await actions.add_policy(tx, data.settings())


@put("/sla-policies/order", opt=needs("settings.manage"))
async def order_policies(tx: Transaction, data: PolicyOrder) -> list[SlaPolicyRow]:
    """Say which policy is asked before which."""
    return await actions.order_policies(tx, data.policy_ids)


@patch("/sla-policies/{policy_id:uuid}", opt=needs("settings.manage"))
async def change_policy(tx: Transaction, policy_id: UUID, data: PolicyForm) -> SlaPolicyRow:
    """Change what is promised."""
    return await actions.change_policy(tx, policy_id, data.settings(), version=data.version)


@delete("/sla-policies/{policy_id:uuid}", opt=needs("settings.manage"))
async def delete_policy(tx: Transaction, policy_id: UUID) -> None:
    """Promise something no more."""
    await actions.delete_policy(tx, policy_id)


routes = [list_policies, add_policy, order_policies, change_policy, delete_policy]
