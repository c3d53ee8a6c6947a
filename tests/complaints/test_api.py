"""Compensation over HTTP: money moves only for who has just shown who he is, and by no key."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions.passwords import hash_password
from peakend.accounts.queries import cookie_name, forget_everybody
from peakend.cases.actions import open_case
from peakend.cases.queries import case_row
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.complaints.complaining import Desk
from tests.complaints.shelf import WHY, Shelf
from tests.routing.floor import Floor

PASSWORD = "七里香-桥头-1984"


@pytest.fixture
async def shelf(database: Database, organisation: UUID) -> Shelf:
    """A floor with an open queue where everybody may give 100 yuan."""
    made = Shelf(database, organisation)
    await made.open()
    await made.authority(single=10_000)
    return made


async def entered(shelf: Floor, client: httpx.AsyncClient, who: Actor) -> None:
    """Sign a member in."""
    assert who.id is not None
    hashed = await hash_password(PASSWORD, who.name)
    async with shelf.tx() as tx:
        await tx.run("UPDATE credential SET password_hash = $1 WHERE member_id = $2",
                     hashed, who.id)  # fmt: skip
        entry = await accounts.enter(tx, member_id=who.id)
    client.cookies.set(cookie_name(False), entry.token)


async def grow_old(shelf: Shelf) -> None:
    """Let every session be sixteen minutes old."""
    async with shelf.tx() as tx:
        await tx.run(
            "UPDATE session SET created_at = $1, proved_at = NULL",
            clock.now() - timedelta(minutes=16),
        )
    forget_everybody()


async def test_money_asks_once_more_who_it_is(shelf: Shelf, client: httpx.AsyncClient) -> None:
    lin = await shelf.hire("lin")
    await shelf.ready(lin)
    conversation_id = await shelf.served(lin)
    row = await shelf.conversation(conversation_id)
    body: dict[str, Any] = {
        "once_key": "click-0001", "customer_id": str(row.customer_id),
        "instrument_id": str(await shelf.instrument()), "amount": 1,
        "conversation_id": str(conversation_id), "off_scheme_reason": WHY,
        "words": "送您一张 20 元抵扣券，您愿意接受吗？",
    }  # fmt: skip
    await entered(shelf, client, lin)
    await grow_old(shelf)
    refused = await client.post("/api/grants", json=body)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "accounts.proof_needed"
    wrong = await client.post("/api/session/proofs", json={"password": "不是这个"})
    assert wrong.status_code == 422
    assert (await client.post("/api/grants", json=body)).status_code == 403
    proved = await client.post("/api/session/proofs", json={"password": PASSWORD})
    assert proved.status_code == 204, proved.text
    made = await client.post("/api/grants", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["told"] is True
    again = await client.post("/api/grants", json=body)
    assert again.json()["id"] == made.json()["id"]
    grant = made.json()
    accepted = await client.post(
        f"/api/grants/{grant['id']}/acceptances", json={"version": grant["version"]}
    )
    assert accepted.json()["state"] == "granted"
    stale = await client.post(
        f"/api/grants/{grant['id']}/refusals", json={"version": grant["version"], "words": ""}
    )
    assert stale.status_code == 409
    mine = await client.get(f"/api/customers/{row.customer_id}/grants")
    assert [one["state"] for one in mine.json()] == ["granted"]
    assert (await client.get("/api/compensation/ledger")).status_code == 403


async def test_the_books_are_read_and_taken_out(shelf: Shelf, client: httpx.AsyncClient) -> None:
    lin, boss = await shelf.hire("lin"), await shelf.hire("boss", role="admin")
    await shelf.ready(lin)
    offered = await shelf.offer(lin, await shelf.served(lin), await shelf.instrument())
    await shelf.act("accept", lin, offered.id)
    await entered(shelf, client, boss)
    month = f"{await shelf.month():%Y-%m}"
    budget = {"month": month, "amount_fen": 100_000, "hard": True}
    made = await client.put("/api/compensation/budgets", json=budget)
    assert made.status_code == 200, made.text
    [house] = [one for one in made.json()["budgets"] if one["brand_id"] is None]
    assert (house["given_fen"], house["amount_fen"], house["hard"]) == (2000, 100_000, True)
    assert house["forecast_fen"] >= 2000
    stale = await client.put("/api/compensation/budgets", json=budget)
    assert stale.status_code == 409
    page = await client.get("/api/compensation/ledger", params={"month": month, "limit": 3})
    first = page.json()
    assert len(first["items"]) == 3
    rest = await client.get("/api/compensation/ledger", params={"cursor": first["next"]})
    lines = [*first["items"], *rest.json()["items"]]
    assert sum(one["amount_fen"] for one in lines) == 0
    assert len(lines) == 4
    file = await client.get("/api/compensation/ledger/export", params={"month": month})
    assert file.headers["content-type"].startswith("text/csv")
    rows = file.text.lstrip("\ufeff").splitlines()
    assert len(rows) == 5
    assert "-20.00" in file.text
    for bad in ("2026-13", "11-2026", "' OR 1=1"):
        wrong = await client.get("/api/compensation/ledger", params={"month": bad})
        assert wrong.status_code == 422


async def test_the_connection_keeps_its_secret(shelf: Shelf, client: httpx.AsyncClient) -> None:
    boss = await shelf.hire("boss", role="admin")
    await entered(shelf, client, boss)
    body = {"adapter": "webhook", "url": "https://vouchers.example/grant"}
    refused = await client.put(
        "/api/compensation/connections", json={**body, "url": "http://127.0.0.1/x"}
    )
    assert refused.status_code == 422, refused.text
    made = await client.put("/api/compensation/connections", json=body)
    assert made.status_code == 200, made.text
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    kept = {"adapter": "webhook", "url": "https://vouchers.example/2", "active": False}
    assert (await client.put("/api/compensation/connections", json=kept)).status_code == 409
    changed = await client.put("/api/compensation/connections", json={**kept, "version": 1})
    assert changed.json()["secret"] == ""
    assert changed.json()["connections"][0]["url"] == "https://vouchers.example/2"
    seen = await client.get("/api/compensation/connections")
    assert secret not in seen.text
    async with shelf.tx() as tx:
        assert not await tx.value("SELECT active FROM voucher_connection")


async def test_a_case_names_its_complaint(
    database: Database, organisation: UUID, client: httpx.AsyncClient
) -> None:
    desk = Desk(database, organisation)
    await desk.open()
    await desk.staff()
    complaint_id = await desk.filed()
    case_id = (await desk.row(complaint_id)).case_id
    async with desk.tx(desk.agent) as tx:
        row = await case_row(tx, case_id)
        assert row is not None
        bare = await open_case(
            tx, conversation_id=None, customer_id=row.customer_id, title="另一件", by=desk.agent
        )
    await entered(desk, client, desk.agent)
    found = await client.get(f"/api/cases/{case_id}/complaint")
    assert found.json()["row"]["id"] == str(complaint_id)
    assert (await client.get(f"/api/cases/{bare}/complaint")).json() is None
    assert (await client.get(f"/api/cases/{complaint_id}/complaint")).status_code == 404
