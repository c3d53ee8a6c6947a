"""A compensation cut off anywhere: it is granted once, and the books say so."""

from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from peakend.complaints.actions import Teller
from peakend.kernel import clock
from peakend.kernel.db import Database, Transaction
from tests.complaints.shelf import BREACHES

LEASE_S = 61
KEY = "crash-click-0001"
ONCE = {
    "a click is not exactly one grant": "SELECT count(*) - 1 FROM compensation_grant",
    "a grant is not exactly one fact": """
        SELECT count(*) - 1 FROM event WHERE type = 'CompensationGranted'""",
    "a voucher was not asked for to its end, once": """
        SELECT (SELECT count(*) - 1 FROM voucher_order WHERE state = 'issued')
             + (SELECT abs(count(*) - 1) FROM event WHERE type = 'VoucherSettled')""",
    "a refund is not spent": "SELECT count(*) FROM compensation_grant WHERE state <> 'used'",
}


class Played(Protocol):
    """What a script needs of its play."""

    database: Database
    world: dict[str, Any]
    done: dict[str, Any]
    ahead: timedelta

    async def drain(self, ahead_s: float = 0) -> None: ...
    async def desk(self, who: str, method: str, path: str, body: Any = None) -> Any: ...
    async def step(self, name: str, run: Any) -> None: ...


async def prepare(tx: Transaction, customer_id: UUID) -> dict[str, str]:
    """Put a refund on the shelf, let everybody give it, and return what the script needs."""
    refund = uuid4()
    await tx.run(
        "INSERT INTO instrument (id, kind, name_zh, unit, face_fen, adapter, stock, updated_at)"
        " VALUES ($1, 'refund', '退款', 'fen', 1, 'ledger_only', 9000, $2)",
        refund, tx.now,
    )  # fmt: skip
    await tx.run(
        "INSERT INTO grant_authority (id, subject, per_grant_fen, updated_at)"
        " VALUES ($1, 'everybody', 5000, $2)",
        uuid4(), tx.now,
    )  # fmt: skip
    return {"refund": str(refund), "customer": str(customer_id)}


async def grant(play: Played) -> None:
    """Offer a refund, tell the customer, grant it, and have it issued."""
    holder = play.world["holder"]
    body = {
        "once_key": KEY, "customer_id": play.world["customer"], "amount": 2000,
        "instrument_id": play.world["refund"], "off_scheme_reason": "上门迟到",
        "conversation_id": play.world["conversation"], "words": "为您退 20 元，您看可以吗？",
    }  # fmt: skip

    async def offer() -> dict[str, Any]:
        answer = await play.desk(holder, "POST", "/grants", body)
        assert answer.status_code == 201, answer.text
        return {"grant": answer.json()["id"]}

    async def accept() -> dict[str, Any]:
        path = f"/grants/{play.done['offer']['grant']}"
        seen = (await play.desk(holder, "GET", path)).json()
        version = {"version": seen["version"]}
        answer = await play.desk(holder, "POST", f"{path}/acceptances", version)
        # Whom the answer did not reach may find it granted, or used already.
        assert answer.status_code in (200, 409), answer.text
        return {"status": answer.status_code}

    await play.step("offer", offer)
    await play.step("accept", accept)
    await play.drain()
    teller = Teller(play.database, lambda: clock.now() + play.ahead)
    for _ in range(2):
        await teller.carry()
        play.ahead += timedelta(seconds=LEASE_S)
    await play.drain()


async def breaches(connection: Any) -> list[str]:
    """Return what is given twice, lost or booked wrongly, in words; nothing where none was."""
    if not await connection.fetchval("SELECT count(*) FROM instrument"):
        return []
    return [words for words, sql in {**ONCE, **BREACHES}.items() if await connection.fetchval(sql)]
