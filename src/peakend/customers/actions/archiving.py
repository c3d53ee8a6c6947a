"""Customers in an archive: what is sealed of them opens under the key of the house only."""

import base64
from typing import Any
from uuid import UUID

from peakend.customers.queries.sealing import attribute_place, blind_identity, identity_place
from peakend.kernel.archiving import Treated, archived, from_hex, to_hex
from peakend.kernel.secrets import resealed, unseal


def _identity(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = identity_place(organisation_id, UUID(row["id"]))
    sealed = resealed(from_hex(row["value"]), place, master)
    value = unseal(sealed, place).decode()
    row["value"] = to_hex(sealed)
    row["blind"] = to_hex(blind_identity(organisation_id, row["kind"], value))


def _attributes(
    organisation_id: UUID, customer_id: UUID, stored: list[dict[str, Any]], master: bytes
) -> None:
    for one in stored:
        if "sealed" in one:
            place = attribute_place(organisation_id, customer_id, one["key"])
            sealed = resealed(base64.b64decode(one["sealed"]), place, master)
            one["sealed"] = base64.b64encode(sealed).decode()


def _customer(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    _attributes(organisation_id, UUID(row["id"]), row["attributes"], master)


def _merge(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    survivor_id = UUID(row["survivor_id"])
    for side in ("before", "after"):
        _attributes(organisation_id, survivor_id, row[side].get("attributes", []), master)


archived(
    Treated(table="identity", reseal=_identity),
    Treated(table="customer", reseal=_customer),
    Treated(table="customer_merge", reseal=_merge),
    # Of a token that nobody can work out: who wrote yesterday on the page goes on.
    Treated(table="visitor", bytes_=("token_hash",)),
)
