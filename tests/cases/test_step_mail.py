"""A department is told of its step by mail, over a real SMTP conversation."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from peakend.accounts import queries as houses
from peakend.cases import actions, queries
from peakend.cases.rules.templates import TemplateStep
from peakend.kernel.settings import settings
from peakend.mail import actions as mail
from tests.cases.conftest import Desk
from tests.mail.servers import Box, a_server


@pytest.fixture
async def box(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Box]:
    monkeypatch.setattr(settings, "public_url", "https://desk.example")
    async with a_server(monkeypatch) as box:
        async with desk.tx() as tx:
            server = mail.ServerText(
                brand_id=(await houses.brands(tx))[0].id, host="127.0.0.1", port=box.port,
                tls="none", sender_email="service@mail.example.com", sender_name_zh="峰终客服",
                sender_name_en="Peakend Service",
            )  # fmt: skip
            await mail.set_server(tx, server=server)
        yield box


async def carried(desk: Desk) -> None:
    await desk.drain()
    await mail.Postman(desk.database, lambda: desk.now).carry()


async def test_once_for_each_time_it_is_ready(desk: Desk, box: Box) -> None:
    async with desk.tx() as tx:
        given = actions.DepartmentText(name_zh="安装服务部", email="fit@mail.example.com")
        department = await actions.add_department(tx, given=given)
        steps = [
            TemplateStep(key="visit", title_zh="上门安装", department_id=department),
            TemplateStep(key="call", title_zh="回访", department_id=department, after=["visit"]),
        ]
        template = await actions.add_template(
            tx, given=actions.TemplateText(name_zh="安装", steps=steps)
        )
    customer = await desk.customer("欧阳翠花")
    case_id = await desk.case(
        customer_id=customer, template_id=template, owner_id=desk.agent.id, title="装热水器"
    )
    await carried(desk)
    await carried(desk)
    [first] = box.came
    assert box.to == [["fit@mail.example.com"]]
    sent = box.mail()
    body = "".join(
        part.get_content() for part in sent.walk() if part.get_content_maintype() == "text"
    )
    visit = await step(desk, case_id, 0)
    assert f"https://desk.example/desk/cases/department/{visit}" in body
    assert "上门安装" in body
    assert "安装服务部" in body
    # Of the customer and the matter a mail says nothing: it may lie in anybody's mailbox.
    assert "欧阳" not in body
    assert "热水器" not in body
    async with desk.tx(desk.agent) as tx:
        await actions.finish_step(tx, step_id=visit, by=desk.agent)
    await carried(desk)
    assert len(box.came) == 2
    # Worked on once more, it is told of once more.
    desk.wait(5)
    async with desk.tx(desk.agent) as tx:
        await actions.resume_step(tx, step_id=visit, by=desk.agent)
    await carried(desk)
    assert len(box.came) == 3
    assert first != box.came[2]


async def step(desk: Desk, case_id: UUID, at: int) -> UUID:
    async with desk.tx(desk.agent) as tx:
        return (await queries.case_steps(tx, case_id, desk.agent)).steps[at].id
