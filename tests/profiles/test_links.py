"""Links and panels: what an address carries, who can check it, and what may be framed."""

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.profiles.rules.links import link_url, signature
from tests.profiles.conftest import House
from tests.routing.floor import Floor

ROOT = Path(__file__).parents[2]
CRM = {
    "kind": "panel",
    "name_zh": "订单<b>",
    "name_en": "Orders",
    "url": "https://crm.example.com/orders?shop=1",
    "variables": ["customer_id", "customer_field.member_no", "customer_field.id_card"],
}


async def _link(house: House, **more: Any) -> Any:
    return await house.make("/context-links", CRM | more)


async def _opened(house: House, link: str, query: str = "") -> dict[str, str]:
    path = f"/customers/{house.customer}/context-links/{link}{query}"
    answer = await house.agent.get(path)
    assert answer.status_code == 200, answer.text
    return dict(parse_qsl(urlsplit(answer.json()["url"]).query))


def _genuine(given: dict[str, str], secret: str, mark: str = "sig") -> bool:
    """Check an address as the other side does."""
    rest = {name: value for name, value in given.items() if name not in ("sig", "sig_old")}
    return signature(secret, rest) == given.get(mark) and int(rest["exp"]) > clock.now().timestamp()


async def test_an_address_is_signed_ends_and_carries_nothing_private(house: House) -> None:
    number = await house.field("member_no")
    card = await house.field("id_card", privacy="personal")
    await house.fill(number, "AJ 1&2")
    await house.fill(card, "620102199003071234")
    made = await _link(house)
    given = await _opened(house, made["link"]["id"])
    assert given["customer_id"] == house.customer
    assert given["customer_field.member_no"] == "AJ 1&2"
    assert given["shop"] == "1"
    assert "customer_field.id_card" not in given
    assert _genuine(given, made["secret"])
    assert not _genuine(given | {"customer_id": "x"}, made["secret"])
    assert int(given["exp"]) - clock.now().timestamp() <= 300
    again = await _opened(house, made["link"]["id"])
    assert again["nonce"] != given["nonce"]
    listed = (await house.admin.get("/context-links")).text
    assert made["secret"] not in listed


async def test_a_new_secret_leaves_a_day_for_the_old_one(house: House) -> None:
    made = await _link(house)
    link = made["link"]["id"]
    newer = await house.make(f"/context-links/{link}/secrets", {})
    assert newer["secret"] != made["secret"]
    given = await _opened(house, link)
    assert _genuine(given, newer["secret"])
    assert _genuine(given, made["secret"], "sig_old")
    async with house.database.transaction(Actor.system(house.organisation_id)) as tx:
        await tx.run("UPDATE context_link SET old_until = now() - interval '1 minute'")
    assert "sig_old" not in await _opened(house, link)


async def test_what_the_desk_says_to_check_by_checks(house: House) -> None:
    shown = (ROOT / "web/desk/src/contexts/profiles/admin/parts/LinkSecret.vue").read_text()
    code = shown.split("const sample = `")[1].split("`")[0]
    made = await _link(house)
    link = made["link"]["id"]
    newer = await house.make(f"/context-links/{link}/secrets", {})
    path = f"/customers/{house.customer}/context-links/{link}"
    query = urlsplit((await house.agent.get(path)).json()["url"]).query
    for secret, good in ((made["secret"], True), (newer["secret"], True), ("other", False)):
        known: dict[str, Any] = {"query": query, "SECRET": secret}
        exec(code, known)
        assert known["ok"] is good


async def test_a_panel_frames_its_host_only(house: House) -> None:
    made = await _link(house)
    path = f"/customers/{house.customer}/context-panels/{made['link']['id']}"
    answer = await house.agent.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "frame-src https://crm.example.com;" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "<b>" not in answer.text
    assert 'sandbox="allow-scripts allow-forms allow-same-origin allow-popups"' in answer.text
    source = re.search(r'src="([^"]+)"', answer.text)
    assert source is not None
    given = dict(parse_qsl(urlsplit(html.unescape(source[1])).query))
    assert _genuine(given, made["secret"])


async def test_what_stands_beside_a_conversation_needs_its_sight(house: House) -> None:
    floor = Floor(house.database, house.organisation_id)
    await floor.open()
    one = await floor.writes()
    made = await _link(house, of="conversation", variables=["conversation_number", "channel"])
    link = made["link"]["id"]
    path = f"/customers/{house.customer}/context-links/{link}"
    assert (await house.boss.get(path)).status_code == 404
    assert (await house.agent.get(f"{path}?conversation={one}")).status_code == 404
    answer = await house.boss.get(f"{path}?conversation={one}")
    given = dict(parse_qsl(urlsplit(answer.json()["url"]).query))
    assert {"conversation_number", "channel"} <= set(given)
    beside = (await house.boss.get(f"/conversations/{one}/profile")).json()
    assert [shown["id"] for shown in beside["links"]] == [link]
    assert beside["customer"]["links"] == []


async def test_archived_and_stale(house: House) -> None:
    link = (await _link(house))["link"]["id"]
    gone = await house.admin.send(
        "PATCH", f"/context-links/{link}", {"version": 1, "archived": True}
    )
    assert gone.status_code == 200
    path = f"/customers/{house.customer}/context-links/{link}"
    assert (await house.agent.get(path)).status_code == 404
    stale = await house.admin.send(
        "PATCH", f"/context-links/{link}", {"version": 1, "name_en": "x"}
    )
    assert stale.status_code == 409
    assert (await house.facts()).count("ContextLinkChanged") == 2


@pytest.mark.parametrize(
    "more",
    [
        {"url": "http://crm.example.com/"},
        {"url": "javascript:alert(1)"},
        {"url": "https://a@crm.example.com/"},
        {"url": "https://crm.example.com/?sig=1"},
        {"url": "https://crm.example.com/;x"},
        {"url": "https://localhost/"},
        {"variables": ["customer_phone"]},
        {"variables": ["conversation_id"]},
        {"variables": ["customer_field.A"]},
        {"height": 5},
    ],
)
async def test_nonsense_is_refused(house: House, more: dict[str, Any]) -> None:
    answer = await house.admin.send("POST", "/context-links", CRM | more)
    assert answer.status_code == 422, answer.text


def test_our_own_host_is_no_panel() -> None:
    assert link_url("https://desk.example.com/x", "desk.example.com") is None
    assert link_url("https://DESK.example.com:444/x", "desk.example.com") is None
    assert link_url("https://crm.example.com", "desk.example.com") == "https://crm.example.com/"
