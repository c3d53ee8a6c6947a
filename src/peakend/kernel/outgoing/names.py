"""What the world's name system says of a name, asked of the resolver of this machine."""

import asyncio
from typing import Literal

from peakend.kernel.outgoing.errors import Outgoing

LASTS_S = 5.0
MOST_RECORDS = 50
RecordKind = Literal["TXT", "A", "AAAA", "MX", "PTR"]


class NamesSilent(Outgoing):
    """The name system gave no answer: neither that there is a record nor that there is none."""

    wording = "kernel.outgoing.names_silent"


async def txt_records(name: str, *, lasts_s: float = LASTS_S) -> list[str]:
    """Return the TXT records of a name; none where the name or the record is not there.

    Units: lasts_s in seconds. Counts: at most 50 records. Errors: NamesSilent.
    """
    return await name_records(name, "TXT", lasts_s=lasts_s)


async def name_records(name: str, kind: RecordKind, *, lasts_s: float = LASTS_S) -> list[str]:
    """Return what a name has of a kind; of mail exchangers their names, the preferred one first.

    Units: lasts_s in seconds. Counts: at most 50 records. Errors: NamesSilent.
    """
    # Costs a tenth of a second, and is needed by jobs and buttons alone.
    from dns import asyncresolver, exception, resolver

    try:
        asker = asyncresolver.Resolver()
        async with asyncio.timeout(lasts_s):
            # With its last dot a name is never looked for in the domains of this machine.
            answer = await asker.resolve(f"{name.rstrip('.')}.", kind, lifetime=lasts_s)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except (exception.DNSException, OSError, TimeoutError) as error:
        raise NamesSilent from error
    found = list(answer)[:MOST_RECORDS]
    if kind == "TXT":
        return [b"".join(one.strings).decode("latin-1") for one in found]
    if kind == "MX":
        found.sort(key=lambda one: one.preference)
        return [one.exchange.to_text().rstrip(".") for one in found]
    return [one.to_text().rstrip(".") for one in found]
