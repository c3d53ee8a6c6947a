"""axe (WCAG 2.2 AA) on every page, in both themes and both languages: nothing serious."""

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
LANGUAGES = ("zh-CN", "en")
LOOKS = [(theme, lang) for theme in ("light", "dark") for lang in LANGUAGES]


async def faults(page: Any) -> list[str]:
    """Return what axe finds serious on a page."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate(AXE.read_text("utf-8"))
    return await _found(page)


async def faults_in_both_themes(page: Any, place: str) -> dict[str, list[str]]:
    """Return what axe finds serious on a page that follows the system's theme."""
    light = await faults(page)
    await _turn(page, "dark")
    dark = await _found(page)
    await _turn(page, "light")
    found = {f"{place} (light)": light, f"{place} (dark)": dark}
    return {where: serious for where, serious in found.items() if serious}


async def _turn(page: Any, theme: str) -> None:
    await page.emulate_media(color_scheme=theme)
    await page.evaluate(FRAMES)


async def _found(page: Any) -> list[str]:
    await until(page, SETTLED)
    found: list[str] = await page.evaluate(RUN)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("half", [0, 1])
async def test_the_desk(centre: Centre, desk: Any, half: int, language: str) -> None:
    admin = await desk("admin", bypass_csp=True, color_scheme="light", locale=language)
    await admin.prefer(theme="system", language=language)
    page, found = admin.page, {}
    for place, _ in STAFF[half::2]:
        await admin.go(place)
        await page.locator("main").wait_for()
        found |= await faults_in_both_themes(page, place)
        assert await page.evaluate("document.documentElement.lang") == language
        assert await page.evaluate("document.documentElement.dataset.theme") == "light"
    await _turn(page, "dark")
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_for_everybody(centre: Centre, windows: Any, language: str) -> None:
    context = await windows(
        bypass_csp=True,
        color_scheme="light",
        locale=language,
        viewport={"width": 390, "height": 844},
    )
    page = await context.new_page()
    found = {}
    for place in PUBLIC:
        await page.goto(centre.at(place))
        found |= await faults_in_both_themes(page, place)
    assert not found


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
