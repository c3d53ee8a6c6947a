"""How the house's system of vouchers is reached."""

from datetime import datetime

import msgspec

from peakend.complaints.ports import VoucherWay
from peakend.kernel.db import Transaction
from peakend.kernel.secrets import unseal

# What needs nothing from outside.
AT_HOME = "ledger_only"


class ConnectionView(msgspec.Struct, frozen=True, kw_only=True):
    """A connection without its secret."""

    adapter: str
    url: str
    active: bool
    changed_at: datetime
    version: int


class _Way(msgspec.Struct, frozen=True):
    url: str
    secret_sealed: bytes


def secret_place(organisation_id: object, adapter: str) -> str:
    """Return where the secret of a connection is sealed for."""
    return f"voucher_connection/secret/{organisation_id}/{adapter}"


async def way_of(tx: Transaction, adapter: str) -> VoucherWay | None:
    """Return how vouchers of an adapter are asked for; None where nobody has said so."""
    if adapter == AT_HOME:
        return VoucherWay()
    found = await tx.one(
        _Way,
        "SELECT url, secret_sealed FROM voucher_connection"
        " WHERE organisation_id = current_organisation() AND adapter = $1 AND active",
        adapter,
    )
    if found is None:
        return None
    place = secret_place(tx.organisation_id, adapter)
    return VoucherWay(found.url, unseal(found.secret_sealed, place).decode())


async def voucher_connections(tx: Transaction) -> list[ConnectionView]:
    """Return the connections of the house; there is one for each adapter."""
    return await tx.all(
        ConnectionView,
        "SELECT adapter, url, active, changed_at, version FROM voucher_connection"
        " WHERE organisation_id = current_organisation() ORDER BY adapter LIMIT 20",
    )
