"""Steps of a case across departments: laid, worked, sent back, late; links for outsiders."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from PIL import Image

from peakend.cases import actions, queries
from peakend.cases.queries.steps import CaseStep
from peakend.cases.rules.templates import TemplateCheck, TemplateStep
from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.errors import NotFound
from peakend.kernel.ids import new_id
from peakend.routing import actions as routing
from tests.cases.conftest import Desk

Browser = Callable[[Actor], Awaitable[httpx.AsyncClient]]


@dataclass
class House:
    """A desk with a department of two, a template of four steps, and somebody of no department."""

    desk: Desk
    fitter: Actor
    second: Actor
    department: UUID
    template: UUID

    async def steps(self, case_id: UUID, by: Actor | None = None) -> dict[str, CaseStep]:
        """Return the steps of a case by their keys."""
        by = by or self.desk.agent
        async with self.desk.tx(by) as tx:
            return {one.key: one for one in (await queries.case_steps(tx, case_id, by)).steps}

    async def does(self, name: str, step_id: UUID, by: Actor, **more: Any) -> None:
        """Do something to a step."""
        async with self.desk.tx(by) as tx:
            await getattr(actions, f"{name}_step")(tx, step_id=step_id, by=by, **more)

    async def case(self, **more: Any) -> UUID:
        """Open a case with the template."""
        return await self.desk.case(template_id=self.template, owner_id=self.desk.agent.id, **more)


def outsider(actor: Actor) -> Actor:
    """Return a member who may work the steps of his departments and nothing else."""
    return msgspec.structs.replace(
        actor, permissions=frozenset({"cases.department"}), scope="own", queue_ids=frozenset()
    )


@pytest.fixture
def anybody(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give a browser that nobody has signed in with."""
    return client


@pytest.fixture
def browser(client: httpx.AsyncClient, desk: Desk) -> Browser:
    """Give browsers that hold sessions of members."""

    async def signed_in(member: Actor) -> httpx.AsyncClient:
        made = httpx.AsyncClient(
            transport=client._transport, base_url=client.base_url, headers=client.headers
        )
        await desk.sign_in(made, member)
        return made

    return signed_in


@pytest.fixture
async def house(desk: Desk) -> House:
    fitter = outsider(await desk.hire("liu.gang", serves=False))
    second = outsider(await desk.hire("he.fang", serves=False))
    async with desk.tx() as tx:
        department = await actions.add_department(
            tx,
            given=actions.DepartmentText(
                name_zh="上门服务部", name_en="Field service", duty="in_turn",
                members=[actions.DepartmentBelonging(one.id) for one in (fitter, second)],
            ),
        )  # fmt: skip
        given = actions.TemplateText(
            name_zh="上门检修",
            steps=[
                TemplateStep(key="look", title_zh="核对型号", who="owner", due_minutes=60),
                TemplateStep(
                    key="part", title_zh="备件", department_id=department, after=["look"],
                    due_minutes=60, checklist=[TemplateCheck(zh="核对库存", en="Check the stock")],
                ),
                TemplateStep(
                    key="visit", title_zh="上门", who="outsider", after=["look"], due_minutes=600
                ),
                TemplateStep(key="check", title_zh="回访", who="owner", after=["part", "visit"]),
            ],
        )  # fmt: skip
        template = await actions.add_template(tx, given=given)
    return House(desk, fitter, second, department, template)


def states(steps: dict[str, CaseStep]) -> str:
    return " ".join(step.state for step in steps.values())


