"""Macros over HTTP: keep, look, run, and what is said where it cannot be."""

from uuid import uuid4

from peakend.conversations import actions as conversations
from tests.automation.conftest import Bench, Browser


async def test_keep_look_and_run(bench: Bench, browser: Browser) -> None:
    desk = await browser(bench.agent)
    body = {"shortcut": "smjd", "title": "上门登记", "steps": {"reply": "{{ customer.name }}您好"}}
    made = await desk.post("/api/macros", json=body)
    assert made.status_code == 201, made.text
    macro = made.json()
    assert (macro["scope"], macro["typed"]) == ("own", "shangmendengji smdj")
    path = f"/api/macros/{macro['id']}"
    steps = {"reply": "{{ customer.name }}您好", "tag_ids": [str(bench.tag_id)]}
    changed = await desk.patch(path, json={"steps": steps, "version": 1})
    assert changed.json()["version"] == 2
    stale = await desk.patch(path, json={"title": "x", "version": 1})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "automation.macro_stale")
    here = str(bench.conversation_id)
    seen = (await desk.post(f"{path}/previews", json={"conversation_id": here})).json()
    assert seen["reply"] == "王女士您好"
    given = {
        "client_id": str(uuid4()),
        "macro_id": macro["id"],
        "macro_version": seen["macro_version"],
        "version": seen["conversation_version"],
        "reply": "王女士您好，马上为您登记。",
    }
    ran = await desk.post(f"/api/conversations/{here}/macro-runs", json=given)
    assert ran.status_code == 200, ran.text
    assert [tag["name"] for tag in ran.json()["tags"]] == ["上门"]
    again = await desk.post(f"/api/conversations/{here}/macro-runs", json=given)
    assert again.status_code == 200
    said = (await desk.get(f"/api/conversations/{here}/messages")).json()["items"]
    assert [one["text"] for one in said if one["kind"] == "agent"] == ["王女士您好，马上为您登记。"]
    assert (await desk.delete(path)).status_code == 204
    assert (await desk.get("/api/macros")).json() == []


async def test_what_cannot_be_is_said_in_both_languages(bench: Bench, browser: Browser) -> None:
    macro_id = await bench.macro(reply="您好", tag_ids=[bench.tag_id])
    desk = await browser(bench.agent)
    here = str(bench.conversation_id)
    async with bench.floor.tx() as tx:
        await conversations.delete_tag(tx, tag_id=bench.tag_id)
    version = (await desk.get(f"/api/conversations/{here}")).json()["version"]
    given = {"client_id": str(uuid4()), "macro_id": str(macro_id), "macro_version": 1}
    for language, nothing, why in (
        ("zh-CN", "宏没有执行", "宏中的标签已被删除"),
        ("en", "nothing was changed", "A tag of the macro was deleted"),
    ):
        answer = await desk.post(
            f"/api/conversations/{here}/macro-runs",
            json={**given, "version": version},
            headers={"Accept-Language": language},
        )
        assert answer.status_code == 409
        assert nothing in answer.json()["error"]["message"]
        assert why in answer.json()["error"]["message"]
    said = (await desk.get(f"/api/conversations/{here}/messages")).json()["items"]
    assert [one for one in said if one["kind"] == "agent"] == []


async def test_hostile_macros(bench: Bench, browser: Browser) -> None:
    desk = await browser(bench.agent)
    base = {"shortcut": "x", "title": "x"}
    for steps in (
        {},
        {"reply": "{% for i in (1..9) %}x{% endfor %}"},
        {"reply": "{{ settings.key }}"},
        {"reply": "x" * 4_001},
        {"tag_ids": [str(uuid4())]},
        {"reason_id": str(uuid4())},
        {"tag_ids": [str(uuid4())] * 21},
        {"priority": "highest"},
        {"reply": "x", "run": "rm"},
        {"end": "transfer"},
    ):
        answer = await desk.post("/api/macros", json={**base, "steps": steps})
        assert answer.status_code == 422, (steps, answer.text)
    for to in ({"kind": "queue", "id": str(uuid4())}, {"kind": "agent", "id": str(uuid4())}):
        answer = await desk.post(
            "/api/macros", json={**base, "steps": {"end": "transfer", "to": to}}
        )
        assert answer.status_code == 404
    everybody = await desk.post(
        "/api/macros", json={**base, "steps": {"reply": "x"}, "scope": "all"}
    )
    assert everybody.status_code == 403
    assert (await desk.get("/api/macros")).json() == []
