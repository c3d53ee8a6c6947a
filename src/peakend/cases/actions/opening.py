"""Opening a case: with everything that a conversation knows already."""

from typing import get_args
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.cases.actions.clock import set_timer, usual_due
from peakend.cases.actions.laying import lay_steps
from peakend.cases.events import CaseLinked, CaseOpened
from peakend.cases.queries.access import CaseIsClosed, CaseNotFound, case_row, need_case
from peakend.cases.queries.hours import open_time
from peakend.cases.rules.cases import CasePriority, LinkKind, may_assign
from peakend.conversations.queries import ConversationRecord, need_conversation, reason_tree
from peakend.customers.queries import CustomerNotFound, current_customer, is_erased, need_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

MOST_TITLE = 120
MOST_WORDS = 5000

_NUMBER = """
INSERT INTO case_number AS n (kind, last) VALUES ('case', 1)
ON CONFLICT (organisation_id, kind) DO UPDATE SET last = n.last + 1
RETURNING last
"""
_OPEN = """
INSERT INTO service_case (id, number, brand_id, customer_id, conversation_id, queue_id, channel,
    reason_id, reason_version, title, description, priority, owner_id, template_id, parent_id,
    due_at, warn_at, opened_at, opened_by, updated_at, client_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $18,
    $20)
"""
_LINK = """
INSERT INTO case_link (case_id, conversation_id, kind, at, by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, case_id, conversation_id) DO NOTHING
"""
_MADE = """
SELECT id FROM service_case
WHERE organisation_id = current_organisation() AND client_id = $1
"""


class TitleNeeded(Invalid):
    """A case says in a line what it is about."""

    wording = "cases.title_needed"


class ReasonUnknown(NotFound):
    """The reason is not, or no longer, one that a case can have."""

    wording = "cases.reason_unknown"


class OtherCustomer(Invalid):
    """The conversation is another customer's."""

    wording = "cases.other_customer"


class OwnerUnfit(NotFound):
    """There is nobody like that who could see to the case."""

    wording = "cases.owner_unfit"


class OnlyLeads(Refused):
    """Giving a case to somebody else is for who leads."""

    wording = "cases.only_leads"


class _Origin(msgspec.Struct, frozen=True):
    conversation: ConversationRecord | None
    customer_id: UUID
    brand_id: UUID | None

    @property
    def queue_id(self) -> UUID | None:
        return self.conversation.queue_id if self.conversation else None


async def open_case(
    tx: Transaction,
    *,
    conversation_id: UUID | None,
    customer_id: UUID | None = None,
    brand_id: UUID | None = None,
    title: str,
    description: str = "",
    reason_id: UUID | None = None,
    priority: CasePriority = "normal",
    owner_id: UUID | None = None,
    by: Actor,
    template_id: UUID | None = None,
    parent_id: UUID | None = None,
    client_id: UUID | None = None,
) -> UUID:
    """Open a case, once for each `client_id`, and return its id.

    What is not given is the conversation's. Errors: ConversationNotFound, CustomerNotFound,
    OtherCustomer, BrandNotFound, ReasonUnknown, OwnerUnfit, OnlyLeads, CaseNotFound (parent),
    CaseIsClosed (parent), TitleNeeded, TemplateNotFound.
    """
    if client_id is not None and (made := await tx.value(_MADE, client_id)) is not None:
        return (await need_case(tx, made, by)).id
    title, description = title.strip()[:MOST_TITLE], description.strip()[:MOST_WORDS]
    if not title:
        raise TitleNeeded(fields={"title": "cases.title_needed"})
    origin = await _origin(tx, conversation_id, customer_id, brand_id, by)
    reason_id, reason_version = await need_reason(
        tx, reason_id or (origin.conversation.reason_id if origin.conversation else None),
        asked=reason_id is not None,
    )  # fmt: skip
    await need_owner(tx, owner_id, None, by)
    if parent_id is not None and (await need_case(tx, parent_id, by)).state == "closed":
        raise CaseIsClosed
    came, queue_id = origin.conversation, origin.queue_id
    time = await open_time(tx, queue_id, origin.brand_id)
    clock = await usual_due(tx, time, tx.now, priority, origin.brand_id)
    case_id, opener = new_id(), by.id if by.kind == "member" else None
    number: int = await tx.value(_NUMBER)
    channel = came.channel_kind if came else None
    await tx.run(
        _OPEN, case_id, number, origin.brand_id, origin.customer_id, came.id if came else None,
        queue_id, channel, reason_id, reason_version, title, description, priority, owner_id,
        template_id, parent_id, clock.due_at, clock.warn_at, tx.now, opener, client_id,
    )  # fmt: skip
    await record(
        tx,
        CaseOpened(
            case_id=case_id, customer_id=origin.customer_id, agent_id=owner_id, number=number,
            conversation_id=came.id if came else None, brand_id=origin.brand_id,
            reason_id=reason_id, priority=priority, channel=channel, template_id=template_id,
            parent_id=parent_id, due_at=clock.due_at,
        ),
    )  # fmt: skip
    if came is not None:
        await link_conversation(tx, case_id=case_id, conversation_id=came.id, kind="origin", by=by)
    await set_timer(tx, case_id, clock.warn_at)
    await lay_steps(tx, case_id=case_id, template_id=template_id)
    return case_id


