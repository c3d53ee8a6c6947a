"""The launcher, the panel's page and the demo shop, as a browser gets them."""

import re
from uuid import UUID

import httpx
import pytest

from peakend.conversations import actions
from peakend.customers.queries import verify_identity
from peakend.entry import widget_pages
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings

PANEL = '<html lang="__LANG__"><title>__TITLE__</title><body data-key="__KEY__">__NOSCRIPT__'


@pytest.fixture
def built(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Built files without a build."""
    (tmp_path / "panel.html").write_text(PANEL, "utf-8")
    (tmp_path / "widget.js").write_text("launch()" * 100)
    (tmp_path / "panel-AB12.css").write_text(":root{}")
    monkeypatch.setattr(widget_pages, "_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
async def key(database: Database, organisation: UUID) -> str:
    """The public key of a channel that two sites may embed."""
    async with database.transaction(Actor.system(organisation)) as tx:
        channel_id = await actions.add_channel(
            tx,
            name="Shop",
            changes={
                "domains": ["shop.example", "*.anju.example"],
                "look": {"title_en": 'Ask <b>"us"</b>'},
            },
        )
        found: str = await tx.value("SELECT key FROM channel WHERE id = $1", channel_id)
        return found


@pytest.mark.usefixtures("built")
async def test_panel_may_be_framed_only_by_its_channels_domains(
    client: httpx.AsyncClient, key: str
) -> None:
    answer = await client.get(f"/w/{key}")
    policy = answer.headers["content-security-policy"]
    ancestors = re.search(r"frame-ancestors ([^;]*)", policy)
    assert ancestors
    assert set(ancestors[1].split()) == {
        "'self'",
        "https://shop.example",
        "http://shop.example",
        "https://*.anju.example",
        "http://*.anju.example",
    }
    assert "script-src 'self';" in policy
    assert "x-frame-options" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.usefixtures("built")
async def test_panel_escapes_what_stands_in_it(client: httpx.AsyncClient, key: str) -> None:
    text = (await client.get(f"/w/{key}?lang=en")).text
    assert "<b>" not in text
    assert "Ask &lt;b&gt;&quot;us&quot;&lt;/b&gt;" in text
    assert f'data-key="{key}"' in text


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("unknown", ["nobody", "x" * 200, "%00", "..%2f..", "中文", "'--"])
async def test_unknown_key_says_so(client: httpx.AsyncClient, unknown: str) -> None:
    answer = await client.get(f"/w/{unknown}")
    assert answer.status_code == 404
    assert "__KEY__" not in answer.text


@pytest.mark.usefixtures("built")
async def test_launcher_and_parts(client: httpx.AsyncClient) -> None:
    launcher = await client.get("/widget.js")
    assert launcher.text.startswith("launch()")
    assert launcher.headers["content-encoding"] == "gzip"
    assert launcher.headers["cross-origin-resource-policy"] == "cross-origin"
    assert launcher.headers["content-type"].count("charset") == 1
    part = await client.get("/widget-assets/panel-AB12.css")
    assert "immutable" in part.headers["cache-control"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "name", ["panel.html", "..%2fpanel.html", "%2e%2e/widget.js", "none.js", "/etc/passwd", ".js"]
)
async def test_only_parts_are_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/widget-assets/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/shop", "/shop/identity/key", "/shop/services/hob-repair"])
async def test_there_is_no_shop_outside_the_demo(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_shop_shows_its_services_in_both_languages(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(settings, "demo", True)
    chinese = (await client.get("/shop?lang=zh-CN")).text
    assert "灶具检修" in chinese
    assert '<html lang="zh-CN">' in chinese
    assert f'data-channel="{key}"' in chinese
    english = (await client.get("/shop?lang=en")).text
    assert "Hob repair" in english
    assert "http" not in re.sub(r"https?://www\.w3\.org\S*", "", english)
    assert (await client.get("/shop/services/hob-repair?lang=en")).status_code == 200
    assert (await client.get("/shop/services/none")).status_code == 404


async def test_the_shop_signs_its_customer_in(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    monkeypatch.setattr(settings, "demo", True)
    identity = (await client.get(f"/shop/identity/{key}")).json()
    again = (await client.get(f"/shop/identity/{key}")).json()
    assert again["id"] == identity["id"]
    begun = await client.post(f"/api/web/{key}/sessions", json={"identity": identity})
    assert begun.json()["identified"] is True
    forged = {**identity, "id": "somebody-else"}
    begun = await client.post(f"/api/web/{key}/sessions", json={"identity": forged})
    assert begun.json()["identified"] is False
    assert not verify_identity("wrong", identity, clock.now()).verified
