"""The name system for mail: what was asked is known for a while, and one that is silent rests."""

import time
from collections import OrderedDict

from peakend.kernel.outgoing import NamesSilent, name_records
from peakend.mail.ports import NameKind, NamesUnknown

LASTS_S = 3.0
KNOWN_S = 300.0
MOST_KNOWN = 2000
# What is longer is no record of mail, and costs time to read.
LONGEST = 16_384
# So many silences in a row, and nobody asks for a while.
SILENCES = 5
RESTS_S = 60.0


class DnsNames:
    """Asks the resolver of this machine."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[float, list[str]]] = OrderedDict()
        self._silences = 0
        self._rests_until = 0.0

    async def ask(self, name: str, kind: NameKind, *, fresh: bool = False) -> list[str]:
        """Return what a name has of a kind; nothing where it is not there.

        `fresh` for somebody who has just changed it. Errors: NamesUnknown.
        """
        now = time.monotonic()
        known = self._known.get((name, kind))
        if known and known[0] > now and not fresh:
            return known[1]
        if now < self._rests_until and not fresh:
            raise NamesUnknown
        try:
            found = await name_records(name, kind, lasts_s=LASTS_S)
        except NamesSilent as error:
            self._silences += 1
            if self._silences >= SILENCES:
                self._silences, self._rests_until = 0, now + RESTS_S
            raise NamesUnknown from error
        self._silences = 0
        if sum(map(len, found)) > LONGEST:
            found = []
        self._known[name, kind] = (now + KNOWN_S, found)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found