async def test_a_case_goes_through_its_steps(house: House) -> None:
    case_id = await house.case()
    agent, steps = house.desk.agent, await house.steps(case_id)
    assert states(steps) == "ready waiting waiting waiting"
    assert steps["look"].assigned_to == agent.id
    assert steps["check"].waits_for == [steps["part"].id, steps["visit"].id]
    assert set(steps["look"].downstream) == {steps[key].id for key in ("part", "visit", "check")}
    await house.does("finish", steps["look"].id, agent, words="型号 JZT-7B")
    steps = await house.steps(case_id)
    assert states(steps) == "done ready ready waiting"
    assert steps["part"].assigned_to == house.fitter.id
    async with house.desk.tx() as tx:
        heard = await tx.value(
            "SELECT payload->'member_ids' FROM event"
            " WHERE type = 'StepReady' AND payload->>'key' = 'part'"
        )
    assert heard == [str(house.fitter.id)]
    house.desk.wait(120)
    await house.does("take", steps["part"].id, house.fitter)
    with pytest.raises(actions.StepNotAllowed):
        await house.does("take", steps["part"].id, house.second)
    with pytest.raises(actions.ChecksOpen):
        await house.does("finish", steps["part"].id, house.fitter)
    await house.does("tick", steps["part"].id, house.fitter, line=0, ticked=True)
    house.desk.wait(300)
    await house.does("finish", steps["part"].id, house.fitter)
    await house.does("skip", steps["visit"].id, agent, words="客户自行取件")
    steps = await house.steps(case_id)
    assert states(steps) == "done done skipped ready"
    await house.does("finish", steps["check"].id, agent)
    told = await house.desk.facts(case_id)
    assert told.count("StepReady") == 4
    assert told[-1] == "StepsEnded"
    async with house.desk.tx() as tx:
        done = await tx.value(
            "SELECT payload FROM event WHERE type = 'StepDone' AND payload->>'key' = 'part'"
        )
    assert (done["waited_s"], done["worked_s"], done["in_time"]) == (120, 300, True)
    async with house.desk.tx() as tx:
        times = {one.key: one for one in await queries.step_times(tx, 30)}
    assert (times["part"].waited_s, times["part"].worked_s, times["part"].done) == (120, 300, 1)


async def test_turns_go_round(house: House) -> None:
    turns = []
    for _ in range(3):
        case_id = await house.case()
        await house.does("finish", (await house.steps(case_id))["look"].id, house.desk.agent)
        turns.append((await house.steps(case_id))["part"].assigned_to)
    assert turns == [house.fitter.id, house.second.id, house.fitter.id]


async def test_what_comes_back_is_given_anew(house: House) -> None:
    case_id, agent = await house.case(), house.desk.agent
    steps = await house.steps(case_id)
    await house.does("finish", steps["look"].id, agent)
    with pytest.raises(actions.WordsNeeded):
        await house.does("return", steps["part"].id, house.fitter, words=" ")
    await house.does("return", steps["part"].id, house.fitter, words="缺少型号照片")
    part = (await house.steps(case_id))["part"]
    assert (part.state, part.returned, part.outcome) == ("returned", 1, "缺少型号照片")
    with pytest.raises(NotFound):
        await house.does("resume", part.id, house.fitter)
    await house.does("resume", part.id, agent)
    assert (await house.steps(case_id))["part"].state == "ready"
    # What is looked at once more has what comes after it wait again.
    await house.does("resume", steps["look"].id, agent)
    assert states(await house.steps(case_id)) == "ready waiting waiting waiting"


async def test_two_who_finish_at_once_go_on_once(house: House) -> None:
    case_id, agent = await house.case(), house.desk.agent
    await house.does("finish", (await house.steps(case_id))["look"].id, agent)
    steps = await house.steps(case_id)
    await house.does("tick", steps["part"].id, house.fitter, line=0, ticked=True)
    seen = (await house.steps(case_id))["part"].version
    await house.does("finish", steps["part"].id, house.fitter, version=seen)
    with pytest.raises(queries.StepStale):
        await house.does("finish", steps["part"].id, house.second, version=seen)


async def test_a_department_sees_its_steps_and_nothing_else(house: House) -> None:
    case_id, agent = await house.case(), house.desk.agent
    other = await house.case()
    steps = await house.steps(case_id)
    async with house.desk.tx(agent) as tx:
        for visible, words in (("staff", "内部备注"), ("departments", "客户周四在家")):
            await actions.add_entry(
                tx, case_id=case_id, kind="note", words=words, visible=visible, by=agent
            )
    # Not ready is not theirs yet, and another's step never is: 404 like one that is not there.
    for step in (steps["part"], steps["look"], (await house.steps(other))["part"]):
        async with house.desk.tx(house.fitter) as tx:
            with pytest.raises(queries.StepNotFound):
                await queries.department_step(tx, step.id, house.fitter)
    await house.does("finish", steps["look"].id, agent)
    async with house.desk.tx(house.fitter) as tx:
        (line,) = await queries.department_steps(tx, house.fitter)
        shown = await queries.department_step(tx, line.id, house.fitter)
        with pytest.raises(NotFound):
            await queries.case_steps(tx, case_id, house.fitter)
    assert (line.title, line.mine, line.customer) == ("备件", True, "王**")
    assert [one.words for one in shown.lines] == ["客户周四在家"]
    async with house.desk.tx(house.desk.other) as tx:
        assert await queries.department_steps(tx, house.desk.other) == []


