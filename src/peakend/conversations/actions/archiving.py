"""Channels in an archive: the secret by which a page vouches for its users is sealed anew."""

from typing import Any
from uuid import UUID

from peakend.conversations.queries.visitor import secret_place
from peakend.kernel.archiving import Treated, archived, from_hex, left_out, to_hex
from peakend.kernel.secrets import resealed


def _channel(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    if row["identity_secret"] is not None:
        place = secret_place(organisation_id, UUID(row["id"]))
        sealed = resealed(from_hex(row["identity_secret"]), place, master)
        row["identity_secret"] = to_hex(sealed)


archived(Treated(table="channel", reseal=_channel))
# A code lives ten minutes.
left_out("passing", "mailbox_code")
