"""Rounds of insight."""

from datetime import timedelta

import structlog

from peakend.insight import actions
from peakend.insight.queries import day_of
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import every

log = structlog.get_logger()


@every(seconds=10, alone=True)
async def watch_floor(tx: Transaction) -> None:
    """Raise and clear alerts."""
    await actions.watch(tx)


@every(seconds=60, alone=True)
async def add_up(tx: Transaction) -> None:
    """Keep the boards fast: add up what was counted since the last round."""
    await actions.add_up(tx)


@every(cron="20 3 * * *", alone=True)
async def count_again(tx: Transaction) -> None:
    """Count yesterday anew from the log: equal to the last digit, or an alarm."""
    start, _ = await day_of(tx, tx.now - timedelta(days=1))
    wrong = await actions.differences(tx, start, start + timedelta(days=1))
    if wrong:
        log.error("counts differ from the log", day=start.isoformat(), intervals=len(wrong))
    await actions.forget_old(tx)
