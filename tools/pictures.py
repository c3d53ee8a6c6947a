"""Take the pictures of docs/screens.md anew: `python -m tools.pictures PASSWORD [ADDRESS]`.

The demo must run (`make demo`) and have been running for some minutes, so that there is life in it.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import async_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
LEAD, ADMIN = "li.wenbin", "fang.li"
# Which page, seen by whom, and what is pressed before the picture is taken.
SCREENS: dict[str, tuple[str, str, str]] = {
    "desk": (LEAD, "/desk/inbox?view=all", "[role=option] >> nth=3"),
    "views": (LEAD, "/desk/views", ""),
    "following": (LEAD, "/desk/following", ""),
    "customer": (LEAD, "/desk/customers", "a[href^='/desk/customers/'] >> nth=3"),
    "company": (LEAD, "/desk/companies", "text=常州红梅物业服务有限公司"),
    "wallboard": (LEAD, "/desk/wallboard", ""),
    "announced": (LEAD, "/desk/wallboard", "text=等待预告"),
    "knowledge": (LEAD, "/desk/knowledge", ""),
    "macros": (ADMIN, "/desk/admin/macros", ""),
    "roles": (ADMIN, "/desk/admin/roles", ""),
    "fields": (ADMIN, "/desk/admin/fields", ""),
}
QUESTION = "煤气灶点不着火"


async def take(password: str, address: str) -> None:
    """Take all of them, one after the other."""
    found = os.environ.get("PEAKEND_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for who in (LEAD, ADMIN):
            async with _window(browser, address, 1440, 900) as page:
                said = {"login": who, "password": password}
                answer = await page.context.request.post(
                    "/api/session", data=said, headers={"X-Peakend": "1"}
                )
                if not answer.ok:
                    raise SystemExit(f"{who}: {answer.status} {await answer.text()}")
                for name, (by, place, press) in SCREENS.items():
                    if by == who:
                        await page.goto(place)
                        await _picture(page, name, press)
        async with _window(browser, address, 1280, 860) as page:
            await _chat(page)
        await browser.close()


@asynccontextmanager
async def _window(browser: Any, address: str, width: int, height: int) -> AsyncIterator[Any]:
    context = await browser.new_context(
        base_url=address, locale="zh-CN", color_scheme="light",
        viewport={"width": width, "height": height},
    )  # fmt: skip
    yield await context.new_page()
    await context.close()


async def _picture(page: Any, name: str, press: str = "") -> None:
    await page.wait_for_load_state("networkidle")
    if press:
        await page.locator(press).first.click()
        await page.wait_for_load_state("networkidle")
    # Numbers count up and bars grow for a moment.
    await page.wait_for_timeout(1500)
    taken = Image.open(BytesIO(await page.screenshot()))
    # Few colours are enough for a screen, and make a third of the file.
    taken.convert("RGB").quantize(128).save(PICTURES / f"{name}.png", optimize=True)
    print(name)


async def _chat(page: Any) -> None:
    await page.goto("/shop")
    await page.wait_for_function("!!window.peakend")
    async with page.expect_event("frameattached"):
        await page.evaluate("window.peakend.open()")
    panel = next(one for one in page.frames if one != page.main_frame)
    await panel.wait_for_url(lambda url: "/w/" in url)
    await panel.get_by_role("textbox").fill(QUESTION)
    await panel.get_by_role("textbox").press("Enter")
    await panel.get_by_role("button", name="已解决").wait_for()
    await _picture(page, "chat")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8080"))
