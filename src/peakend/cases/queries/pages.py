"""A case as its page shows it, and what stands beside a conversation."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models import CASE_COLUMNS, INFORM_COLUMNS, CaseRow, InformRow
from peakend.cases.queries.access import (
    case_row,
    cases_of_customer,
    links_of,
    need_case,
    sees,
)
from peakend.cases.queries.lists import CaseItem, shown
from peakend.cases.rules.cases import LinkKind, may_assign, may_reopen
from peakend.conversations.queries import (
    messages,
    need_conversation,
    reason_tree,
    rows,
)
from peakend.customers.queries import mail_addresses, masked_address
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.language.queries import shortened

MOST_PARTS = 50
TITLE_LENGTH = 60
MOST_TELLABLE = 10
TELLABLE_LENGTH = 200


class CaseMay(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader may do with a case."""

    work: bool
    take: bool
    assign: bool
    close_untold: bool
    reopen: bool


class LinkedConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of a case; one out of the reader's sight has no number."""

    id: UUID
    kind: LinkKind
    at: datetime
    number: int | None
    channel: str | None
    reachable: bool


class Informed(msgspec.Struct, frozen=True, kw_only=True):
    """How the customer was told."""

    channel: str
    at: datetime
    by_name: str | None
    words: str
    conversation_id: UUID | None


class Tellable(msgspec.Struct, frozen=True):
    """A message of ours, sent since the case was done, that may have told the customer."""

    id: UUID
    at: datetime
    text: str


class CaseView(CaseItem, frozen=True, kw_only=True):
    """A case with everything around it; `mail_seen` is a part of the customer's mail address."""

    description: str
    conversation_id: UUID | None
    opened_by_name: str | None
    not_informed_why: str | None
    not_informed_reason: str
    informed_at: datetime | None
    reopened: int
    spent_s: int
    mail_seen: str
    last_urged_at: datetime | None
    parent: CaseItem | None
    parts: list[CaseItem]
    conversations: list[LinkedConversation]
    informed: list[Informed]
    may: CaseMay


class CaseDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversation knows for a new case."""

    title: str
    customer_id: UUID
    customer_name: str
    brand_id: UUID | None
    reason_id: UUID | None
    reason: str | None


class BesideConversation(msgspec.Struct, frozen=True, kw_only=True):
    """The customer's cases that the reader sees, open ones first, and a new one's beginning.

    Counts: ten cases.
    """

    cases: list[CaseItem]
    draft: CaseDraft


async def case_view(tx: Transaction, case_id: UUID, actor: Actor) -> CaseView:
    """Return a case. Errors: CaseNotFound."""
    row = await need_case(tx, case_id, actor)
    [item] = await shown(tx, [row])
    around = await tx.all(
        CaseRow,
        f"""
        SELECT {CASE_COLUMNS} FROM service_case c
        WHERE c.organisation_id = current_organisation() AND c.parent_id = $1
        ORDER BY c.number LIMIT {MOST_PARTS}
        """,  # noqa: S608 (names of columns only)
        case_id,
    )
    parts = [one for one in around if await sees(tx, one, actor)]
    mail = await mail_addresses(tx, row.customer_id)
    opener = await member_names(tx, [row.opened_by] if row.opened_by else [])
    return CaseView(
        **{name: getattr(item, name) for name in item.__struct_fields__},
        description=row.description,
        conversation_id=row.conversation_id,
        opened_by_name=opener.get(row.opened_by) if row.opened_by else None,
        not_informed_why=row.not_informed_why,
        not_informed_reason=row.not_informed_reason,
        informed_at=row.informed_at,
        reopened=row.reopened,
        spent_s=row.spent_s,
        mail_seen=masked_address(mail[0].email) if mail else "",
        last_urged_at=row.last_urged_at,
        parent=await _parent(tx, row, actor),
        parts=await shown(tx, parts),
        conversations=await _conversations(tx, row, actor),
        informed=await _informed(tx, case_id),
        may=_may(row, actor, tx.now),
    )


async def tellable(tx: Transaction, case_id: UUID, actor: Actor) -> list[Tellable]:
    """Return the messages that may have told the customer, newest first.

    Counts: ten, of those conversations that the reader sees. Errors: CaseNotFound.
    """
    row = await need_case(tx, case_id, actor)
    if row.done_at is None:
        return []
    linked = [one.conversation_id for one in await links_of(tx, case_id)]
    found = []
    for seen in await rows(tx, linked, actor):
        record = await need_conversation(tx, seen.id, actor)
        found += [
            Tellable(one.id, one.at, shortened(one.text, TELLABLE_LENGTH))
            for one in await messages(tx, record, limit=50)
            if one.kind in ("agent", "digital") and one.at >= row.done_at
            and one.recalled_at is None
        ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_TELLABLE]


async def beside_conversation(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> BesideConversation:
    """Return what stands beside a conversation. Errors: ConversationNotFound."""
    record = await need_conversation(tx, conversation_id, actor)
    found = await cases_of_customer(tx, record.customer_id, most=30)
    seen = [one for one in found if await sees(tx, one, actor)][:10]
    [row] = await rows(tx, [conversation_id])
    reasons = {one.id: one.label for one in (await reason_tree(tx)).nodes if one.active}
    reason = reasons.get(record.reason_id) if record.reason_id else None
    first = next(
        (one.text for one in await messages(tx, record, after_seq=0, limit=20)
         if one.kind == "customer" and one.text.strip()), "",
    )  # fmt: skip
    return BesideConversation(
        cases=await shown(tx, seen),
        draft=CaseDraft(
            title=shortened(first, TITLE_LENGTH) or reason or "",
            customer_id=record.customer_id,
            customer_name=row.customer.name,
            brand_id=record.brand_id,
            reason_id=record.reason_id if reason else None,
            reason=reason,
        ),
    )


async def _parent(tx: Transaction, row: CaseRow, actor: Actor) -> CaseItem | None:
    if row.parent_id is None:
        return None
    above = await case_row(tx, row.parent_id)
    if above is None or not await sees(tx, above, actor):
        return None
    return (await shown(tx, [above]))[0]


async def _conversations(tx: Transaction, row: CaseRow, actor: Actor) -> list[LinkedConversation]:
    linked = await links_of(tx, row.id)
    seen = {one.id: one for one in await rows(tx, [one.conversation_id for one in linked], actor)}
    return [
        LinkedConversation(
            id=one.conversation_id,
            kind=one.kind,
            at=one.at,
            number=seen[one.conversation_id].number if one.conversation_id in seen else None,
            channel=seen[one.conversation_id].channel_kind if one.conversation_id in seen else None,
            reachable=one.conversation_id in seen,
        )
        for one in linked
    ]


async def _informed(tx: Transaction, case_id: UUID) -> list[Informed]:
    found = await tx.all(
        InformRow,
        f"SELECT {INFORM_COLUMNS} FROM case_inform i"  # noqa: S608 (names of columns only)
        " WHERE i.organisation_id = current_organisation() AND i.case_id = $1"
        " ORDER BY i.at DESC LIMIT 20",
        case_id,
    )
    names = await member_names(tx, {one.by for one in found if one.by})
    return [
        Informed(
            channel=one.channel, at=one.at, words=one.words, conversation_id=one.conversation_id,
            by_name=names.get(one.by) if one.by else None,
        )
        for one in found
    ]  # fmt: skip


def _may(row: CaseRow, actor: Actor, now: datetime) -> CaseMay:
    leads = actor.may("cases.manage")
    own = actor.id is not None and actor.id in (row.owner_id, row.opened_by)
    works = actor.may("cases.work")
    return CaseMay(
        work=works and row.state != "closed",
        take=works and row.state != "closed" and row.owner_id != actor.id
        and may_assign(actor, row.owner_id, actor.id),
        assign=leads and row.state != "closed",
        close_untold=leads and row.state == "done",
        reopen=works and (own or leads) and may_reopen(row.state, row.closed_at, now),
    )  # fmt: skip
