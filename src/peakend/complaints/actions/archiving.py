"""Compensation in an archive: what is sealed is sealed anew, and nobody is asked twice."""

from typing import Any
from uuid import UUID

from peakend.kernel.archiving import Treated, archived, from_hex, to_hex
from peakend.kernel.secrets import resealed


def _grant(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    if row["voucher_sealed"] is not None:
        place = f"compensation_grant/voucher/{organisation_id}/{row['id']}"
        row["voucher_sealed"] = to_hex(resealed(from_hex(row["voucher_sealed"]), place, master))


def _connection(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = f"voucher_connection/secret/{organisation_id}/{row['adapter']}"
    row["secret_sealed"] = to_hex(resealed(from_hex(row["secret_sealed"]), place, master))


archived(
    Treated(table="compensation_grant", reseal=_grant),
    Treated(table="voucher_connection", put={"active": "false"}, reseal=_connection),
    # What was on its way is looked at by a person: two houses never ask for the same.
    Treated(
        table="voucher_order",
        put={"state": "CASE WHEN state = 'waiting' THEN 'uncertain' ELSE state END"},
    ),
)