async def test_a_step_is_warned_of_and_late_once(house: House) -> None:
    async with house.desk.tx() as tx:
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        hours = await routing.save_hours(
            tx, name="白班", time_zone="Asia/Shanghai", holidays=[],
            week={day: [["00:00", "24:00"]] for day in days},
        )  # fmt: skip
        given = actions.DepartmentText(name_zh="上门服务部", hours_id=hours.id)
        await actions.change_department(tx, department_id=house.department, given=given, version=1)
    case_id = await house.case()
    await house.does("finish", (await house.steps(case_id))["look"].id, house.desk.agent)
    await house.desk.drain()
    for seconds in (46 * 60, 0, 15 * 60, 0, 3600):
        house.desk.wait(seconds)
        await house.desk.drain()
    told = await house.desk.facts(case_id)
    assert (told.count("StepWarned"), told.count("StepOverdue")) == (1, 1)
    assert (await house.steps(case_id))["part"].near == "late"


async def test_the_template_of_a_reason_is_that_of_its_family(house: House) -> None:
    async with house.desk.tx() as tx:
        top, leaf = new_id(), new_id()
        nodes = [
            conversations.ReasonNode(top, None, "燃气灶", "Gas hob", 0, True),
            conversations.ReasonNode(leaf, top, "打不着火", "No spark", 0, True),
        ]
        await conversations.publish_reasons(tx, nodes=nodes, by=house.desk.system)
    async with house.desk.tx() as tx:
        known = await queries.template(tx, house.template)
        given = actions.TemplateText(name_zh="上门检修", reason_ids=[top], steps=known.steps)
        await actions.change_template(
            tx, template_id=house.template, given=given, version=known.version
        )
    case_id = await house.desk.case(reason_id=leaf)
    assert len(await house.steps(case_id)) == 4
    assert (await house.desk.row(case_id)).template_id == house.template
    # A change of the template changes no case that is under way.
    async with house.desk.tx() as tx:
        less = msgspec.structs.replace(given, steps=known.steps[:1])
        await actions.change_template(tx, template_id=house.template, given=less, version=2)
        with pytest.raises(queries.TemplateStale):
            await actions.change_template(tx, template_id=house.template, given=less, version=2)
    assert len(await house.steps(case_id)) == 4
    assert len(await house.steps(await house.desk.case(reason_id=leaf))) == 1


async def test_a_reason_has_one_template(house: House) -> None:
    one, other = new_id(), new_id()
    async with house.desk.tx() as tx:
        nodes = [
            conversations.ReasonNode(reason, None, name, name, at, True)
            for at, (reason, name) in enumerate([(one, "打不着火"), (other, "漏水")])
        ]
        await conversations.publish_reasons(tx, nodes=nodes, by=house.desk.system)
        steps = [TemplateStep(key="a", title_zh="甲", who="owner")]
        given = actions.TemplateText(name_zh="两样", reason_ids=[one, other], steps=steps)
        first = await actions.add_template(tx, given=given)
    async with house.desk.tx() as tx:
        assert (await queries.template(tx, first)).reason_names == ["打不着火", "漏水"]
        with pytest.raises(actions.ReasonTaken):
            await actions.add_template(
                tx, given=msgspec.structs.replace(given, name_zh="又一个", reason_ids=[other])
            )
    async with house.desk.tx() as tx:
        less = msgspec.structs.replace(given, active=False)
        await actions.change_template(tx, template_id=first, given=less, version=1)
        assert (await queries.template(tx, first)).reason_ids == []
        assert [one.title_zh for one in await queries.template_steps(tx, first, 1)] == ["甲"]
    # What a retired template went with is free again.
    async with house.desk.tx() as tx:
        await actions.add_template(
            tx, given=msgspec.structs.replace(given, name_zh="又一个", reason_ids=[other])
        )