async def link_conversation(
    tx: Transaction,
    *,
    case_id: UUID,
    conversation_id: UUID,
    kind: LinkKind,
    by: Actor | None = None,
) -> bool:
    """Let a conversation belong to a case; False where it does already.

    Both have to be within the sight of who does it (security.md 7), and the customer's.
    Errors: CaseNotFound, ConversationNotFound, OtherCustomer.
    """
    actor = by or Actor.system(tx.organisation_id)
    if kind not in get_args(LinkKind):
        raise CaseNotFound
    row = await case_row(tx, case_id) if by is None else await need_case(tx, case_id, actor)
    if row is None:
        raise CaseNotFound
    conversation = await need_conversation(tx, conversation_id, actor)
    if not await _same(tx, conversation.customer_id, row.customer_id):
        raise OtherCustomer(fields={"conversation_id": "cases.other_customer"})
    member = actor.id if actor.kind == "member" else None
    if not await tx.run(_LINK, case_id, conversation_id, kind, tx.now, member):
        return False
    await record(
        tx,
        CaseLinked(
            case_id=case_id, customer_id=row.customer_id, conversation_id=conversation_id,
            agent_id=row.owner_id, kind=kind,
        ),
    )  # fmt: skip
    return True


async def need_reason(
    tx: Transaction, reason_id: UUID | None, *, asked: bool = True
) -> tuple[UUID | None, int | None]:
    """Return a reason of today's tree with its version; one that nobody asked for may be gone.

    Errors: ReasonUnknown.
    """
    if reason_id is None:
        return None, None
    tree = await reason_tree(tx)
    if any(one.id == reason_id and one.active for one in tree.nodes):
        return reason_id, tree.version
    if asked:
        raise ReasonUnknown
    return None, None


async def need_owner(
    tx: Transaction, owner_id: UUID | None, former: UUID | None, by: Actor
) -> None:
    """Make sure that somebody may be given a case by this actor. Errors: OwnerUnfit, OnlyLeads."""
    if owner_id is not None and owner_id != by.id:
        people = await accounts.members_by_id(tx, [owner_id])
        if owner_id not in people or not people[owner_id][0].may("cases.work"):
            raise OwnerUnfit
    if owner_id != former and not may_assign(by, former, owner_id):
        raise OnlyLeads


async def _origin(
    tx: Transaction,
    conversation_id: UUID | None,
    customer_id: UUID | None,
    brand_id: UUID | None,
    by: Actor,
) -> _Origin:
    if brand_id is not None:
        await accounts.need_brand(tx, brand_id)
    conversation = None
    if conversation_id is not None:
        conversation = await need_conversation(tx, conversation_id, by)
        if customer_id is None:
            customer_id = conversation.customer_id
        elif not await _same(tx, customer_id, conversation.customer_id):
            raise OtherCustomer(fields={"customer_id": "cases.other_customer"})
        brand_id = brand_id or conversation.brand_id
    if customer_id is None:
        raise CustomerNotFound
    await need_customer(tx, customer_id)
    # Whoever is merged meanwhile is found all the same; nobody opens a case for who is erased.
    today = await current_customer(tx, customer_id, hold=True)
    if await is_erased(tx, today):
        raise CustomerNotFound
    return _Origin(conversation, today, brand_id)


async def _same(tx: Transaction, one: UUID, other: UUID) -> bool:
    return one == other or await current_customer(tx, one) == await current_customer(tx, other)
