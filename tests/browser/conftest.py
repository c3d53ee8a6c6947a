"""A browser and a centre for it; one event loop for all of these tests."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.browser.centre import Centre, running
from tests.browser.desk import Desk, clear
from tests.browser.shop import Chat

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 30_000
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Remember that a test failed, so that its windows are described before they close."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or (call.when == "call" and report.failed)
    return report


async def _shown(page: Any) -> str:
    """Return the words of a page and of its frames."""
    words = [await frame.locator("body").inner_text() for frame in page.frames]
    return "\n".join(words)[:4000]


class Windows:
    """Windows of people who share nothing."""

    def __init__(self, browser: Any, centre: Centre) -> None:
        self.browser, self.centre = browser, centre
        self.contexts: list[Any] = []
        self.faults: list[str] = []
        self.described = False

    async def __call__(self, **given: Any) -> Any:
        given = {
            "locale": "zh-CN",
            "viewport": {"width": 1440, "height": 900},
            # What goes through the desk's own worker is not seen by `page.route`.
            "service_workers": "block",
            **given,
        }
        context = await self.browser.new_context(**given)
        context.set_default_timeout(WAIT_MS)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.contexts.append(context)
        return context

    async def describe(self, node: pytest.Item) -> None:
        """After a failure: print what stood in the windows, before anything is cleared away."""
        if self.described or not node.stash.get(FAILED, False):
            return
        self.described = True
        for page in [page for context in self.contexts for page in context.pages]:
            print(f"---- {page.url}\n{await _shown(page)}")
        print(f"---- the server's last words\n{self.centre.last_words()}")


def chromium() -> str | None:
    given = os.environ.get("PEAKEND_CHROMIUM")
    places = [given] if given else [f"/usr/bin/{name}" for name in NAMES]
    return next((place for place in places if Path(place).exists()), None)


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's path, or no test."""
    path = chromium()
    if path is None:
        if os.environ.get("PEAKEND_REQUIRE_BROWSER") == "1":
            pytest.fail("there is no Chromium (PEAKEND_CHROMIUM names one)")
        pytest.skip("there is no Chromium")
    return path


@pytest.fixture(scope="session")
def centre(program: str, databases: Any) -> Iterator[Centre]:
    """A real `peakend` process with a small seeded database."""
    dsn = databases.take()
    with (
        tempfile.TemporaryDirectory(prefix="peakend-browser-") as folder,
        running(dsn, Path(folder)) as made,
    ):
        yield made
    databases.give_back(dsn)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(program: str) -> AsyncIterator[Any]:
    """Chromium, without a window."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=program, headless=True, args=FLAGS
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def windows(
    browser: Any, centre: Centre, request: pytest.FixtureRequest
) -> AsyncIterator[Windows]:
    """Opens windows of people who share nothing; faults in any page fail the test."""
    opened = Windows(browser, centre)
    yield opened
    await opened.describe(request.node)
    for context in opened.contexts:
        await context.close()
    assert not opened.faults, opened.faults


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    centre: Centre, windows: Windows, request: pytest.FixtureRequest
) -> AsyncIterator[Any]:
    """Signs people in at the desk; afterwards nobody is ready and nothing is open."""

    async def sit(role: str = "agent", **given: Any) -> Desk:
        return await Desk(centre, await windows(**given)).sign_in(role)

    yield sit
    await windows.describe(request.node)
    await clear(centre)


@pytest_asyncio.fixture(loop_scope="session")
async def chat(
    centre: Centre, windows: Windows, request: pytest.FixtureRequest
) -> AsyncIterator[Any]:
    """Opens the chat as a new customer: on the shop's page, or by itself.

    Who still waits at the end is let go, or the next test's agent would be offered them.
    """

    async def come(*, shop: bool = False, **given: Any) -> Chat:
        size = {"width": 1280, "height": 800} if shop else {"width": 420, "height": 800}
        context = await windows(**{"viewport": size, **given})
        return await Chat(centre, await context.new_page()).open(shop=shop)

    yield come
    await windows.describe(request.node)
    await clear(centre)
