"""Hostile fragments wherever a customer's text is shown: nothing runs, nothing is loaded."""

import asyncio
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import pytest

from peakend.kernel.built import not_built
from tests.databases import Databases
from tests.hostile.served import Served, served

HERE = Path(__file__).parent
CORPUS = HERE.parents[2] / "shared" / "corpora" / "html" / "hostile.json"
CHROMIUM = os.environ.get("PEAKEND_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
TOGETHER = 14
WATCH = """
window.__ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = (...args) => { window.__ran.push(name + ':' + args[0]); };
"""
# What only an unescaped fragment can have put there; the product's own pages have none of it.
LOOK = r"""() => {
  const found = [...window.__ran];
  for (const node of document.querySelectorAll('*')) {
    for (const { name, value } of node.attributes) {
      if (name.startsWith('on')) found.push(`${node.tagName} ${name}`);
      if (['href', 'src', 'action', 'formaction', 'data', 'poster', 'srcdoc'].includes(name)
          && /^\s*(javascript|vbscript|data:text)/i.test(value))
        found.push(`${node.tagName} ${name}=${value.slice(0, 40)}`);
    }
    if (['OBJECT', 'EMBED', 'BASE', 'MARQUEE', 'MATH', 'FRAME', 'APPLET'].includes(node.tagName))
      found.push(node.tagName);
    node.dispatchEvent(new MouseEvent('mouseover', { bubbles: false }));
  }
  return [...found, ...window.__ran];
}"""


def fragments() -> list[str]:
    """Return the project's own fragments, and the public suites' where they are at hand."""
    own: list[str] = json.loads((HERE / "fragments.json").read_text())
    public = json.loads(CORPUS.read_text()) if CORPUS.exists() else {}
    return own + [one for suite in public.values() for one in suite]


def together(some: list[str], longest: int) -> list[str]:
    """Return texts of several fragments each."""
    parts = (some[i : i + TOGETHER] for i in range(0, len(some), TOGETHER))
    clean = ("\n".join(part).encode("utf-8", "ignore").decode().replace("\0", "") for part in parts)
    return [text[:longest] for text in clean]


@pytest.fixture(scope="module")
def program() -> str:
    """The browser, and a web app that was built; without them there is no test."""
    built = "desk" not in not_built()
    if Path(CHROMIUM).exists() and built:
        return CHROMIUM
    if os.environ.get("PEAKEND_REQUIRE_BROWSER") == "1":
        pytest.fail("there is no Chromium, or the web app is not built")
    pytest.skip("there is no Chromium, or the web app is not built")


@pytest.fixture(scope="module")
def site(program: str, databases: Databases) -> Iterator[Served]:
    dsn = databases.take()
    with served(dsn) as found:
        found.ids |= found.run(_seed(found))
        yield found
    databases.give_back(dsn)


async def _seed(site: Served) -> dict[str, str]:
    """Put fragments everywhere a customer's text goes."""
    from peakend.conversations import actions
    from peakend.customers import actions as customers
    from peakend.customers.rules import Attribute
    from peakend.feedback.queries import token_of
    from peakend.kernel.ids import new_id
    from peakend.routing import actions as routing

    people, some = site.people, fragments()
    floor, texts = people.floor, together(some, 5000)
    admin = UUID(site.ids["admin"])
    ids: dict[str, str] = {}

    async def says(customer_id: UUID, text: str) -> UUID:
        async with floor.tx() as tx:
            kept = await actions.receive(
                tx, channel_id=floor.channel_id, customer_id=customer_id, client_id=new_id(),
                text=text,
            )  # fmt: skip
        return UUID(str(kept.conversation_id))

    async with floor.tx() as tx:
        visit = await customers.start_visit(tx, channel_id=floor.channel_id, language="zh-CN")
        await customers.record_page(
            tx, visitor_id=visit.visitor_id, url="https://a.example/", title=texts[0][:300]
        )
    ids["visitor_token"] = visit.token
    quoted = None
    for text in texts:
        async with floor.tx() as tx:
            said = await actions.receive(
                tx, channel_id=floor.channel_id, customer_id=visit.customer_id,
                client_id=new_id(), text=text, reply_to=quoted,
            )  # fmt: skip
        ids["thread"], quoted = str(said.conversation_id), said.id
    async with floor.tx() as tx:
        attributes = [
            Attribute(f"a{i}", some[i][:50], text[:400]) for i, text in enumerate(texts[:20])
        ]
        with_panel = await customers.add_customer(tx, name=some[0][:60], attributes=attributes)
    ids["panel_customer"] = str(with_panel)
    ids["noted"] = str(await says(with_panel, "您好"))
    admin_actor = _member(floor, admin)
    async with floor.tx(admin_actor) as tx:
        await routing.pick(tx, conversation_id=UUID(ids["noted"]), by=admin_actor)
        for text in texts:
            await actions.note(
                tx, conversation_id=UUID(ids["noted"]), client_id=None, text=text, by=admin_actor
            )
        for text in texts[:20]:
            await customers.add_note(tx, customer_id=with_panel, text=text)
    for one in some[:: max(1, len(some) // 60)]:
        name = one.encode("utf-8", "ignore").decode().replace("\0", "")[:60].strip() or "x"
        async with floor.tx() as tx:
            named = await customers.add_customer(tx, name=name)
        await says(named, one[:2000].encode("utf-8", "ignore").decode().replace("\0", "") + " x")
    async with floor.tx() as tx:
        ended = await customers.add_customer(tx, name=some[2][:60])
    closed = await says(ended, texts[1])
    async with floor.tx(admin_actor) as tx:
        await routing.pick(tx, conversation_id=closed, by=admin_actor)
        await actions.reply(
            tx, conversation_id=closed, client_id=new_id(), text="您好", by=admin_actor
        )
    await floor.close(closed)
    survey = None
    for _ in range(200):
        if survey is not None:
            break
        await asyncio.sleep(0.1)
        async with floor.tx() as tx:
            survey = await tx.value("SELECT id FROM survey WHERE conversation_id = $1", closed)
    ids |= {"closed": str(closed), "survey": token_of(floor.organisation_id, survey)}
    return ids


def _member(floor: Any, member_id: UUID) -> Any:
    from peakend.accounts.queries import ROLES
    from peakend.kernel.actors import Actor

    return Actor(
        organisation_id=floor.organisation_id, kind="member", id=member_id, name="admin",
        role="admin", permissions=ROLES["admin"], scope="all",
    )  # fmt: skip


class Watched:
    """A window that writes down whatever runs or is asked for outside."""

    def __init__(self, context: Any, site: Served) -> None:
        self.site = site
        self.wrong: list[str] = []
        self.seen = 0
        context.add_init_script(WATCH)
        context.route("**/*", self._asked)
        self.page = context.new_page()
        self.page.on("dialog", lambda d: (self.wrong.append(f"dialog {d.message}"), d.dismiss()))

    def _asked(self, route: Any) -> None:
        url = route.request.url
        if urlsplit(url).hostname == "127.0.0.1" or url.startswith(("data:image", "blob:")):
            route.continue_()
        else:
            self.wrong.append(f"asked for {url[:100]}")
            route.abort()

    def open(self, path: str, *, wait: str | None = None) -> None:
        self.page.goto(self.site.url + path, wait_until="load")
        if wait:
            self.page.get_by_text(wait).first.wait_for(timeout=20_000)
        self.look(path)

    def look(self, where: str) -> None:
        self.page.wait_for_timeout(250)
        found = self.page.evaluate(LOOK)
        self.wrong += [f"{where}: {one}" for one in found]
        self.seen += self.page.content().count("alert")


@pytest.fixture(scope="module")
def chromium(program: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Any, site: Served) -> Iterator[Watched]:
    """A window without our own policy's help: what is not escaped would really run."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900})
    found = Watched(context, site)
    yield found
    context.close()
    assert found.wrong == []


def _sign_in(window: Watched) -> None:
    name, _, value = window.site.headers["admin"]["Cookie"].partition("=")
    window.page.context.add_cookies([{"name": name, "value": value, "url": window.site.url}])


def test_the_desk(window: Watched) -> None:
    _sign_in(window)
    for place, wait in (("thread", "alert"), ("noted", "alert"), ("closed", "alert")):
        window.open(f"/desk/inbox/{window.site.ids[place]}", wait=wait)
        for _ in range(4):
            window.page.mouse.wheel(0, -4000)
            window.look(place)
    for view in ("all", "closed", "mine", "queue"):
        window.open(f"/desk/inbox?view={view}")
    assert window.seen > 300


def test_customers_search_and_wallboard(window: Watched) -> None:
    _sign_in(window)
    window.open("/desk/customers")
    window.open(f"/desk/customers/{window.site.ids['panel_customer']}", wait="alert")
    window.open("/desk/wallboard")
    window.open("/desk/inbox")
    box = window.page.locator("input[type=search], input[role=searchbox]").first
    if box.count():
        for words in ("alert", "<img src=x onerror=alert(2)>"):
            box.fill(words)
            window.page.wait_for_timeout(600)
            window.look(f"search {words}")
    assert window.seen > 20


def test_the_panel(window: Watched) -> None:
    site = window.site
    with httpx.Client(base_url=site.url) as http:
        answer = http.post(
            f"/api/web/{site.key}/links", json={},
            headers={"Authorization": f"Bearer {site.ids['visitor_token']}"},
        )  # fmt: skip
    link = urlsplit(answer.json()["url"])
    window.open(f"{link.path}?lang=zh-CN#{link.fragment}", wait="alert")
    for _ in range(4):
        window.page.mouse.wheel(0, -4000)
        window.look("panel")
    assert window.seen > 100


def test_the_help_centre_and_the_rating_page(window: Watched) -> None:
    some = [one.encode("utf-8", "ignore").decode().replace("\0", "") for one in fragments()]
    step = max(1, len(some) // 40)
    for one in itertools.islice(some, 0, None, step):
        window.open(f"/help/search?q={quote(one[:300])}")
    survey = f"/r/{window.site.ids['survey']}"
    for text in together(some, 900)[:6]:
        window.page.goto(window.site.url + survey)
        window.page.locator("textarea").first.fill(text)
        window.page.evaluate("document.querySelector('textarea').form.submit()")
        window.page.wait_for_load_state("load")
        window.look("rating")
    assert window.seen > 10


def test_the_watch_sees_what_runs(chromium: Any, site: Served) -> None:
    context = chromium.new_context(bypass_csp=True)
    window = Watched(context, site)
    window.open("/help")
    window.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        "'<img src=x onerror=alert(1)><img src=http://evil.example/t.gif>"
        "<a href=javascript:alert(1)>x</a>')"
    )
    window.page.wait_for_timeout(400)
    window.look("injected")
    context.close()
    told = " ".join(window.wrong)
    assert "alert:1" in told
    assert "evil.example" in told
    assert "A href=javascript" in told
