"""Fields and links in an archive: sealed values and secrets are sealed anew."""

from typing import Any
from uuid import UUID

from peakend.kernel.archiving import Treated, archived, from_hex, to_hex
from peakend.kernel.secrets import resealed
from peakend.profiles.queries.fields import sealed_where
from peakend.profiles.queries.links import secret_place


def _value(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    if row["sealed"] is not None:
        place = sealed_where(organisation_id, UUID(row["owner_id"]), UUID(row["field_id"]))
        row["sealed"] = to_hex(resealed(from_hex(row["sealed"]), place, master))


def _link(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = secret_place(organisation_id, UUID(row["id"]))
    for name in ("secret", "old_secret"):
        if row[name] is not None:
            row[name] = to_hex(resealed(from_hex(row[name]), place, master))


archived(Treated(table="profile_value", reseal=_value), Treated(table="context_link", reseal=_link))
