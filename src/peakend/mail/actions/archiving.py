"""Mail in an archive: servers and mailboxes rest and keep their passwords; what waits stays."""

from typing import Any
from uuid import UUID

from peakend.kernel.archiving import Treated, archived, from_hex, left_out, to_hex
from peakend.kernel.secrets import resealed


def _server(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    if row["password_sealed"] is not None:
        place = f"mail_server/password/{organisation_id}/{row['id']}"
        row["password_sealed"] = to_hex(resealed(from_hex(row["password_sealed"]), place, master))


def _mailbox(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    if row["password_sealed"] is not None:
        place = f"mailbox/password/{organisation_id}/{row['id']}"
        row["password_sealed"] = to_hex(resealed(from_hex(row["password_sealed"]), place, master))


def _key(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = f"mail_key/pem/{organisation_id}/{row['id']}"
    row["pem_sealed"] = to_hex(resealed(from_hex(row["pem_sealed"]), place, master))


def _app(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = f"mail_app/secret/{organisation_id}/{row['provider']}"
    row["secret_sealed"] = to_hex(resealed(from_hex(row["secret_sealed"]), place, master))


# Two houses would send the same mail, with links of which one opens nothing.
left_out("passing", "mail")
# Two houses that renew the same token take it from each other: it is given anew.
left_out("entry", "mail_access", "mail_departure")
archived(Treated(table="mail_server", put={"active": "false"}, reseal=_server))
archived(Treated(table="mail_app", reseal=_app))
archived(Treated(table="mail_key", reseal=_key))
archived(Treated(table="mailbox", put={"active": "false"}, reseal=_mailbox))
