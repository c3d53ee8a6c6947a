"""What the house has decided, kept for a few seconds by each process.

The surprise: it is asked for with every message, so it must not cost a way to the database each
time. A change made in another process is heard of within `KEPT_S`.
"""

import time
from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.assist.models import CareRow
from peakend.assist.rules.approvals import ApprovalRules, Held, held, must_ask
from peakend.assist.rules.helps import HelpRules
from peakend.assist.rules.watching import Ear, WatchRules, ear, tone
from peakend.assist.rules.wording import WordingRules, blocking, findings
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid, Refused
from peakend.kernel.words import word

KEPT_S = 5.0
MOST_KEPT = 2_000


class Care(msgspec.Struct, frozen=True):
    """All rules of an organisation, with the version of each kind."""

    watch: WatchRules
    ear: Ear
    wording: WordingRules
    blocks: WordingRules | None
    helps: HelpRules
    approval: ApprovalRules
    held: Held
    versions: dict[str, int]


_kept: dict[UUID, tuple[float, Care]] = {}


async def care(tx: Transaction) -> Care:
    """Return the rules of the organisation, at most `KEPT_S` old."""
    known = _kept.get(tx.organisation_id)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    found = await fresh_care(tx)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[tx.organisation_id] = (time.monotonic() + KEPT_S, found)
    return found


async def fresh_care(tx: Transaction) -> Care:
    """Return the rules of the organisation as they are stored."""
    rows = await tx.all(
        CareRow,
        "SELECT kind, rules, version FROM care_rules "
        "WHERE organisation_id = current_organisation()",
    )
    given = {row.kind: row.rules for row in rows}
    watch = msgspec.convert(given.get("watch", {}), WatchRules)
    wording = msgspec.convert(given.get("wording", {}), WordingRules)
    approval = msgspec.convert(given.get("approval", {}), ApprovalRules)
    days = approval.newcomer_days
    holders = await accounts.holders(
        tx,
        built_in=approval.built_in,
        role_ids=approval.role_ids,
        since=tx.now - timedelta(days=days) if days else None,
    )
    return Care(
        watch=watch,
        ear=ear(watch),
        wording=wording,
        blocks=blocking(wording),
        helps=msgspec.convert(given.get("helps", {}), HelpRules),
        approval=approval,
        held=held(approval, holders),
        versions={row.kind: row.version for row in rows},
    )


def forget_care(organisation_id: UUID) -> None:
    """Ask the database the next time: the rules are being changed."""
    _kept.pop(organisation_id, None)


async def tone_of(tx: Transaction, text: str) -> str | None:
    """Return how a customer's words sound: grave, upset, person, or None."""
    return tone(text, (await care(tx)).ear)


class WordingBlocked(Invalid):
    """The house does not let such words go to a customer."""

    wording = "assist.wording_blocked"


async def need_good_wording(tx: Transaction, text: str) -> None:
    """Refuse a reply with words that the house blocks. Errors: WordingBlocked."""
    blocks = (await care(tx)).blocks
    if blocks is None:
        return
    found = findings(text, blocks)
    if found:
        first = found[0]
        raise WordingBlocked(
            fields={"text": "assist.wording_blocked"},
            said=text[first.start : first.end],
            kind=word(f"assist.wording_{first.kind}", tx.actor.language),
        )


class ApprovalNeeded(Refused):
    """The writer, their role or the queue is one whose replies a senior sees first."""

    wording = "assist.approval_needed"


async def need_no_approval(
    tx: Transaction, *, by: Actor, queue_id: UUID | None, posted: bool
) -> None:
    """Refuse a reply that has to wait for a senior. Errors: ApprovalNeeded."""
    rules = (await care(tx)).held
    if by.kind != "member" or (posted and not rules.by_queue):
        return
    senior = by.may("conversations.approve")
    if must_ask(rules, member_id=by.id, senior=senior, queue_id=queue_id):
        raise ApprovalNeeded
