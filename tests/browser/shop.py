"""A customer in the chat panel, as a browser sees it."""

from typing import Any

from tests.browser.centre import Centre
from tests.browser.desk import until


class Chat:
    """One panel: a frame on the shop's page, or a page of its own."""

    def __init__(self, centre: Centre, page: Any) -> None:
        self.centre, self.page = centre, page
        self.panel: Any = page

    async def open(self, *, shop: bool) -> "Chat":
        """Open the panel and wait until one can write."""
        if shop:
            await self.page.goto(self.centre.at("/shop"))
            await until(self.page, "!!window.peakend")
            async with self.page.expect_event("frameattached"):
                await self.page.evaluate("window.peakend.open()")
            self.panel = next(f for f in self.page.frames if f != self.page.main_frame)
            await self.panel.wait_for_url(lambda url: "/w/" in url)
        else:
            await self.page.goto(self.centre.at("/w/{key}?lang=zh-CN"))
        await self.field.wait_for()
        return self

    @property
    def field(self) -> Any:
        return self.panel.get_by_role("textbox", name="请输入您的问题")

    @property
    def own(self) -> Any:
        return self.panel.locator(".msg.customer")

    async def says(self, text: str) -> None:
        """Write and send."""
        await self.field.fill(text)
        await self.field.press("Enter")

    async def wants_person(self) -> None:
        """Ask for a person."""
        await self.panel.get_by_role("button", name="转人工").click()

    async def sees(self, text: str) -> None:
        """Wait until a text stands in the panel."""
        await self.panel.get_by_text(text).first.wait_for()