async def test_a_department_that_templates_need_is_not_closed(
    house: House, browser: Browser
) -> None:
    case_id = await house.case()
    await house.does("finish", (await house.steps(case_id))["look"].id, house.desk.agent)
    admin = await house.desk.hire("fang.li", role="admin", serves=False)
    client = await browser(admin)
    body = {"name_zh": "上门服务部", "active": False, "version": 1}
    path = f"/api/departments/{house.department}"
    house.desk.wait(1)
    refused = await client.put(path, json=body)
    assert (refused.status_code, "上门检修" in refused.text) == (409, True)
    assert (await client.get("/api/department-loads")).json() == [
        {"department_id": str(house.department), "ready": 1, "taken": 0, "late": 0}
    ]
    [lies] = (await client.get(f"{path}/steps")).json()
    assert (lies["title"], lies["case_id"], lies["state"]) == ("备件", str(case_id), "ready")
    async with house.desk.tx() as tx:
        known = await queries.template(tx, house.template)
        less = actions.TemplateText(name_zh="上门检修", steps=known.steps, active=False)
        await actions.change_template(tx, template_id=house.template, given=less, version=1)
    body["version"] = (await client.get("/api/departments")).json()[0]["version"]
    assert (await client.put(path, json=body)).status_code == 200
    # What lies with it stays with it until it ends.
    assert len((await client.get(f"{path}/steps")).json()) == 1


async def test_circles_are_refused_by_name(house: House, browser: Browser) -> None:
    admin = await house.desk.hire("fang.li", role="admin", serves=False)
    client = await browser(admin)
    steps = [
        {"key": "a", "title_zh": "甲", "who": "owner", "after": ["b"]},
        {"key": "b", "title_zh": "乙", "who": "owner", "after": ["a"]},
    ]
    answer = await client.post("/api/case-templates", json={"name_zh": "圈", "steps": steps})
    assert answer.status_code == 422
    assert "甲 → 乙 → 甲" in answer.text


async def test_an_added_step_and_another_department(house: House, browser: Browser) -> None:
    case_id, agent = await house.desk.case(), house.desk.agent
    client = await browser(agent)
    asked = {"title": "核对账单", "department_id": str(house.department), "words": "是否重复扣费"}
    answer = await client.post(f"/api/cases/{case_id}/steps", json=asked)
    (step,) = answer.json()["steps"]
    assert (answer.status_code, step["state"]) == (201, "ready")
    async with house.desk.tx() as tx:
        billing = await actions.add_department(tx, given=actions.DepartmentText(name_zh="账务部"))
    given = {"department_id": str(billing), "version": step["version"]}
    moved = await client.post(f"/api/case-steps/{step['id']}/departments", json=given)
    assert moved.status_code == 204
    (step,) = (await client.get(f"/api/cases/{case_id}/steps")).json()["steps"]
    assert (step["department_name"], step["state"]) == ("账务部", "ready")
    stranger = await browser(house.desk.other)
    assert (await stranger.get(f"/api/cases/{case_id}/steps")).status_code == 404
    assert (await stranger.post(f"/api/cases/{case_id}/steps", json=asked)).status_code == 404
    taken = await stranger.post(f"/api/case-steps/{step['id']}/takes", json={"version": 1})
    assert taken.status_code == 404


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (8, 8), "#0b6b75").save(made, "PNG")
    return made.getvalue()


async def linked(house: House, **more: Any) -> tuple[UUID, UUID, str]:
    """Open a case whose visit waits for an outsider; return it, the link and its address."""
    case_id, agent = await house.case(), house.desk.agent
    await house.does("finish", (await house.steps(case_id))["look"].id, agent)
    step_id = (await house.steps(case_id))["visit"].id
    async with house.desk.tx(agent) as tx:
        given = {"name": "张师傅", "days": 7, "shows_customer": False} | more
        guest_id = await actions.make_guest(tx, step_id=step_id, by=agent, **given)
    return case_id, guest_id, f"/g/{queries.guest_token(house.desk.organisation_id, guest_id)}"


