"""A real server in a thread, with one person of every kind, for tests that come from outside."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.live.centre import People, Running

LONGEST_START_S = 60


@dataclass
class Served:
    """Where the server is, who may sign in how, and what there is."""

    url: str = ""
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    key: str = ""
    loop: Any = None
    app: Any = None
    people: Any = None
    browser: Any = None
    ending: Any = None

    def run(self, work: Any) -> Any:
        """Run a coroutine where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)


@contextlib.contextmanager
def served(dsn: str) -> Iterator[Served]:
    """Start a server with a small centre; end it with the block."""
    found, ready, failed = Served(), threading.Event(), []

    async def work() -> None:
        try:
            running = Running(dsn)
            await running.start()
            try:
                await _people(running, found)
                found.url, found.loop = running.url, asyncio.get_running_loop()
                found.app = running.app
                found.ending = asyncio.Event()
                ready.set()
                await found.ending.wait()
            finally:
                await running.stop()
        except BaseException as error:
            failed.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=asyncio.run, args=(work(),), daemon=True)
    thread.start()
    assert ready.wait(LONGEST_START_S)
    if failed:
        raise failed[0]
    try:
        yield found
    finally:
        found.loop.call_soon_threadsafe(found.ending.set)
        thread.join(20)


async def _people(running: Running, found: Served) -> None:
    from tests.databases import make_organisation
    from tests.routing.floor import Floor

    database = running.database
    floor = Floor(database, await make_organisation(database))
    people = People(floor)
    await people.begin()
    found.key, found.people = people.key, people
    for role in ("agent", "supervisor", "admin"):
        actor = await people.hire(role, role=role)
        found.headers[role] = {"X-Peakend": "1", "Cookie": people.cookies[actor.id]}
        found.ids[role] = str(actor.id)
    found.ids["member"] = str((await people.hire("spare")).id)
    found.headers["anonymous"] = {"X-Peakend": "1"}
    found.headers["visitor"] = {
        "X-Peakend": "1", "Authorization": f"Bearer {await people.visitor()}",
    }  # fmt: skip
    other = People(Floor(database, await make_organisation(database, "别家")))
    await other.begin()
    stranger = await other.hire("stranger", role="admin")
    found.headers["stranger"] = {"X-Peakend": "1", "Cookie": other.cookies[stranger.id]}
    conversation_id = await floor.writes()
    found.ids["conversation"] = str(conversation_id)
    found.ids["queue"] = str(floor.queue_id)
    found.ids["channel"] = str(floor.channel_id)
    async with floor.tx() as tx:
        found.ids["customer"] = str(await tx.value("SELECT customer_id FROM conversation"))


def send(site: Served, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {**site.headers[who], **more.pop("headers", {})}
    path = path.format(key=site.key, **site.ids)
    return site.browser.request(method, path, headers=headers, **more)
