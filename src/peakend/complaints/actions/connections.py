"""Saying how the house's system of vouchers is reached: a change that may need two people."""

import base64
import os
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit, need_second, two_people
from peakend.complaints.events import VoucherConnectionSet
from peakend.complaints.queries.connections import (
    ConnectionView,
    secret_place,
    voucher_connections,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.outgoing import Outgoing, needed_target
from peakend.kernel.secrets import seal
from peakend.kernel.settings import settings

# What the receiver checks signatures with. Source: the Standard Webhooks specification.
SECRET_PREFIX, SECRET_BYTES = "whsec_", 32
_SET = """
INSERT INTO voucher_connection AS c (adapter, url, secret_sealed, active, changed_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, adapter) DO UPDATE
SET url = $2, secret_sealed = $3, active = $4, changed_at = $5,
    version = c.version + 1
"""
_CHANGE = """
UPDATE voucher_connection SET url = $2, active = $3, changed_at = $4, version = version + 1
WHERE organisation_id = current_organisation() AND adapter = $1
"""


class ConnectionStale(Conflict):
    """The connection was changed since it was looked at."""

    wording = "complaints.connection_stale"


class ConnectionText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Where a voucher is asked for; `new_secret` makes another secret than the one there is."""

    adapter: Literal["webhook"]
    url: Annotated[str, Meta(min_length=1, max_length=1000)]
    new_secret: bool = False
    active: bool = True
    version: Annotated[int, Meta(ge=0)] | None = None


async def set_connection(tx: Transaction, *, given: ConnectionText) -> str:
    """Set how vouchers are asked for; a new secret is returned, seen here and never again.

    Errors: ConnectionStale, Outgoing, SecondPersonNeeded.
    """
    try:
        needed_target(given.url, settings.outgoing_allowed)
    except Outgoing as error:
        raise type(error)(fields={"url": error.wording}, **error.params) from error
    await need_second(tx, "vouchers.connect")
    old = await _found(tx, given.adapter)
    if (old.version if old else None) != given.version:
        raise ConnectionStale
    secret = ""
    if given.new_secret or old is None:
        secret = SECRET_PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
        sealed = seal(secret.encode(), secret_place(tx.organisation_id, given.adapter))
        await tx.run(_SET, given.adapter, given.url, sealed, given.active, tx.now)
    else:
        await tx.run(_CHANGE, given.adapter, given.url, given.active, tx.now)
    await record(tx, VoucherConnectionSet(adapter=given.adapter, active=given.active))
    detail = {"adapter": given.adapter, "active": given.active}
    await audit(tx, "vouchers.connected", "organisation", tx.organisation_id, detail)
    return secret


async def _found(tx: Transaction, adapter: str) -> ConnectionView | None:
    return next((one for one in await voucher_connections(tx) if one.adapter == adapter), None)


@two_people("vouchers.connect", "compensation.set_up", ConnectionText)
async def _connect(tx: Transaction, body: ConnectionText, address: str) -> str:
    return await set_connection(tx, given=body)