async def test_an_outsider_works_one_step_by_a_link(
    house: House, anybody: httpx.AsyncClient
) -> None:
    case_id, _, path = await linked(house)
    page = await anybody.get(path, headers={"accept-language": "zh-CN"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "上门" in page.text
    assert "王**" in page.text
    assert "王女士" not in page.text
    english = await anybody.get(f"{path}?lang=en")
    assert "Finish this step" in english.text
    line = {"act": "write", "words": "<b>已到小区</b>"}
    file = {"picture": ("灶台.png", picture(), "image/png")}
    wrote = await anybody.post(path, data=line, files=file)
    assert wrote.status_code == 303
    assert "&lt;b&gt;已到小区" in (await anybody.get(path)).text
    text = {"picture": ("a.txt", b"hello", "text/plain")}
    assert (await anybody.post(path, data=line, files=text)).status_code == 422
    assert (await anybody.post(path, data={"act": "return", "words": ""})).status_code == 422
    done = await anybody.post(path, data={"act": "finish", "words": "已更换点火器"})
    assert done.status_code == 303
    assert (await house.steps(case_id))["visit"].state == "done"
    assert (await anybody.post(path, data={"act": "finish"})).status_code == 409


async def test_a_link_opens_one_step_until_it_ends(
    house: House, anybody: httpx.AsyncClient
) -> None:
    _, guest_id, path = await linked(house)
    _, _, other = await linked(house)
    head, _, signature = path.partition(".")
    cases = [
        f"{head}.{other.partition('.')[2]}", head, f"{head}.", f"{path}x", "/g/%00",
        "/g/" + "a" * 500, path.replace(signature, signature[::-1]),
    ]  # fmt: skip
    answers = [await anybody.get(one) for one in cases]
    assert {one.status_code for one in answers} == {404}
    posted = [await anybody.post(one, data={"act": "finish"}) for one in cases]
    assert {one.status_code for one in posted} == {404}
    with pytest.raises(NotFound):
        async with house.desk.tx(house.desk.other) as tx:
            await actions.revoke_guest(tx, guest_id=guest_id, by=house.desk.other)
    async with house.desk.tx(house.desk.agent) as tx:
        await actions.revoke_guest(tx, guest_id=guest_id, by=house.desk.agent)
    for answer in (await anybody.get(path), await anybody.post(path, data={"act": "finish"})):
        assert answer.status_code == 404
    house.desk.wait(8 * 86400)
    async with house.desk.tx() as tx:
        _, known = queries.guest_of_token(other.removeprefix("/g/"))
        with pytest.raises(queries.GuestNotFound):
            await queries.good_guest(tx, known)


async def test_an_outsiders_words_stand_under_his_name(house: House) -> None:
    case_id, agent = await house.case(), house.desk.agent
    look = (await house.steps(case_id))["look"]
    await house.does("finish", look.id, agent)
    visit = (await house.steps(case_id))["visit"]
    async with house.desk.tx(agent) as tx:
        guest_id = await actions.make_guest(
            tx, step_id=visit.id, name="王师傅", company="顺达维修", days=3, shows_customer=False,
            by=agent,
        )  # fmt: skip
    guest = Actor(organisation_id=agent.organisation_id, kind="visitor", id=guest_id, name="")
    async with house.desk.tx(guest) as tx:
        await actions.open_as_guest(tx, await queries.good_guest(tx, guest_id))
        await actions.finish_as_guest(tx, guest_id=guest_id, words="换好了")
    async with house.desk.tx(agent) as tx:
        lines = await queries.timeline(tx, case_id)
        [view] = await queries.guest_views(tx, visit.id)
    [said] = [one for one in lines if one.words == "换好了"]
    [done] = [one for one in lines if one.type == "StepDone" and one.by_kind == "guest"]
    assert (said.by_kind, said.by_name) == ("guest", "王师傅 · 顺达维修")
    assert (done.by_name, done.step) == ("王师傅 · 顺达维修", "上门")
    assert view.used_at is not None
    assert (await house.steps(case_id))["visit"].worked_s is not None
