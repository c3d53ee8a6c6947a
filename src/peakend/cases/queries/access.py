"""Who may reach a case: the only door to its row."""

from collections.abc import Collection
from uuid import UUID

from peakend.accounts.queries import teammates
from peakend.cases.models import CASE_COLUMNS, CaseLinkRow, CaseRow
from peakend.cases.rules.cases import may_see
from peakend.customers.queries import parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound

_ONE = f"""
SELECT {CASE_COLUMNS} FROM service_case c
WHERE c.organisation_id = current_organisation() AND c.id = $1
"""  # noqa: S608 (names of columns only)
_PARTY = """
SELECT true FROM case_party
WHERE organisation_id = current_organisation() AND case_id = $1 AND member_id = $2
"""
_OF_CUSTOMER = f"""
SELECT {CASE_COLUMNS} FROM service_case c
WHERE c.organisation_id = current_organisation() AND c.customer_id = ANY($1::uuid[])
  AND ($2 OR c.state <> 'closed')
ORDER BY c.state = 'closed', c.opened_at DESC, c.id DESC
LIMIT $3
"""  # noqa: S608 (names of columns only)
_OPEN_OF = f"""
SELECT {CASE_COLUMNS} FROM service_case c
WHERE c.organisation_id = current_organisation() AND c.customer_id = ANY($1::uuid[])
  AND c.state <> 'closed' AND c.reason_id = ANY($2::uuid[])
ORDER BY c.opened_at DESC, c.id DESC
LIMIT 1
"""  # noqa: S608 (names of columns only)


class CaseNotFound(NotFound):
    """There is no such case for this actor."""

    wording = "cases.not_found"


class CaseStale(Conflict):
    """Somebody else changed it first."""

    wording = "cases.stale"


class CaseIsClosed(Conflict):
    """The case is over; it can be opened again."""

    wording = "cases.closed"


async def case_row(tx: Transaction, case_id: UUID, *, lock: bool = False) -> CaseRow | None:
    """Return a case whoever asks, for what the house does by itself; None where there is none."""
    return await tx.one(CaseRow, f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE, case_id)


async def need_case(tx: Transaction, case_id: UUID, actor: Actor, *, lock: bool = False) -> CaseRow:
    """Return a case that the actor may see; `lock` keeps its row for this transaction.

    Errors: CaseNotFound, the same for what is missing and for what is not theirs.
    """
    row = await case_row(tx, case_id, lock=lock)
    if row is None or not await sees(tx, row, actor):
        raise CaseNotFound
    return row


async def need_case_version(
    tx: Transaction, case_id: UUID, actor: Actor, version: int | None
) -> CaseRow:
    """Return a locked case that is still as the actor saw it. Errors: CaseNotFound, CaseStale."""
    row = await need_case(tx, case_id, actor, lock=True)
    if version is not None and row.version != version:
        raise CaseStale(version=row.version)
    return row


async def sees(tx: Transaction, row: CaseRow, actor: Actor) -> bool:
    """Say whether an actor sees a case that was read without him."""
    if _sees(row, actor):
        return True
    if actor.kind != "member" or actor.id is None:
        return False
    team = await teammates(tx, actor.team_ids) if actor.scope == "queue" else []
    return _sees(row, actor, team) or bool(await tx.value(_PARTY, row.id, actor.id))


def _sees(row: CaseRow, actor: Actor, team: Collection[UUID] = ()) -> bool:
    return may_see(
        actor,
        owner_id=row.owner_id,
        opened_by=row.opened_by,
        queue_id=row.queue_id,
        brand_id=row.brand_id,
        customer_id=row.customer_id,
        teammates=team,
    )


async def cases_of_customer(
    tx: Transaction, customer_id: UUID, *, closed: bool = True, most: int = 20
) -> list[CaseRow]:
    """Return a customer's cases whoever asks, open ones first, then the newest.

    Counts: `most`. Errors: CustomerNotFound.
    """
    parts = await parts_of(tx, customer_id)
    return await tx.all(CaseRow, _OF_CUSTOMER, parts, closed, most)


async def open_case_of(
    tx: Transaction, customer_id: UUID, reason_ids: Collection[UUID]
) -> CaseRow | None:
    """Return the newest case of a customer for one of these reasons that is not closed.

    Errors: CustomerNotFound.
    """
    return await tx.one(CaseRow, _OPEN_OF, await parts_of(tx, customer_id), list(reason_ids))


async def cases_of_conversation(tx: Transaction, conversation_id: UUID) -> list[CaseRow]:
    """Return the cases that a conversation belongs to, newest first. Counts: 20."""
    return await tx.all(
        CaseRow,
        f"""
        SELECT {CASE_COLUMNS} FROM case_link l
        JOIN service_case c ON c.organisation_id = l.organisation_id AND c.id = l.case_id
        WHERE l.organisation_id = current_organisation() AND l.conversation_id = $1
        ORDER BY c.opened_at DESC, c.id DESC LIMIT 20
        """,  # noqa: S608 (names of columns only)
        conversation_id,
    )


async def links_of(tx: Transaction, case_id: UUID) -> list[CaseLinkRow]:
    """Return the conversations of a case, oldest first. Counts: 100."""
    return await tx.all(
        CaseLinkRow,
        "SELECT case_id, conversation_id, kind, at, by FROM case_link"
        " WHERE organisation_id = current_organisation() AND case_id = $1"
        " ORDER BY at, conversation_id LIMIT 100",
        case_id,
    )
