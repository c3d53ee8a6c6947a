"""Setting up what is promised: policies in an order, the first that fits a conversation holds."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.conversations import queries as conversations
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import word
from peakend.routing.actions.settings import Stale
from peakend.routing.events import SlaPolicyChanged
from peakend.routing.models import SlaPolicyRow
from peakend.routing.queries.queues import queue_names
from peakend.routing.queries.targets import MOST_POLICIES, need_policy, policies

FIRST_REPLY_S = 60
NEXT_REPLY_S = 180
MAIL_FIRST_REPLY_S = 4 * 3600
MAIL_NEXT_REPLY_S = 8 * 3600

_ADD = """
INSERT INTO sla_policy (id, name, position, active, channels, queue_ids, brand_ids, tiers,
                        reason_ids, first_reply_s, next_reply_s, resolve_s, round_the_clock)
VALUES ($1, $2, $13, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_CHANGE = """
UPDATE sla_policy
SET name = $2, active = $3, channels = $4, queue_ids = $5, brand_ids = $6, tiers = $7,
    reason_ids = $8, first_reply_s = $9, next_reply_s = $10, resolve_s = $11,
    round_the_clock = $12, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $13
"""
_DELETE = "DELETE FROM sla_policy WHERE organisation_id = current_organisation() AND id = $1"
_ORDER = """
UPDATE sla_policy p SET position = o.place
FROM unnest($1::uuid[]) WITH ORDINALITY AS o (id, place)
WHERE p.organisation_id = current_organisation() AND p.id = o.id
"""


class NothingPromised(Invalid):
    """A policy needs at least one target."""

    wording = "routing.nothing_promised"


class UnknownCondition(Invalid):
    """A condition names a kind of channel, queue, brand or reason that is not there."""

    wording = "routing.unknown_condition"


class TooManyPolicies(Conflict):
    """There are as many policies as there may be."""

    wording = "routing.too_many_policies"


class OtherPolicies(Conflict):
    """The order names other policies than there are now."""

    wording = "routing.stale"


class PolicySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator decides about a policy."""

    name: str
    active: bool = True
    channels: list[str] = []
    queue_ids: list[UUID] = []
    brand_ids: list[UUID] = []
    tiers: list[str] = []
    reason_ids: list[UUID] = []
    first_reply_s: int | None = None
    next_reply_s: int | None = None
    resolve_s: int | None = None
    round_the_clock: bool = False


async def add_policy(tx: Transaction, settings: PolicySettings) -> SlaPolicyRow:
    """Promise something, after all that is promised already.

    Errors: NothingPromised, UnknownCondition, TooManyPolicies.
    """
    known = await policies(tx)
    if len(known) >= MOST_POLICIES:
        raise TooManyPolicies(most=MOST_POLICIES)
    await _check(tx, settings)
    policy_id = new_id(tx.now)
    place = max((one.position for one in known), default=0) + 1
    await tx.run(_ADD, policy_id, *_values(settings), place)
    await _tell(tx, policy_id, "created")
    return await need_policy(tx, policy_id)


async def add_first_policies(tx: Transaction) -> None:
    """Let a new centre promise what people expect of mail, and of everything else.

    Nothing where there is a policy already.
    """
    if await policies(tx):
        return
    language = (await accounts.organisation(tx)).language
    for name, channels, first_s, next_s in (
        ("routing.mail_policy", ["mail"], MAIL_FIRST_REPLY_S, MAIL_NEXT_REPLY_S),
        ("routing.first_policy", [], FIRST_REPLY_S, NEXT_REPLY_S),
    ):
        await add_policy(
            tx,
            PolicySettings(
                name=word(name, language),
                channels=channels,
                first_reply_s=first_s,
                next_reply_s=next_s,
            ),
        )


async def change_policy(
    tx: Transaction, policy_id: UUID, settings: PolicySettings, *, version: int | None = None
) -> SlaPolicyRow:
    """Change what is promised, also to those who wait now.

    Errors: PolicyNotFound, Stale, NothingPromised, UnknownCondition.
    """
    known = await need_policy(tx, policy_id)
    await _check(tx, settings)
    saved = await tx.run(
        _CHANGE, policy_id, *_values(settings), known.version if version is None else version
    )
    if not saved:
        raise Stale(version=known.version)
    await _tell(tx, policy_id, "updated")
    return await need_policy(tx, policy_id)


async def delete_policy(tx: Transaction, policy_id: UUID) -> None:
    """Promise something no more. Errors: PolicyNotFound."""
    await need_policy(tx, policy_id)
    await tx.run(_DELETE, policy_id)
    await _tell(tx, policy_id, "deleted")


async def order_policies(tx: Transaction, policy_ids: list[UUID]) -> list[SlaPolicyRow]:
    """Put the policies into an order that names each of them once. Errors: OtherPolicies."""
    if sorted(policy_ids) != sorted(one.id for one in await policies(tx)):
        raise OtherPolicies
    await tx.run(_ORDER, policy_ids)
    await _tell(tx, None, "ordered")
    return await policies(tx)


def _values(settings: PolicySettings) -> tuple[Any, ...]:
    return tuple(getattr(settings, name) for name in settings.__struct_fields__)


async def _check(tx: Transaction, settings: PolicySettings) -> None:
    if not (settings.first_reply_s or settings.next_reply_s or settings.resolve_s):
        raise NothingPromised(fields={"first_reply_s": "required"})
    if not conversations.CHANNEL_KINDS.issuperset(settings.channels):
        raise UnknownCondition(fields={"channels": "unknown"})
    if set(settings.queue_ids) - set(await queue_names(tx, settings.queue_ids)):
        raise UnknownCondition(fields={"queue_ids": "unknown"})
    if set(settings.brand_ids) - {brand.id for brand in await accounts.brands(tx)}:
        raise UnknownCondition(fields={"brand_ids": "unknown"})
    if settings.reason_ids:
        tree = await conversations.reason_tree(tx)
        if set(settings.reason_ids) - {node.id for node in tree.nodes}:
            raise UnknownCondition(fields={"reason_ids": "unknown"})


async def _tell(tx: Transaction, policy_id: UUID | None, what: str) -> None:
    await record(tx, SlaPolicyChanged(policy_id=policy_id, what=what))
    await audit(tx, f"sla_policy.{what}", "sla_policy", policy_id)
