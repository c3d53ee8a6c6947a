"""A member at the desk, as a browser sees it."""

import time
from typing import Any

import httpx

from tests.browser.centre import PASSWORD, PEOPLE, Centre

HEADERS = {"X-Peakend": "1"}


async def cookies_of(centre: Centre, role: str) -> list[dict[str, str]]:
    """Return the session of a person; one sign-in serves all tests, as guesses are limited."""
    if role not in centre.cookies:
        async with httpx.AsyncClient(base_url=centre.base, headers=HEADERS, timeout=30) as client:
            given = {"login": PEOPLE[role][0], "password": PASSWORD}
            (await client.post("/api/session", json=given)).raise_for_status()
            centre.cookies[role] = dict(client.cookies)
    return [
        {"name": name, "value": value, "url": centre.base}
        for name, value in centre.cookies[role].items()
    ]


class Desk:
    """One window of the desk."""

    def __init__(self, centre: Centre, context: Any) -> None:
        self.centre, self.context = centre, context
        self.page: Any = None

    async def sign_in(self, role: str, **preferences: str) -> "Desk":
        """Sign in without the form and open the inbox."""
        await self.context.add_cookies(await cookies_of(self.centre, role))
        await self.prefer(**{"language": "zh-CN", "theme": "light", **preferences})
        self.page = await self.context.new_page()
        await self.go("/desk/inbox")
        return self

    async def prefer(self, **preferences: Any) -> None:
        """Set preferences on the server."""
        answer = await self.context.request.patch(
            self.centre.at("/api/session/preferences"), data=preferences, headers=HEADERS
        )
        assert answer.ok, await answer.text()

    async def go(self, path: str) -> None:
        """Open a page of the desk."""
        await self.page.goto(self.centre.at(path))
        await self.page.locator("main").wait_for()

    async def ready(self) -> "Desk":
        """Take work from now on."""
        answer = await self.context.request.put(
            self.centre.at("/api/presence/me"), data={"state": "ready"}, headers=HEADERS
        )
        assert answer.ok, await answer.text()
        return self

    async def accept(self) -> None:
        """Take the work that is offered."""
        await (
            self.page.get_by_role("alert", name="新会话").get_by_role("button", name="接受").click()
        )
        await self.composer.wait_for()

    @property
    def composer(self) -> Any:
        return self.page.get_by_role("textbox", name="回复")

    @property
    def thread(self) -> Any:
        return self.page.get_by_role("log")

    async def reply(self, text: str) -> None:
        """Write to the customer with the keyboard."""
        await self.composer.fill(text)
        await self.composer.press("Control+Enter")

    async def sees_closed(self, again: Any) -> None:
        """Wait for the closing; a customer who read just now made it a conflict: once more."""
        said = self.page.get_by_text("已结束与").first
        refused = self.page.get_by_text("会话未结束").first
        await said.or_(refused).first.wait_for()
        if await refused.is_visible():
            await again()
            await said.wait_for()


async def clear(centre: Centre) -> None:
    """Send everybody home and end what is open, so that the next test finds a quiet floor."""
    await cookies_of(centre, "admin")
    async with httpx.AsyncClient(
        base_url=centre.base, headers=HEADERS, cookies=centre.cookies["admin"], timeout=30
    ) as boss:
        reasons = (await boss.get("/api/contact-reasons")).json()["nodes"]
        leaf = next(node["id"] for node in reasons if node["parent_id"])
        for role in ("agent", "colleague", "supervisor"):
            await boss.put(f"/api/presence/{centre.ids[role]}", json={"state": "offline"})
        for _ in range(20):
            found = [
                row["id"]
                for view in ("all", "digital")
                for row in (await boss.get("/api/conversations", params={"view": view})).json()[
                    "items"
                ]
            ]
            if not found:
                return
            for conversation_id in found:
                # Without a version: what happens meanwhile is no reason to leave it open.
                await boss.post(
                    f"/api/conversations/{conversation_id}/closings",
                    json={"reason_id": leaf, "solved": True},
                )
    raise AssertionError("conversations stay open")


async def until(page: Any, question: str, wait_s: float = 30) -> None:
    """Ask a page until it says yes; the page's own policy forbids to ask from inside."""
    end = time.monotonic() + wait_s
    while not await page.evaluate(question):
        assert time.monotonic() < end, f"it did not come to be: {question}"
        await page.wait_for_timeout(50)
