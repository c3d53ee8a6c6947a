"""What the world's name system says of a name, asked of the resolver of this machine."""

import asyncio

from peakend.kernel.outgoing.errors import Outgoing

LASTS_S = 5.0
MOST_RECORDS = 50


class NamesSilent(Outgoing):
    """The name system gave no answer: neither that there is a record nor that there is none."""

    wording = "kernel.outgoing.names_silent"


async def txt_records(name: str, *, lasts_s: float = LASTS_S) -> list[str]:
    """Return the TXT records of a name; none where the name or the record is not there.

    Units: lasts_s in seconds. Counts: at most 50 records. Errors: NamesSilent.
    """
    # Costs a tenth of a second, and is needed by a job and a button alone.
    from dns import asyncresolver, exception, resolver

    try:
        asker = asyncresolver.Resolver()
        async with asyncio.timeout(lasts_s):
            answer = await asker.resolve(name, "TXT", lifetime=lasts_s)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except (exception.DNSException, OSError, TimeoutError) as error:
        raise NamesSilent from error
    found = [b"".join(record.strings) for record in answer][:MOST_RECORDS]
    return [text.decode("ascii", "replace") for text in found]
