"""What `peakend audit verify` finds in the audit log of every organisation."""

from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database


class Audited(msgspec.Struct, frozen=True):
    """The audit log of one organisation after a look through its whole chain."""

    id: UUID
    name: str
    verdict: accounts.AuditVerdict
    noted: bool

    @property
    def good(self) -> bool:
        """Say whether all is as it was written."""
        return self.verdict.broken_at is None and self.noted


def noted_seal(text: str) -> tuple[UUID, int, str] | None:
    """Return organisation, place and digest of a seal as it was noted, or None where it is none."""
    organisation, _, rest = text.strip().partition(":")
    place, _, digest = rest.partition(":")
    try:
        found = UUID(organisation), int(place), digest
        bytes.fromhex(digest + "0" * (len(digest) % 2))
    except ValueError:
        return None
    return found if len(digest) >= 16 else None


async def audited(
    database: Database, seals: list[tuple[UUID, int, str]]
) -> tuple[list[Audited], bool]:
    """Return what was found in each organisation, and whether all noted seals belong to one."""
    found = []
    ids = await accounts.organisation_ids(database)
    for organisation_id in ids:
        async with database.transaction(Actor.system(organisation_id)) as tx:
            name = (await accounts.organisation(tx)).name
            verdict = await accounts.audit_verdict(tx)
            mine = [seal[1:] for seal in seals if seal[0] == organisation_id]
            noted = [await accounts.chain_has(tx, place, digest) for place, digest in mine]
        found.append(Audited(organisation_id, name, verdict, all(noted)))
    return found, all(seal[0] in ids for seal in seals)
