"""How much of a customer's details each role sees: saying so."""

from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.events import FieldSightsChanged
from peakend.accounts.queries import forget_everybody, need_roles
from peakend.accounts.queries.sights import field_sights
from peakend.accounts.rules import ROLES
from peakend.accounts.rules.sights import DetailField, Level
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record

MOST = 120


class SightsStale(Conflict):
    """Somebody else changed what roles see first."""

    wording = "accounts.sights_stale"


async def set_field_sights(
    tx: Transaction, *, rules: dict[str, dict[DetailField, Level]], version: int
) -> None:
    """Say how much each role sees; a role or a detail left out sees what is usual.

    Errors: SightsStale, RoleNotFound, Invalid.
    """
    if len(rules) > MOST:
        raise Invalid(fields={"rules": "kernel.invalid"})
    await need_roles(tx, {_role_id(role) for role in rules if role not in ROLES})
    old = await field_sights(tx)
    kept = {role: dict(said) for role, said in rules.items() if said}
    changed = await tx.run(
        """
        INSERT INTO field_sight AS s (rules, changed_at) VALUES ($1, $2)
        ON CONFLICT (organisation_id) DO UPDATE
            SET rules = $1, changed_at = $2, version = s.version + 1
            WHERE s.version = $3
        """,
        kept,
        tx.now,
        version,
    )
    if not changed or (version == 0) != (old.version == 0):
        raise SightsStale(version=old.version)
    forget_everybody()
    await record(tx, FieldSightsChanged(tenant_id=tx.organisation_id, roles=len(kept)))
    await audit(tx, "field_sights.changed", "organisation", tx.organisation_id, {"rules": kept})


def _role_id(role: str) -> UUID:
    try:
        return UUID(role)
    except ValueError as error:
        raise Invalid(fields={"rules": "kernel.invalid"}) from error
