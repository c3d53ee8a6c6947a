"""What a conversation's messages say is told in their order, whatever order the log has."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions
from peakend.kernel import clock
from peakend.kernel.db import Database, Transaction
from peakend.kernel.ids import new_id
from peakend.kernel.live import Cursor, Logged, end_of_log, parts, read_log, read_log_of
from tests.databases import make_organisation
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = Floor(database, await make_organisation(database))
    await floor.open()
    return floor


async def _begun(tx: Transaction) -> int:
    """Let a transaction have its place in the log before it has a conversation's row."""
    return int(await tx.value("SELECT pg_current_xact_id()::text"))


async def _settled(floor: Floor, open_xid: int | None = None) -> Cursor:
    """Return the end of the log once it reaches all that was written, or what is still open.

    Whoever makes another database on the same server meanwhile holds it back for a moment.
    """
    while True:
        async with floor.database.system() as tx:
            end = await end_of_log(tx)
            newest = int(await tx.value("SELECT max(xid::text::bigint) FROM event"))
        if end.xid >= (newest if open_xid is None else open_xid - 1):
            return end
        await asyncio.sleep(0.01)


async def _told(floor: Floor, after: Cursor) -> tuple[list[int | None], list[int | None]]:
    async with floor.database.look() as tx:
        hub = await read_log(tx, after)
    async with floor.database.system() as tx:
        desk = await read_log_of(tx, floor.organisation_id, after)
    return [f.seq for f in hub.facts if f.seq], [f.seq for f in desk.facts if f.seq]


async def test_what_overtook_waits_for_the_one_before_it(floor: Floor) -> None:
    conversation_id = await floor.writes()

    async def note(tx: Transaction, text: str) -> None:
        await actions.note(
            tx, conversation_id=conversation_id, client_id=uuid4(), text=text, by=floor.system
        )

    before = await _settled(floor)
    async with AsyncExitStack() as stack:
        early = await stack.enter_async_context(floor.tx())
        await _begun(early)
        async with floor.tx() as between:
            held_by = await _begun(between)
            async with floor.tx() as late:
                await note(late, "二")
            await note(early, "三")
            await stack.aclose()
            await _settled(floor, held_by)
            # The log has the third before the second, and the second is not settled yet.
            assert await _told(floor, before) == ([], [])
        await _settled(floor)
        assert await _told(floor, before) == ([3, 2], [3, 2])


async def test_a_place_in_the_log_does_not_pass_what_is_held_back(floor: Floor) -> None:
    first, other = await floor.writes(), await floor.writes()
    before = await _settled(floor)
    async with AsyncExitStack() as stack:
        early = await stack.enter_async_context(floor.tx())
        await actions.note(early, conversation_id=other, client_id=None, text="甲", by=floor.system)
        async with floor.tx() as between:
            held_by = await _begun(between)
            async with floor.tx() as late:
                await actions.note(
                    late, conversation_id=first, client_id=None, text="二", by=floor.system
                )
            await actions.note(
                early, conversation_id=first, client_id=None, text="三", by=floor.system
            )
            await stack.aclose()
            await _settled(floor, held_by)
            async with floor.database.system() as tx:
                told = await read_log_of(tx, floor.organisation_id, before)
        assert [(f.conversation_id, f.seq) for f in told.facts] == [(other, 2)]
        await _settled(floor)
        async with floor.database.system() as tx:
            rest = await read_log_of(tx, floor.organisation_id, told.reached)
        assert [(f.conversation_id, f.seq) for f in rest.facts] == [(first, 3), (first, 2)]


def _fact(xid: int, conversation_id: UUID, seq: int) -> Logged:
    at = new_id()
    return Logged(
        organisation_id=at, id=at, type="NoteAdded", version=1, actor="system", xid=xid,
        occurred_at=clock.now(), payload={"seq": seq}, conversation_id=conversation_id,
    )  # fmt: skip


def test_no_stretch_ends_between_two_that_changed_places() -> None:
    a, b = uuid4(), uuid4()
    order = [(a, 1), (b, 1), (a, 3), (b, 2), (a, 2), (b, 4), (b, 3), (a, 4)]
    facts = [_fact(xid, *one) for xid, one in enumerate(order)]
    given = [[f.xid for f in part] for part in parts(facts, 3)]
    assert given == [[0, 1, 2, 3, 4], [5, 6, 7]]
    assert [f for part in parts(facts, 100) for f in part] == facts
