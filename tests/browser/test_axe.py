"""axe (WCAG 2.2 AA) on every page, in both themes and both languages: nothing serious.

What it finds in a theme (contrast) does not hang on the language, nor what it finds in a language
(names, labels) on the theme: each page is seen in both of both, by two looks and not by four.
"""

from importlib import resources
from typing import Any

import pytest

from tests.browser.centre import Centre
from tests.browser.desk import until
from tests.browser.places import PUBLIC, STAFF

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
RUN = """async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] })
  return violations
    .filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}"""
# Nothing is being fetched or skeletal any more, and no style is on its way from one to another.
SETTLED = """!document.querySelector('[aria-busy="true"], .animate-pulse')
  && document.getAnimations().every((one) => one.playState !== 'running')
  && document.body.innerText.trim().length > 0"""
# The system's theme is heard in a frame, and drawn in the next.
FRAMES = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
LOOKS = [("light", "zh-CN"), ("dark", "en")]


async def faults(page: Any) -> list[str]:
    """Return what axe finds serious on a page."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate(AXE.read_text("utf-8"))
    await until(page, SETTLED)
    found: list[str] = await page.evaluate(RUN)
    return found


@pytest.mark.parametrize(("theme", "language"), LOOKS)
@pytest.mark.parametrize("half", [0, 1])
async def test_the_desk(centre: Centre, desk: Any, half: int, theme: str, language: str) -> None:
    admin = await desk("admin", bypass_csp=True, color_scheme=theme, locale=language)
    await admin.prefer(theme="system", language=language)
    page, found = admin.page, {}
    for place, _ in STAFF[half::2]:
        await admin.go(place)
        await page.locator("main").wait_for()
        found[place] = await faults(page)
        assert await page.evaluate("document.documentElement.lang") == language
        assert await page.evaluate("document.documentElement.dataset.theme") == theme
    # A page that follows the system's theme turns with it while it is open.
    other = "light" if theme == "dark" else "dark"
    await page.emulate_media(color_scheme=other)
    await page.evaluate(FRAMES)
    assert await page.evaluate("document.documentElement.dataset.theme") == other
    assert {place: serious for place, serious in found.items() if serious} == {}


@pytest.mark.parametrize(("theme", "language"), LOOKS)
async def test_pages_for_everybody(centre: Centre, windows: Any, theme: str, language: str) -> None:
    context = await windows(
        bypass_csp=True,
        color_scheme=theme,
        locale=language,
        viewport={"width": 390, "height": 844},
    )
    page = await context.new_page()
    found = {}
    for place in PUBLIC:
        await page.goto(centre.at(place))
        found[place] = await faults(page)
    assert {place: serious for place, serious in found.items() if serious} == {}


@pytest.mark.parametrize(("theme", "language"), LOOKS)
async def test_a_conversation_under_way(
    centre: Centre, desk: Any, chat: Any, theme: str, language: str
) -> None:
    agent = await desk("agent", bypass_csp=True, color_scheme=theme, locale=language)
    customer = await chat(bypass_csp=True, color_scheme=theme)
    await agent.prefer(theme=theme, language=language)
    await agent.go("/desk/inbox")
    await agent.ready()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    offer = agent.page.locator("section[role=alert]")
    await offer.wait_for()
    found = {"offer": await faults(agent.page), "waiting": await faults(customer.page)}
    await offer.get_by_role("button").last.click()
    await agent.page.locator("textarea").wait_for()
    found["serving"] = await faults(agent.page)
    for name, key in (
        ("closing", "e"),
        ("transfer", "t"),
        ("commands", "Control+k"),
        ("keys", "?"),
    ):
        await agent.page.evaluate("document.activeElement?.blur()")
        await agent.page.keyboard.press(key)
        await agent.page.get_by_role("dialog").wait_for()
        found[name] = await faults(agent.page)
        await agent.page.keyboard.press("Escape")
        await agent.page.get_by_role("dialog").wait_for(state="detached")
    assert {name: serious for name, serious in found.items() if serious} == {}
