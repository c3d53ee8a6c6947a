"""People for tests: members with a session, and browsers that hold it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from peakend.accounts import actions
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database

PASSWORD = "Nine-lives-9"
# Hashing takes its time; members who only need to be there share one hash.
_hashed: list[str] = []


@dataclass(frozen=True)
class Person:
    """A member of a test, with his own browser."""

    id: UUID
    organisation_id: UUID
    login: str
    token: str
    browser: httpx.AsyncClient

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """Read something."""
        return await self.browser.get(f"/api{path}", **more)

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Change something."""
        return await self.browser.request(method, f"/api{path}", json=body)


async def a_person(
    database: Database,
    client: httpx.AsyncClient,
    organisation_id: UUID,
    role: str = "agent",
    login: str | None = None,
    **more: Any,
) -> Person:
    """Return a new member who is signed in in a browser of his own."""
    from peakend.accounts.actions.passwords import hash_password

    if not _hashed:
        _hashed.append(await hash_password(PASSWORD, "nobody"))
    login = login or f"{role}-{organisation_id.hex[-6:]}-{id(more)}@example.com"
    async with database.transaction(Actor.system(organisation_id)) as tx:
        member_id = await actions.add_member(
            tx, login=login, name=f"{role} 小林", role=role, password_hash=_hashed[0], **more
        )
        entry = await actions.enter(tx, member_id=member_id)
    browser = httpx.AsyncClient(
        transport=client._transport, base_url=client.base_url, headers=client.headers
    )
    browser.cookies.set("peakend", entry.token)
    return Person(member_id, organisation_id, login, entry.token, browser)
