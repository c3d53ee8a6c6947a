"""A socket never outlives its session or its person's rights."""

import json
from typing import Any
from uuid import UUID

import httpx

from peakend.accounts.queries import actor_for_session
from peakend.entry.live import Hub, Listener
from peakend.entry.watching import CHECK_S, look
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person


async def _sent(message: dict[str, Any]) -> None:
    """Take a frame; the queue is what is looked at."""


def heard(listener: Listener) -> list[str | None]:
    kinds: list[Any] = []
    while listener.waiting:
        frame = listener.waiting.popleft()
        kinds.append(frame and json.loads(frame)["t"])
    return kinds


async def desk(database: Database, hub: Hub, person: Person) -> Listener:
    found = await actor_for_session(database, person.token)
    assert found is not None
    listener = Listener(found.actor, _sent, secret=person.token)
    hub.members[found.actor.organisation_id].add(listener)
    return listener


async def test_rights_end_on_open_sockets_within_two_seconds(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    people = [
        await a_person(database, client, organisation, login=login)
        for login in ("stays", "leaves", "grows", "signs_out")
    ]
    _, leaves, grows, signs_out = people
    hub = Hub(database)
    sockets = [await desk(database, hub, person) for person in people]
    await look(hub)
    assert [heard(socket) for socket in sockets] == [[], [], [], []]
    await boss.send("PATCH", f"/members/{leaves.id}", {"active": False})
    team = (await boss.send("POST", "/teams", {"name": "售后"})).json()
    await boss.send("PATCH", f"/members/{grows.id}", {"team_ids": [team["id"]]})
    await signs_out.send("DELETE", "/session")
    await look(hub)
    # What a session was a moment ago is not asked of the process's memory.
    assert [heard(socket) for socket in sockets] == [[], ["bye", None], ["resync"], ["bye", None]]
    assert sockets[2].actor.team_ids == {UUID(team["id"])}
    assert CHECK_S < 2
