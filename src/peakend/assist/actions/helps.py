"""Offering helps to who holds a conversation, and keeping what became of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from peakend.assist import queries
from peakend.assist.actions.care import WrongRules, save_rules
from peakend.assist.events import HelpAnswered, HelpFollowed, HelpOffered
from peakend.assist.rules.helps import KINDS, MOST_SHOWN, HelpRule, HelpRules, Outcome, tidy_texts
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRecord
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

FOLLOWS_WITHIN = timedelta(days=180)

_OFFER = """
INSERT INTO help_offer
    (id, conversation_id, customer_id, agent_id, kind, seq, article_id, offered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (organisation_id, conversation_id, kind, seq) DO NOTHING
"""

_FOLLOWED = """
UPDATE help_offer SET followed_at = $5
WHERE organisation_id = current_organisation() AND id = (
    SELECT id FROM help_offer
    WHERE organisation_id = current_organisation() AND customer_id = $1 AND article_id = $2
      AND conversation_id <> $3 AND outcome IN ('taken', 'kept', 'changed')
      AND followed_at IS NULL AND offered_at >= $4
    ORDER BY offered_at DESC LIMIT 1
)
RETURNING id, conversation_id, agent_id, extract(epoch FROM $5 - offered_at)::bigint AS after_s
"""

# What may follow what: a help that was answered stays answered.
_NEXT = {"offered": ("taken", "dismissed"), "taken": ("kept", "changed")}


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """A help as it is shown: words to begin with."""

    id: UUID
    kind: str
    text: str
    url: str | None


class _Known(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    seq: int
    outcome: str


class _Followed(msgspec.Struct, frozen=True):
    id: UUID
    conversation_id: UUID
    agent_id: UUID
    after_s: int


async def offer_helps(tx: Transaction, *, conversation_id: UUID, by: Actor) -> list[Help]:
    """Return what fits now for who holds the conversation; each is offered once a message.

    Errors: ConversationNotFound.
    """
    row = await conversations.need_conversation(tx, conversation_id, by)
    if row.state != "serving" or row.agent_id != by.id:
        return []
    found = (await queries.proposals(tx, row))[:MOST_SHOWN]
    for one in found:
        await _offer(tx, row, one, by)
    rows = await tx.all(
        _Known,
        "SELECT id, kind, seq, outcome FROM help_offer "
        "WHERE organisation_id = current_organisation() AND conversation_id = $1 "
        "AND seq = ANY($2::int[]) AND agent_id = $3",
        conversation_id,
        [one.seq for one in found],
        by.id,
    )
    open_ = {(row.kind, row.seq): row.id for row in rows if row.outcome == "offered"}
    return [
        Help(id=open_[one.kind, one.seq], kind=one.kind, text=one.text, url=one.url)
        for one in found
        if (one.kind, one.seq) in open_
    ]


async def _offer(
    tx: Transaction, row: ConversationRecord, one: queries.Proposal, by: Actor
) -> None:
    assert by.id is not None
    help_id = new_id()
    new = await tx.run(
        _OFFER, help_id, row.id, row.customer_id, by.id, one.kind, one.seq, one.article_id, tx.now
    )
    if new:
        await record(
            tx,
            HelpOffered(
                conversation_id=row.id,
                customer_id=row.customer_id,
                agent_id=by.id,
                leg_id=row.leg_id,
                help_id=help_id,
                kind=one.kind,
                seq=one.seq,
                article_id=one.article_id,
            ),
        )


async def answer_help(tx: Transaction, *, help_id: UUID, outcome: Outcome, by: Actor) -> None:
    """Keep what the agent did with a help: taken, then kept or changed; or put away.

    Saying it twice, or out of order, changes nothing. Errors: HelpNotFound.
    """
    known = await queries.need_offer(tx, help_id, by.id)
    if outcome not in _NEXT.get(known.outcome, ()):
        return
    await tx.run(
        "UPDATE help_offer SET outcome = $2 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        help_id,
        outcome,
    )
    row = await conversations.need_conversation(
        tx, known.conversation_id, Actor.system(tx.organisation_id)
    )
    await record(
        tx,
        HelpAnswered(
            conversation_id=known.conversation_id,
            customer_id=known.customer_id,
            agent_id=known.agent_id,
            leg_id=row.leg_id if row.agent_id == by.id else None,
            help_id=help_id,
            kind=known.kind,
            outcome=outcome,
        ),
    )


async def notice_followed(
    tx: Transaction, *, customer_id: UUID, article_id: UUID, conversation_id: UUID
) -> None:
    """Note that a customer who was told of an article now did it by that article alone."""
    found = await tx.one(
        _Followed, _FOLLOWED, customer_id, article_id, conversation_id, tx.now - FOLLOWS_WITHIN,
        tx.now,
    )  # fmt: skip
    if found is not None:
        await record(
            tx,
            HelpFollowed(
                conversation_id=found.conversation_id,
                customer_id=customer_id,
                help_id=found.id,
                told_by_id=found.agent_id,
                later_conversation_id=conversation_id,
                article_id=article_id,
                after_s=found.after_s,
            ),
        )


async def set_help_rules(tx: Transaction, *, rules: HelpRules, version: int) -> None:
    """Decide what is offered, and in which words. Errors: WrongRules, CareStale."""
    kept: dict[str, Any] = {}
    for kind in KINDS:
        rule: HelpRule = getattr(rules, kind)
        zh, en = tidy_texts(rule.zh), tidy_texts(rule.en)
        if zh is None or en is None:
            raise WrongRules(fields={kind: "assist.wrong_help"})
        kept[kind] = HelpRule(on=rule.on, zh=zh, en=en)
    await save_rules(tx, "helps", HelpRules(**kept), version)
