"""A floor with something to give: instruments, authorities, budgets, a teller."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from peakend.accounts.queries import organisation
from peakend.complaints import actions
from peakend.complaints.actions import About, Teller
from peakend.complaints.queries import GrantView, grants_page
from peakend.complaints.rules.ledger import month_of
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor

WHY = "灶台连修三次仍打不着"


class Shelf(Floor):
    """A floor on which compensation is offered."""

    async def instrument(self, kind: str = "coupon", **more: Any) -> UUID:
        """Put something on the shelf: by default a coupon of 20 yuan."""
        row = {
            "unit": "piece", "face_fen": 2000, "stock": None, "valid_d": None,
            "adapter": "ledger_only", **more,
        }  # fmt: skip
        instrument_id = new_id()
        async with self.tx() as tx:
            await tx.run(
                "INSERT INTO instrument (id, kind, name_zh, name_en, unit, face_fen, stock,"
                " valid_d, adapter, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                instrument_id, kind, "20 元抵扣券", "¥20 voucher", row["unit"], row["face_fen"],
                row["stock"], row["valid_d"], row["adapter"], self.now,
            )  # fmt: skip
        return instrument_id

    async def authority(self, **limits: int | None) -> None:
        """Let everybody give so much without asking."""
        async with self.tx() as tx:
            await tx.run(
                "INSERT INTO grant_authority (id, subject, per_grant_fen, per_case_fen,"
                " per_day_fen, per_month_fen, updated_at)"
                " VALUES ($1, 'everybody', $2, $3, $4, $5, $6)",
                new_id(), limits.get("single"), limits.get("case"), limits.get("day"),
                limits.get("month"), self.now,
            )  # fmt: skip

    async def scheme(self, instrument_id: UUID, amount: int, *, approval: bool = False) -> UUID:
        """Publish one line of a scheme."""
        line_id = new_id()
        async with self.tx() as tx:
            table_id = await tx.value("SELECT id FROM scheme_table WHERE state = 'published'")
            if table_id is None:
                table_id = new_id()
                await tx.run(
                    "INSERT INTO scheme_table (id, version, state, made_at)"
                    " VALUES ($1, 1, 'published', $2)",
                    table_id, self.now,
                )  # fmt: skip
            await tx.run(
                "INSERT INTO scheme (id, table_id, position, liability, severity, instrument_id,"
                " amount, cost_fen, needs_approval) VALUES ($1, $2, $3, 'ours', $3, $4, $6, 1, $5)",
                line_id, table_id, amount, instrument_id, approval, amount,
            )  # fmt: skip
        return line_id

    async def budget(self, amount_fen: int, *, hard: bool = True) -> None:
        """Set what may be given this month."""
        async with self.tx() as tx:
            await actions.set_budget(
                tx, brand_id=None, month=await self.month(), amount_fen=amount_fen, hard=hard,
                version=None,
            )  # fmt: skip

    async def month(self) -> date:
        async with self.tx() as tx:
            return month_of(self.now, (await organisation(tx)).time_zone)

    async def offer(
        self, by: Actor, conversation_id: UUID, instrument_id: UUID, *, amount: int = 1,
        key: str | None = None, **about: Any,
    ) -> GrantView:  # fmt: skip
        """Offer something outside of every scheme, with a reason."""
        row = await self.conversation(conversation_id)
        given = {"off_scheme_reason": WHY, **about}
        async with self.tx(by) as tx:
            return await actions.offer(
                tx, customer_id=row.customer_id, instrument_id=instrument_id, amount=amount,
                once_key=key or str(uuid4()), by=by,
                about=About(conversation_id=conversation_id, **given),
            )  # fmt: skip

    async def act(self, what: str, by: Actor, grant_id: UUID, **more: Any) -> GrantView:
        """Do something with a grant."""
        async with self.tx(by) as tx:
            done: GrantView = await getattr(actions, what)(tx, grant_id=grant_id, by=by, **more)
        return done

    async def offers(self, by: Actor) -> list[GrantView]:
        """Return every grant, the newest first."""
        async with self.tx(by) as tx:
            return (await grants_page(tx, by)).items

    async def issue(self) -> int:
        """Ask for every voucher that is due."""
        return await Teller(self.database, lambda: self.now).carry()

    async def balances(self) -> dict[str, int]:
        """Return what stands on the accounts, over all months."""
        async with self.tx() as tx:
            rows: list[Any] = await tx.value(
                "SELECT coalesce(jsonb_agg(jsonb_build_array(kind, total)), '[]') FROM"
                " (SELECT kind, sum(balance_fen) AS total FROM ledger_account GROUP BY kind) x"
            )
        return {kind: int(total) for kind, total in rows if total}

    async def breaches(self) -> list[str]:
        """Return what the books break: an entry off balance, a wrong balance, a stock below none.

        Each statement counts what must not be.
        """
        found = []
        async with self.tx() as tx:
            for name, sql in BREACHES.items():
                if await tx.value(sql):
                    found.append(name)
        return found


BREACHES = {
    "an entry is off balance": """
        SELECT count(*) FROM (SELECT 1 FROM ledger_line GROUP BY entry_id
                              HAVING sum(amount_fen) <> 0 OR count(*) <> 2) x""",
    "an account is not the sum of its lines": """
        SELECT count(*) FROM ledger_account a WHERE a.balance_fen <>
            (SELECT coalesce(sum(l.amount_fen), 0) FROM ledger_line l WHERE l.account_id = a.id)""",
    "an account but the budget is overdrawn": """
        SELECT count(*) FROM ledger_account WHERE kind <> 'budget' AND balance_fen < 0""",
    "a stock is below nothing": "SELECT count(*) FROM instrument WHERE stock < 0",
    "a hard budget is exceeded": """
        SELECT count(*) FROM budget b WHERE b.hard AND b.amount_fen <
            (SELECT -coalesce(sum(balance_fen), 0) FROM ledger_account a
             WHERE a.brand_id IS NOT DISTINCT FROM b.brand_id AND a.month = b.month
               AND a.currency = b.currency AND a.kind IN ('budget', 'returned'))""",
    "the books and the grants disagree": """
        SELECT count(*) FROM compensation_grant g WHERE g.cost_fen <> 0 AND
            (SELECT coalesce(sum(l.amount_fen), 0) FROM ledger_line l
             JOIN ledger_account a ON a.organisation_id = l.organisation_id AND a.id = l.account_id
             WHERE l.grant_id = g.id AND a.kind = CASE
                WHEN g.state IN ('waiting', 'offered') THEN 'reserved'
                WHEN g.state = 'granted' THEN 'outstanding' WHEN g.state = 'used' THEN 'spent'
                WHEN g.state IN ('revoked', 'expired') THEN 'returned' ELSE 'budget' END)
            <> CASE WHEN g.state IN ('refused', 'withdrawn', 'lapsed') THEN 0 ELSE g.cost_fen END
    """,
}
