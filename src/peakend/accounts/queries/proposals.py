"""Changes that wait for a second person, and whether the house asks for one."""

from uuid import UUID

from peakend.accounts.models import ProposalRow
from peakend.accounts.queries.rights import rights_of
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

_PROPOSAL = """
    SELECT id, kind, body, reason, proposed_by, created_at, expires_at, state, decided_by,
           decided_at
    FROM proposal
    WHERE organisation_id = current_organisation()
"""


class ProposalNotFound(NotFound):
    """There is no such proposal here."""

    wording = "accounts.proposal_not_found"


async def two_person_rule(tx: Transaction) -> bool:
    """Say whether dangerous changes need two people here."""
    return bool(
        await tx.value(
            "SELECT active FROM two_person_rule WHERE organisation_id = current_organisation()"
        )
    )


async def proposals(tx: Transaction) -> list[ProposalRow]:
    """Return the proposals of the house, newest first. Counts: at most 100."""
    return await tx.all(ProposalRow, _PROPOSAL + " ORDER BY created_at DESC, id DESC LIMIT 100")


async def need_proposal(tx: Transaction, proposal_id: UUID, *, lock: bool = False) -> ProposalRow:
    """Return a proposal; `lock` keeps it for this transaction. Errors: ProposalNotFound."""
    end = " AND id = $1 FOR UPDATE" if lock else " AND id = $1"
    found = await tx.one(ProposalRow, _PROPOSAL + end, proposal_id)
    if found is None:
        raise ProposalNotFound
    return found


async def others_who_may(tx: Transaction, permission: str, member_id: UUID | None) -> int:
    """Return how many other active members hold a permission. Counts: the first 2,000 members."""
    ids: list[UUID] | None = await tx.value(
        """
        SELECT array_agg(x.id) FROM (
            SELECT id FROM member
            WHERE organisation_id = current_organisation() AND active AND role = 'admin'
            ORDER BY id LIMIT 2000) x
        """
    )
    found = await rights_of(tx, ids or [])
    return sum(
        permission in one.permissions for holder, one in found.items() if holder != member_id
    )
