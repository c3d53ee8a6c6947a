"""The demo's own roles and who holds them, and how the order system is joined."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from peakend.accounts import actions as accounts
from peakend.accounts.actions import RoleText
from peakend.accounts.actions.api_keys import KeyText
from peakend.accounts.queries import ROLES
from peakend.automation import actions as automation
from peakend.automation.actions import WebhookText
from peakend.entry.demo.material import content
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


def leading(
    organisation_id: UUID,
    member_id: UUID | None,
    role: Literal["supervisor", "admin"] = "supervisor",
) -> Actor:
    """Return a member as the past knows him: nobody lacks a right there."""
    return Actor(
        organisation_id=organisation_id,
        kind="member",
        id=member_id,
        role=role,
        permissions=ROLES[role],
        scope="all",
    )


async def give_roles(
    tx: Transaction, members: Mapping[str, UUID], brands: Mapping[str, UUID]
) -> None:
    """Make the roles and let their holders hold them."""
    for given in content("roles")["role"]:
        base = ROLES[given["template"]]
        rights = given.get("only") or base - set(given.get("less", ()))
        role_id = await accounts.add_role(
            tx,
            role=RoleText(
                name=given["name"],
                note=given["note"],
                template=given["template"],
                permissions=sorted(rights),
                sight=given["sight"],
                brand_ids=[brands[slug] for slug in given.get("brands", ())],
            ),
        )
        for login in given["holders"]:
            await accounts.set_roles(
                tx,
                member_id=members[login],
                built_in="agent" if given["keeps"] else None,
                role_ids=[role_id],
            )
    await _key(tx, members["fang.li"])


async def _key(tx: Transaction, owner_id: UUID) -> None:
    """Make a key as the administrator; its secret is thrown away, as nothing here uses it."""
    system = tx.actor
    tx.actor = leading(tx.organisation_id, owner_id, "admin")
    scopes = ["conversations.read", "customers.read"]
    key = KeyText(name="订单系统", scopes=scopes, expires_days=365)
    await accounts.add_api_key(tx, key=key)
    # Paused: the demo asks nobody outside.
    hook = WebhookText(
        name="订单系统",
        url="https://orders.example.com/peakend",
        kinds=["ConversationClosed", "CustomerChanged", "SurveyAnswered"],
    )
    webhook_id, _ = await automation.add_webhook(tx, webhook=hook)
    await automation.switch_webhook(tx, webhook_id=webhook_id, active=False)
    tx.actor = system
