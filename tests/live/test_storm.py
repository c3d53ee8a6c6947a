"""Six writers, cut connections and restarted servers: nothing missed, doubled or out of order."""

import asyncio
import random
from collections import defaultdict
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.live.centre import People, Running, centre, insist
from tests.live.clients import Desk, Panel

WRITERS = 6
EACH = 25
RESTARTS = 2


async def _visitor_writes(http: httpx.AsyncClient, key: str, token: str, n: int) -> None:
    for i in range(n):
        body = {"client_id": str(uuid4()), "text": f"第 {i} 句"}
        answer = await insist(
            http, "POST", f"/api/web/{key}/messages", json=body,
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(random.random() * 0.05)


async def _agent_writes(
    http: httpx.AsyncClient, cookie: str, conversations: list[UUID], n: int
) -> None:
    for i in range(n):
        body = {"client_id": str(uuid4()), "kind": "agent" if i % 4 else "note", "text": f"答 {i}"}
        where = f"/api/conversations/{conversations[i % len(conversations)]}/messages"
        answer = await insist(http, "POST", where, json=body, headers={"Cookie": cookie})
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(random.random() * 0.05)


async def _until(reached: Any, timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not reached():
            await asyncio.sleep(0.05)


async def _served(people: People, agent: Any, tokens: list[str], http: Any) -> list[UUID]:
    """Let each visitor say a first word, and the agent pick each conversation."""
    found = []
    for token in tokens:
        answer = await insist(
            http, "POST", f"/api/web/{people.key}/messages",
            json={"client_id": str(uuid4()), "text": "您好"},
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        found.append(UUID(answer.json()["conversation"]["id"]))
        picked = await insist(
            http, "POST", f"/api/conversations/{found[-1]}/picks",
            headers={"Cookie": people.cookies[agent.id]},
        )  # fmt: skip
        assert picked.status_code == 200, picked.text
    return found


async def _log(running: Running) -> dict[str, Any]:
    """Return what the database says happened, in the order of each conversation."""
    async with running.database.system() as tx:
        facts = await tx.value(
            "SELECT array_agg(id::text) FROM event WHERE conversation_id IS NOT NULL"
        )
    return {"facts": set(facts)}


def _messages(desk: Desk) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for message in desk.messages:
        found[message["conversation_id"]].append(message["seq"])
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_missed_doubled_or_out_of_order(
    dsn: str, data_dir: Any, seed: int
) -> None:
    dice = random.Random(seed)
    async with centre(dsn) as (running, people):
        chief = await people.hire("chief", role="supervisor", serves=False)
        agents = [await people.hire(f"a{n}", capacity=9) for n in range(3)]
        tokens = [await people.visitor() for _ in range(3)]
        headers = {"X-Peakend": "1"}
        async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=10) as http:
            desks = [
                Desk(running, people.cookies[member.id], random.Random(dice.random()), steady=False)
                for member in (chief, chief, agents[0])
            ]
            for desk in desks:
                desk.begin()
            await asyncio.gather(*(desk.ready.wait() for desk in desks))
            panels = [
                Panel(running, people.key, token, random.Random(dice.random()), steady=i == 0)
                for i, token in enumerate(tokens)
            ]
            for panel in panels:
                panel.begin()
            held = await _served(people, agents[0], tokens, http)
            writers = [_visitor_writes(http, people.key, token, EACH) for token in tokens]
            writers += [
                _agent_writes(http, people.cookies[agents[0].id], held, EACH) for _ in range(3)
            ]
            assert len(writers) == WRITERS
            writing = asyncio.gather(*writers)
            for _ in range(RESTARTS):
                await asyncio.sleep(0.8)
                await running.restart()
            await writing
            expected = await _expected(running, held)
            await _until(lambda: all(_whole(desk, expected) for desk in desks))
            await _until(
                lambda: all(len(p.seen) >= expected["shown"][i] for i, p in enumerate(panels))
            )
            await asyncio.sleep(0.3)
            for client in (*desks, *panels):
                await client.end()
        for desk in desks:
            ids = [fact["id"] for fact in desk.facts]
            assert len(ids) == len(set(ids)), "doubled"
            assert desk.resyncs == 0
            for conversation_id, seqs in _messages(desk).items():
                assert seqs == list(range(1, expected["last"][conversation_id] + 1))
        for i, panel in enumerate(panels):
            assert panel.wrong == []
            assert len(panel.seen) == len(set(panel.seen)) == expected["shown"][i]
        assert sum(client.cuts for client in (*desks, *panels)) > 10
        assert running.restarts == RESTARTS


def _whole(desk: Desk, expected: dict[str, Any]) -> bool:
    return expected["facts"] <= {fact["id"] for fact in desk.facts}


async def _expected(running: Running, held: list[UUID]) -> dict[str, Any]:
    """Return what everybody must have seen: every fact, and how many lines each customer has."""
    async with running.database.system() as tx:
        facts = await tx.value(
            "SELECT array_agg(id::text) FROM event WHERE conversation_id = ANY($1)", held
        )
        organisation_id = await tx.value("SELECT organisation_id FROM organisation")
    from peakend.kernel.actors import Actor

    async with running.database.transaction(Actor.system(organisation_id)) as tx:
        last = {
            str(one): await tx.value("SELECT last_seq FROM conversation WHERE id = $1", one)
            for one in held
        }
        shown = [
            await tx.value(
                "SELECT count(*) FROM message WHERE conversation_id = $1 "
                "AND kind IN ('customer', 'agent', 'digital')", one,
            )
            for one in held
        ]  # fmt: skip
    return {"facts": set(facts), "last": last, "shown": shown}
