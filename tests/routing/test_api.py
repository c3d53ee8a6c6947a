"""The routes, through the whole app: what the desk calls, and who may not."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from peakend.kernel.actors import Actor
from peakend.routing import actions
from tests.routing.floor import Floor

Browser = Callable[[Actor], Any]


@pytest.fixture
def browser(client: httpx.AsyncClient, floor: Floor) -> Browser:
    """Give browsers that hold sessions of members."""

    async def signed_in(member: Actor) -> httpx.AsyncClient:
        made = httpx.AsyncClient(
            transport=client._transport, base_url=client.base_url, headers=client.headers
        )
        await floor.sign_in(made, member)
        return made

    return signed_in


async def test_an_offer_is_taken_passed_on_and_taken_back(floor: Floor, browser: Browser) -> None:
    agent, other = await floor.hire("agent"), await floor.hire("other")
    desk = await browser(agent)
    went = await desk.put("/api/presence/me", json={"state": "ready"})
    assert went.status_code == 200, went.text
    assert went.json()["state"] == "ready"
    conversation_id = await floor.writes()
    await floor.drain()

    me = (await desk.get("/api/presence/me")).json()
    (offer,) = me["offers"]
    assert me["load"] == 1
    assert (offer["conversation_id"], offer["queue_name"]) == (str(conversation_id), "燃气服务")
    assert offer["row"]["id"] == str(conversation_id)
    assert offer["why"] == {"last_agent": False, "transfer": False}

    taken = await desk.post(
        f"/api/offers/{offer['leg_id']}/acceptances", json={"offer": offer["offer"]}
    )
    assert taken.status_code == 200, taken.text
    assert (taken.json()["state"], taken.json()["agent_id"]) == ("serving", str(agent.id))

    targets = (await desk.get("/api/transfer-targets")).json()
    assert [(each["name"], each["state"]) for each in targets["agents"]] == [("other", "offline")]
    (queue,) = targets["queues"]
    assert (queue["open"], queue["waiting"]) == (True, 0)
    assert queue["wait"] == {"low_s": 0, "high_s": 30}

    passed = await desk.post(
        f"/api/conversations/{conversation_id}/transfers",
        json={"to": {"kind": "queue", "id": str(floor.queue_id)}, "note": "换专员"},
    )
    assert passed.status_code == 200, passed.text
    assert passed.json()["state"] == "waiting"

    theirs = await browser(other)
    picked = await theirs.post(f"/api/conversations/{conversation_id}/picks")
    assert picked.status_code == 200, picked.text
    assert picked.json()["agent_id"] == str(other.id)
    back = await theirs.post(f"/api/conversations/{conversation_id}/returns")
    assert back.json()["state"] == "waiting"


async def test_refusing_and_coming_too_late(floor: Floor, browser: Browser) -> None:
    agent = await floor.hire("agent")
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    desk = await browser(agent)
    leg = await floor.need_leg(conversation_id)
    refused = await desk.post(f"/api/offers/{leg.id}/refusals", json={"offer": 1})
    assert refused.status_code == 204
    late = await desk.post(f"/api/offers/{leg.id}/acceptances", json={"offer": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "routing.offer_gone")


async def test_queues_and_hours_are_set_up(floor: Floor, browser: Browser) -> None:
    admin = await floor.hire("admin", role="admin", serves=False)
    agent = await floor.hire("agent", serves=False)
    desk = await browser(admin)
    hours = await desk.post(
        "/api/business-hours",
        json={
            "name": "客服时间",
            "time_zone": "Asia/Shanghai",
            "week": {"mon": [["08:30", "12:00"], ["13:30", "20:00"]]},
            "holidays": [{"on": "2026-10-01", "name": "国庆节"}],
        },
    )
    assert hours.status_code == 201, hours.text
    made = await desk.post(
        "/api/queues", json={"name": "上门维修", "hours_id": hours.json()["id"], "target_s": 15}
    )
    assert made.status_code == 201, made.text
    queue = made.json()
    assert (queue["name"], queue["target_s"], queue["waiting"]) == ("上门维修", 15, 0)
    people = await desk.put(
        f"/api/queues/{queue['id']}/members",
        json={"member_ids": [str(agent.id)], "team_ids": []},
    )
    assert people.json()["member_ids"] == [str(agent.id)]
    closed = await desk.put(f"/api/queues/{queue['id']}/state", json={"open": False})
    assert closed.json()["open"] is False
    stale = await desk.patch(
        f"/api/business-hours/{hours.json()['id']}",
        json={"name": "x", "time_zone": "Asia/Shanghai", "week": {}, "version": 9},
    )
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "routing.stale")
    wrong = await desk.post(
        "/api/business-hours", json={"name": "x", "time_zone": "Mars/Olympus", "week": {}}
    )
    assert wrong.status_code == 422
    assert [each["name"] for each in (await desk.get("/api/queues")).json()] == [
        "上门维修",
        "燃气服务",
    ]
    assert [fact.type for fact in await floor.facts("QueueOpened", "QueueClosed")] == [
        "QueueClosed"
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/queues/{queue}/state", {"open": False}),
        ("POST", "/queues", {"name": "x"}),
        ("PUT", "/presence/{me}", {"state": "break"}),
        ("PUT", "/members/{me}/capacity", {"capacity": 9}),
        ("POST", "/conversations/{conversation}/assignments", {"agent_id": "{me}"}),
        ("GET", "/wallboard", None),
        ("GET", "/metrics/sla.offered/explanation", None),
    ],
)
async def test_agents_do_not_manage(
    floor: Floor, browser: Browser, method: str, path: str, body: dict[str, Any] | None
) -> None:
    agent = await floor.hire("agent")
    conversation_id = await floor.writes()
    names = {"queue": floor.queue_id, "me": agent.id, "conversation": conversation_id}
    filled = {k: v.format(**names) if isinstance(v, str) else v for k, v in (body or {}).items()}
    desk = await browser(agent)
    answer = await desk.request(method, "/api" + path.format(**names), json=filled or None)
    assert answer.status_code == 403, answer.text


async def test_a_conversation_of_another_queue_is_not_there(floor: Floor, browser: Browser) -> None:
    stranger = await floor.hire("stranger", serves=False)
    conversation_id = await floor.writes()
    await floor.drain()
    desk = await browser(stranger)
    for path, body in (
        ("picks", None),
        ("returns", None),
        ("transfers", {"to": {"kind": "queue", "id": str(floor.queue_id)}}),
    ):
        answer = await desk.post(f"/api/conversations/{conversation_id}/{path}", json=body)
        assert answer.status_code == 404, (path, answer.text)


async def test_a_supervisor_moves_people_and_capacity(floor: Floor, browser: Browser) -> None:
    agent = await floor.hire("agent")
    boss = await floor.hire("boss", role="supervisor")
    desk = await browser(boss)
    moved = await desk.put(f"/api/presence/{agent.id}", json={"state": "ready"})
    assert (moved.status_code, moved.json()["state"]) == (200, "ready")
    more = await desk.put(f"/api/members/{agent.id}/capacity", json={"capacity": 5})
    assert more.json()["capacity"] == 5
    conversation_id = await floor.writes()
    await floor.drain()
    given = await desk.post(
        f"/api/conversations/{conversation_id}/assignments", json={"agent_id": str(agent.id)}
    )
    assert (given.status_code, given.json()["agent_id"]) == (200, str(agent.id))


async def test_the_visitor_sees_place_and_range(floor: Floor) -> None:
    from peakend.routing.queries import visitor_view

    agent = await floor.hire("agent", capacity=1)
    await floor.ready(agent)
    await floor.served(agent)
    first, second = await floor.writes(), await floor.writes()
    await floor.drain()
    seen = []
    for conversation_id in (first, second):
        conversation = await floor.conversation(conversation_id)
        async with floor.tx() as tx:
            view = await visitor_view(
                tx, conversation=conversation, channel_id=conversation.channel_id
            )
        seen.append(view["waiting"])
        assert [way["kind"] for way in view["others"]] == ["callback_message", "help"]
    assert [each["position"] for each in seen] == [1, 2]
    assert 0 < seen[0]["low_s"] < seen[0]["high_s"]
    assert seen[0]["high_s"] < seen[1]["high_s"]
    await floor.ready(agent, state="offline")
    conversation = await floor.conversation(first)
    async with floor.tx() as tx:
        view = await visitor_view(tx, conversation=conversation, channel_id=floor.channel_id)
    assert (view["waiting"]["position"], view["waiting"]["low_s"]) == (1, None)
    async with floor.tx() as tx:
        await actions.open_or_close(tx, floor.queue_id, is_open=False)
    late = await floor.conversation(await floor.writes())
    await floor.drain()
    late = await floor.conversation(late.id)
    async with floor.tx() as tx:
        view = await visitor_view(tx, conversation=late, channel_id=floor.channel_id)
    assert view["out_of_hours"]["promised_at"] is not None
