"""What a restored backup brings back is erased once more, as the ledger of erasures says.

A hold that stands stops it: a hold goes by hand only. No second person is asked: the decision was
confirmed when it was made, and the ledger's seal says that it was made here.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from peakend.accounts.queries import organisation_ids
from peakend.conversations import actions as conversations
from peakend.conversations.queries import ConversationIsClosed
from peakend.customers import queries as customers
from peakend.kernel.actors import Actor
from peakend.kernel.backups import archiving
from peakend.kernel.db import Database, Transaction
from peakend.kernel.events import record
from peakend.kernel.ledger import Gone, carry_ledger, ledger_in, note_erased, read_ledger
from peakend.kernel.settings import settings
from peakend.privacy.actions.erasing import ErasureAsked, begin, erase_step
from peakend.privacy.events import ErasureRepeated
from peakend.privacy.queries import need_erasure
from peakend.privacy.queries.repeats import Repeat, own_ledger, repeats

log = structlog.get_logger()

_UNKEPT = """
SELECT id FROM erasure WHERE organisation_id = current_organisation() AND NOT id = ANY($1)
"""


class Repeated(msgspec.Struct, frozen=True, kw_only=True):
    """How many persons were erased once more, and how many wait because something is in the way."""

    erased: int
    waiting: int


class _Id(msgspec.Struct, frozen=True):
    id: UUID


async def note_in_ledger(tx: Transaction, *, erasure_id: UUID) -> None:
    """Write an erasure into the ledger; what cannot be written is tried again.

    It stands there from its beginning on: a backup restored from before it must know of it.
    """
    row = await need_erasure(tx, erasure_id)
    people = await customers.parts_of(tx, row.customer_id)
    line = Gone(
        organisation_id=tx.organisation_id,
        erasure_id=row.id,
        people=[row.customer_id, *(one for one in people if one != row.customer_id)],
        identity=row.identity,
        ground=row.ground,
        at=row.at,
    )
    await asyncio.to_thread(_noted, line)


def _noted(line: Gone) -> None:
    note_erased(own_ledger(), [line])
    what = archiving(settings.data_dir)
    # A disk that is not there now gets it from the archive, which looks again and again.
    if what is not None and Path(what.depot).is_dir():
        with contextlib.suppress(OSError):
            carry_ledger(own_ledger(), ledger_in(Path(what.depot)))


async def tend_ledger(tx: Transaction) -> None:
    """Write down what the ledger lacks, and begin anew what this database does not know of."""
    lines = (await asyncio.to_thread(read_ledger, own_ledger())).lines
    kept = [one.erasure_id for one in lines if one.organisation_id == tx.organisation_id]
    for lacking in await tx.all(_Id, _UNKEPT, kept):
        await note_in_ledger(tx, erasure_id=lacking.id)
    await begin_anew(tx, lines)


async def begin_anew(tx: Transaction, lines: list[Gone]) -> list[Repeat]:
    """Begin the erasures that this organisation's rows do not know of; return them all."""
    found = await repeats(tx, lines)
    for one in found:
        if one.why == "due":
            await _begin(tx, one)
    return found


async def _begin(tx: Transaction, one: Repeat) -> None:
    # What was over when the erasure began may be open in what was restored.
    for conversation_id in one.open_ids:
        with contextlib.suppress(ConversationIsClosed):
            await conversations.close(tx, conversation_id=conversation_id, by=tx.actor)
    asked = msgspec.convert(
        {"customer_id": one.customer_id, "identity": one.identity, "ground": one.ground},
        ErasureAsked,
    )
    await begin(
        tx, asked, erasure_id=one.erasure_id, conversations=one.conversations, at=one.at,
        repeated_at=tx.now,
    )  # fmt: skip
    fact = ErasureRepeated(erasure_id=one.erasure_id, customer_id=one.customer_id)
    await record(tx, fact)


async def repeat_erasures(
    database: Database, lines: list[Gone], tell: Callable[[int, int], Awaitable[None]] | None = None
) -> Repeated:
    """Erase at once whom a restored database brought back; what fails is left to the worker."""
    erased = waiting = 0
    for organisation_id in await organisation_ids(database):
        actor = Actor.system(organisation_id)
        async with database.transaction(actor) as tx:
            found = await begin_anew(tx, lines)
        for at, one in enumerate(found):
            if tell is not None:
                await tell(at, len(found))
            begun = one.why in ("due", "running")
            if begun and await _to_the_end(database, actor, one.erasure_id):
                erased += 1
            else:
                waiting += 1
    return Repeated(erased=erased, waiting=waiting)


async def _to_the_end(database: Database, actor: Actor, erasure_id: UUID) -> bool:
    try:
        while True:
            async with database.transaction(actor) as tx:
                if (await need_erasure(tx, erasure_id)).state == "done":
                    return True
                await erase_step(tx, erasure_id=erasure_id)
    except Exception:
        # The centre starts all the same: its job tries again, and the health page says so.
        log.exception("an erasure was not repeated")
        return False
