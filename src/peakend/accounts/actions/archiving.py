"""Members in an archive: who they are goes along, ways in are made anew.

Second steps stay: who has the archive and the key gets in no easier than before.
"""

from typing import Any
from uuid import UUID

from peakend.kernel.archiving import Treated, archived, from_hex, left_out, to_hex
from peakend.kernel.secrets import resealed


def _second_step(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = f"{organisation_id}/second_step/secret/{row['member_id']}"
    row["secret"] = to_hex(resealed(from_hex(row["secret"]), place, master))


def _sso(organisation_id: UUID, row: dict[str, Any], master: bytes) -> None:
    place = f"sso_provider/secret/{organisation_id}"
    row["secret_sealed"] = to_hex(resealed(from_hex(row["secret_sealed"]), place, master))


left_out(
    "entry", "session", "pending_sign_in", "sso_attempt", "sso_sitting", "api_key", "invitation",
    "passkey", "recovery_code",
)  # fmt: skip
# Sealed under the key of one installation, by the places of one log: the chain begins anew, and
# the manifest says where the old one ended.
left_out("passing", "audit_seal", "audit_checkpoint")
archived(
    # A host shows the pages of one organisation: where the archive is put back it is proven anew.
    Treated(
        table="brand_domain",
        taken={
            "token": "replace(gen_random_uuid()::text, '-', '')",
            "state": "'waiting'",
            "verified_at": "NULL",
            "missing_since": "NULL",
        },
    ),
    Treated(table="credential", taken={"password_hash": "''"}),
    Treated(table="audit_entry", left=("xid",)),
    Treated(table="second_step", reseal=_second_step),
    Treated(table="sso_secret", reseal=_sso),
)
