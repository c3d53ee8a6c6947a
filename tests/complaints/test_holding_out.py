"""Who is held out of a scheme: drawn once, never in an extreme complaint, and then told why."""

from typing import Any
from uuid import UUID

import pytest

from peakend.complaints import actions, queries
from peakend.insight import queries as insight
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from tests.complaints.complaining import Desk


@pytest.fixture
async def desk(database: Database, organisation: UUID) -> Desk:
    """An open floor with its people."""
    made = Desk(database, organisation)
    await made.open()
    await made.staff()
    return made


async def scheme(desk: Desk, share: float) -> UUID:
    """Publish one line of a coupon for what is our fault, of which a share is held out."""
    coupon, table, line = new_id(), new_id(), new_id()
    async with desk.tx() as tx:
        await tx.run(
            "INSERT INTO instrument (id, kind, name_zh, name_en, unit, face_fen, adapter,"
            " updated_at) VALUES ($1, 'coupon', '20 元券', '', 'piece', 2000, 'ledger_only', $2)",
            coupon, desk.now,
        )  # fmt: skip
        await tx.run(
            "INSERT INTO scheme_table (id, version, state, made_at, hold_out_share)"
            " VALUES ($1, 1, 'published', $2, $3)",
            table, desk.now, share,
        )  # fmt: skip
        await tx.run(
            "INSERT INTO scheme (id, table_id, position, liability, instrument_id, amount,"
            " cost_fen) VALUES ($1, $2, 1, 'ours', $3, 1, 2000)",
            line, table, coupon,
        )  # fmt: skip
    return line


async def says(desk: Desk, complaint_id: UUID, **asked: Any) -> queries.SchemeSuggestion:
    """Ask what the scheme says for a complaint."""
    async with desk.tx(desk.agent) as tx:
        return await queries.suggestion_for_complaint(
            tx, desk.agent, complaint_id=complaint_id, **asked
        )


async def test_what_was_found_is_what_is_suggested(desk: Desk) -> None:
    line = await scheme(desk, 0.0)
    complaint_id = await desk.filed()
    assert (await says(desk, complaint_id)).nothing == "unknown_liability"
    await desk.judge(complaint_id, severity=3)
    found = await says(desk, complaint_id)
    assert (found.nothing, found.liability, found.severity) == (None, "ours", 3)
    assert found.scheme_id == line
    # In its conversation nobody has to say it again; who says otherwise is heard.
    row = await desk.row(complaint_id)
    assert row.conversation_id is not None
    async with desk.tx(desk.agent) as tx:
        same = await queries.suggestion(tx, desk.agent, conversation_id=row.conversation_id)
    assert (same.liability, same.severity, same.scheme_id) == ("ours", 3, line)
    assert (await says(desk, complaint_id, liability="customer")).nothing == "no_line"


async def test_a_share_is_held_out_once_and_for_good(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scheme(desk, 0.2)
    monkeypatch.setattr(actions.holding_out, "held_out", lambda *_, **__: True)
    complaint_id = await desk.filed()
    await desk.judge(complaint_id)
    assert (await says(desk, complaint_id)).nothing == "held_out"
    monkeypatch.setattr(actions.holding_out, "held_out", lambda *_, **__: False)
    await desk.judge(complaint_id, severity=4)
    assert (await says(desk, complaint_id)).nothing == "held_out"
    assert (await desk.told(complaint_id)).count("HoldOutDrawn") == 1


async def test_nobody_extreme_is_held_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await scheme(desk, 0.2)
    monkeypatch.setattr(actions.holding_out, "held_out", lambda *_, **__: True)
    complaint_id = await desk.filed()
    await desk.judge(complaint_id)
    await desk.judge(complaint_id, tier="extreme")
    assert (await says(desk, complaint_id)).nothing is None
    assert (await desk.told(complaint_id)).count("HoldOutDrawn") == 2
    async with desk.tx() as tx:
        assert await queries.draw_of(tx, complaint_id) is None


async def test_the_effect_follows_both_sides(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    line = await scheme(desk, 0.2)
    drawn = []
    for held in (True, False, False):
        monkeypatch.setattr(actions.holding_out, "held_out", lambda *_, _h=held, **__: _h)
        drawn.append(await desk.filed())
        await desk.judge(drawn[-1])

    async def effects() -> list[insight.SchemeEffect]:
        async with desk.tx(desk.boss) as tx:
            return await insight.scheme_effects(tx, desk.boss, days=90)

    [before] = await effects()
    assert (before.waiting, before.effect.offered, before.effect.held) == (3, 0, 0)
    async with desk.tx() as tx:
        await tx.run("UPDATE hold_out SET at = at - interval '31 days'")
        await tx.run("UPDATE complaint SET filed_at = filed_at - interval '31 days'")
    # The first complains again within the thirty days; nobody else does.
    again = await desk.filed()
    async with desk.tx() as tx:
        await tx.run(
            "UPDATE complaint SET customer_id = (SELECT customer_id FROM complaint WHERE id = $1),"
            " filed_at = filed_at - interval '10 days' WHERE id = $2",
            drawn[0], again,
        )  # fmt: skip
    [found] = await effects()
    assert (found.waiting, found.effect.offered, found.effect.held) == (0, 2, 1)
    assert (found.effect.complained.offered.value, found.effect.complained.held.value) == (0, 1)
    assert found.effect.complained.gap.verdict == "too_few"
    assert [one.scheme_id for one in found.lines] == [line]
