"""The desk in a browser: what the first load brings, and the main thread's time at work.

Times are of the main thread's own clock (thread ticks), so other programs on the machine do not
count; the figures are means over many frames and steps.
"""

import asyncio
import gzip
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

from bench.centre import Centre, fill, make_centre
from bench.cluster import a_cluster
from bench.figures import Figure, console
from bench.processes import a_process
from peakend.kernel.built import built_folder

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ROWS = 10_000
LOAD_S = 60
FRAMES = 150
STEPS = 25

SCROLL = """async frames => {
  const list = document.getElementById('conversation-list')
  for (let n = 0; n < frames; n++) {
    list.scrollTop -= 180
    await new Promise(requestAnimationFrame)
  }
}"""
DOWN = """() => {
  const list = document.getElementById('conversation-list')
  list.scrollTop = list.scrollHeight
  return Math.round(list.scrollHeight / 62)
}"""


async def desk() -> list[Figure]:
    """Measure the widget's files, and the desk's in a browser where there is one."""
    if not (_desk() / "index.html").exists():
        return [Figure("desk first load", None, note="the web app is not built: make install")]
    program = os.environ.get("PEAKEND_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    figures = _widget()
    if program is None:
        return [*figures, Figure("desk first load", None, note="there is no Chromium")]
    async with a_cluster() as cluster:
        centre = await make_centre(await cluster.database("bench"), agents=8, queues=2, each=1)
        await fill(centre, ROWS * 10, lambda said: None, open_every=1)
        await centre.database.close()
        async with a_process("web", centre.address, cluster.folder) as web:
            return [*figures, *await _in_browser(centre, web.port, program)]


def _desk() -> Path:
    """Return the folder of the app that the process under measure serves."""
    return built_folder("desk")


def _widget() -> list[Figure]:
    """Return the launcher, and what the panel's page names with one language's words."""
    folder = built_folder("widget")
    launcher, page = folder / "widget.js", folder / "panel.html"
    if not launcher.exists() or not page.exists():
        return []
    named = re.findall(r'/widget-assets/([^"]+)', page.read_text())
    script = next((folder / n for n in named if n.startswith("panel") and n.endswith(".js")), page)
    words = re.findall(r"words\.zh-CN-\w+\.js", script.read_text())[:1]
    panel = [page, *(folder / name for name in dict.fromkeys(named + words))]
    detail = {"files": len(panel)}
    return [
        Figure("widget launcher", _packed([launcher]), "KB gz", 2, "less"),
        Figure("widget panel", _packed(panel), "KB gz", 20, "less", detail),
    ]


def _packed(files: list[Path]) -> float:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1024


async def _in_browser(centre: Centre, port: int, program: str) -> list[Figure]:
    from playwright.async_api import async_playwright

    base = f"http://127.0.0.1:{port}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        cookie = {"name": "peakend", "value": centre.lead.cookie, "url": base}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        await page.goto(f"{base}/desk/inbox?view=all")
        await page.locator("[role=option]").first.wait_for(timeout=60_000)
        figures = _first_load(await _files(page))
        clock = await _Clock.of(context, page)
        figures.append(await _scrolling(page, clock))
        figures.append(await _stepping(page, clock))
        await browser.close()
    return figures


class _Clock:
    """The main thread's time, as the browser itself counts it."""

    def __init__(self, session: Any) -> None:
        self._session = session

    @classmethod
    async def of(cls, context: Any, page: Any) -> "_Clock":
        session = await context.new_cdp_session(page)
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        return cls(session)

    async def sweep(self) -> None:
        """Let the page be rid of its garbage now, not some seconds later."""
        await self._session.send("HeapProfiler.collectGarbage")

    async def ms(self) -> float:
        metrics = (await self._session.send("Performance.getMetrics"))["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration") * 1000


async def _files(page: Any) -> list[str]:
    names = await page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    return list(dict.fromkeys(names))


def _first_load(names: list[str]) -> list[Figure]:
    """Return what the browser fetched before the list was there."""
    figures = []
    for kind, limit in (("js", 170), ("css", 12)):
        wanted = [_desk() / "assets" / n.rsplit("/", 1)[1] for n in names
                  if "/desk/assets/" in n and n.endswith(f".{kind}")]  # fmt: skip
        detail = {"files": len(wanted)}
        name = f"desk first load, {kind}"
        figures.append(Figure(name, _packed(wanted), "KB gz", limit, "less", detail))
    return figures


async def _scrolling(page: Any, clock: _Clock) -> Figure:
    """Load the list to its end, then scroll up through it."""
    console.print("  loading the list", style="dim")
    until = time.monotonic() + LOAD_S
    rows = 0
    while time.monotonic() < until and rows < ROWS:
        rows = await page.evaluate(DOWN)
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    console.print(f"  scrolling {rows:,} rows", style="dim")
    before = await clock.ms()
    await page.evaluate(SCROLL, FRAMES)
    each = (await clock.ms() - before) / FRAMES
    detail = {"rows": rows, "frames": FRAMES}
    return Figure("main thread in a scroll frame", each, "ms", 10, "less", detail)


async def _stepping(page: Any, clock: _Clock) -> Figure:
    """Go from one conversation to the next with the key."""
    console.print("  next conversation", style="dim")
    await page.evaluate("document.getElementById('conversation-list').scrollTop = 0")
    await page.locator("[role=option]").first.click()
    await page.get_by_role("log").wait_for()
    await page.locator("#conversation-list").focus()
    for _ in range(5):
        await page.keyboard.press("ArrowDown")
        await asyncio.sleep(0.4)
    # What is asked for when one rests comes once, and is no part of the rest.
    await asyncio.sleep(3)
    # Neither is the garbage of loading ten thousand rows; that of the steps is theirs.
    await clock.sweep()
    before, began = await clock.ms(), time.perf_counter()
    await asyncio.sleep(3)
    resting = (await clock.ms() - before) / (time.perf_counter() - began)
    before, began = await clock.ms(), time.perf_counter()
    for _ in range(STEPS):
        await page.keyboard.press("ArrowDown")
        await asyncio.sleep(0.4)
    took = time.perf_counter() - began
    each = (await clock.ms() - before - resting * took) / STEPS
    detail = {"steps": STEPS, "resting ms/s": resting}
    return Figure("main thread for the next conversation", each, "ms", 16, "less", detail)
