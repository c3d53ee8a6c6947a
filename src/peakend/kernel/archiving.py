"""An organisation as one archive: what of its tables does not simply go along.

Every table of an organisation goes, column by column, unless something is declared here. Each
context declares its own; a table with bytes in it that nobody declared fails the tests.
"""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

import msgspec

# The organisation, a row as it stands in the archive, the master key it was sealed under: the row
# is changed in place.
Reseal = Callable[[UUID, dict[str, Any], bytes], None]
# A way in, which is made anew; what lives for minutes or belongs to this machine.
Why = Literal["entry", "passing"]


class Treated(msgspec.Struct, frozen=True, kw_only=True):
    """How a table goes into an archive and comes out of it.

    `only` is a condition on the rows that go; `taken` says what is written into a column instead
    of what stands there when it is packed, `put` when it is put back, both as SQL; `left` are
    columns that begin anew. `reseal` changes what only the master key opens, `bytes_` are columns
    whose bytes need no key.
    """

    table: str
    only: str = ""
    taken: dict[str, str] = {}
    put: dict[str, str] = {}
    left: tuple[str, ...] = ()
    reseal: Reseal | None = None
    bytes_: tuple[str, ...] = ()


TREATED: dict[str, Treated] = {}
LEFT_OUT: dict[str, Why] = {}


def archived(*declared: Treated) -> None:
    """Declare tables that need more than to be copied."""
    TREATED.update({one.table: one for one in declared})


def left_out(why: Why, *tables: str) -> None:
    """Declare tables that stay behind."""
    LEFT_OUT.update(dict.fromkeys(tables, why))


def from_hex(text: str) -> bytes:
    """Return bytes as PostgreSQL writes them."""
    return bytes.fromhex(text.removeprefix("\\x"))


def to_hex(value: bytes) -> str:
    """Return bytes as PostgreSQL reads them."""
    return "\\x" + value.hex()


left_out("passing", "live_socket", "file_gone")
archived(
    # A place in the log of a database means nothing in another one.
    Treated(table="event", left=("xid",)),
    # Timers go along, in the state in which the next worker takes them up.
    Treated(
        table="job",
        only="state = 'ready' AND unique_key IS DISTINCT FROM 'cron'"
        " AND name NOT LIKE 'exchange.%'",
        put={"worker": "NULL"},
    ),
)
