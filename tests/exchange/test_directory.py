"""The directory as a table: in words of either language, vouched for by nobody, back as it was."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.conversations import actions as conversations
from peakend.directory import queries as directory
from peakend.exchange import queries
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from tests.exchange.conftest import Dock, counts
from tests.exchange.test_articles import carried_out

HEAD = (
    "名称,英文名称,类别,负责人,能解决,能解决（英文）,联系原因,权限,单笔金额上限（元）,营业时间,"
    "时间说明,可直接转接到,转接对象,电话,邮箱,网址,备注,核实周期（天）\n"
)


async def house(dock: Dock) -> None:
    """Contact reasons, a team and an owner."""
    async with dock.floor.tx() as tx:
        bills, refunds, meters = (new_id() for _ in range(3))
        nodes = [
            conversations.ReasonNode(bills, None, "账单", "Bills", 0, True),
            conversations.ReasonNode(refunds, bills, "退款", "Refunds", 0, True),
            conversations.ReasonNode(meters, None, "抄表", "Meters", 1, True),
        ]
        await conversations.publish_reasons(tx, nodes=nodes, by=dock.floor.system)
        await accounts.add_team(tx, name="燃气组")
    await dock.floor.hire("wang@example.com")


async def entries(dock: Dock, language: str = "zh-CN") -> dict[str, directory.DirectoryEntry]:
    reader = Actor(organisation_id=dock.floor.organisation_id, kind="member", language=language)
    async with dock.floor.tx() as tx:
        return {one.name_zh: one for one in await directory.entries(tx, reader)}


async def test_what_is_wrong_is_said_by_line_and_column(dock: Dock) -> None:
    await house(dock)
    done = await dock.all_in(
        HEAD
        + "财务退款,Refunds,部门,wang@example.com,退款,Refunds,账单 / 退款；抄表,"
        + '当天批复,"5,000.50",'
        + ",工作日,团队,燃气组,400-000-0000 转 806,refund@example.com,https://a.example.com,先报户号,30\n"
        + "只有名称"
        + "," * 17
        + "\n"
        + ",没有中文"
        + "," * 16
        + "\n"
        + "类别错,,机器"
        + "," * 15
        + "\n"
        + "没有人,,,赵无人"
        + "," * 14
        + "\n"
        + "原因错,,,,,,搬家"
        + "," * 11
        + "\n"
        + "金额错,,,,,,,,很多"
        + "," * 9
        + "\n"
        + "时间错,,,,,,,,,没有这个"
        + "," * 8
        + "\n"
        + "转接错,,,,,,,,,,,队列,没有这个,,,,,\n"
        + "缺对象,,,,,,,,,,,团队,,,,,,\n"
        + "缺种类,,,,,,,,,,,,燃气组,,,,,\n"
        + "电话错,,,,,,,,,,,,,没有,,,,\n"
        + "邮箱错,,,,,,,,,,,,,,没有,,,\n"
        + "网址错,,,,,,,,,,,,,,,javascript:1,,\n"
        + "周期错,,,,,,,,,,,,,,,,,九十\n"
        + "财务退款"
        + "," * 17
        + "\n",
        "directory",
    )
    assert counts(done) == (2, 0, 0, 14)
    assert [(line, column) for line, column, _ in await dock.faults(done.id)] == [
        (4, "名称"), (5, "类别"), (6, "负责人"), (7, "联系原因"),
        (8, "单笔金额上限（元）"), (9, "营业时间"), (10, "转接对象"), (11, "转接对象"),
        (12, "可直接转接到"), (13, "电话"), (14, "邮箱"), (15, "网址"), (16, "核实周期（天）"),
        (17, "名称"),
    ]  # fmt: skip
    found = await entries(dock)
    one = found["财务退款"]
    assert (one.name_en, one.kind, one.owner_name) == ("Refunds", "department", "wang@example.com")
    assert (one.competence, one.competence_en, one.limit_fen) == ("退款", "Refunds", 500_050)
    assert [reason.name for reason in one.reasons] == ["退款", "抄表"]
    assert (one.target_kind, one.target_name, one.term_d) == ("team", "燃气组", 30)
    # Nobody vouched for it: its owner has to look at it.
    assert (one.verified_at, one.standing) == (None, "overdue")
    assert (found["只有名称"].kind, found["只有名称"].term_d) == ("department", 90)


async def test_headings_and_words_are_of_either_language(dock: Dock) -> None:
    await house(dock)
    done = await dock.all_in(
        'Name in Chinese,Name in English,Kind,Can solve,"Can solve, in English",Transfer goes to,'
        "Transfer goes to: name,Verify every (days)\n"
        "计量检定站,Meter laboratory,Partner,表具检定,Tests meters,Team,燃气组,60 days\n",
        "directory",
    )
    assert counts(done) == (1, 0, 0, 0), await dock.faults(done.id)
    one = (await entries(dock))["计量检定站"]
    assert (one.kind, one.competence_en, one.term_d) == ("partner", "Tests meters", 60)


async def test_rules_keep_fill_or_replace(dock: Dock) -> None:
    head = "名称,能解决,电话\n"
    assert counts(await dock.all_in(head + "前台,,\n", "directory")) == (1, 0, 0, 0)
    table = head + "前台,访客登记,400-1\n"
    assert counts(await dock.all_in(table, "directory", "skip")) == (0, 0, 1, 0)
    assert counts(await dock.all_in(table, "directory", "fill")) == (0, 1, 0, 0)
    other = head + "前台,收发快递,400-1\n"
    assert counts(await dock.all_in(other, "directory", "fill")) == (0, 0, 1, 0)
    assert (await entries(dock))["前台"].competence == "访客登记"
    assert counts(await dock.all_in(other, "directory", "overwrite")) == (0, 1, 0, 0)
    # What a table leaves empty it does not speak of.
    assert counts(await dock.all_in(head + "前台,,\n", "directory", "overwrite")) == (0, 0, 1, 0)
    one = (await entries(dock))["前台"]
    assert (one.competence, one.phone, one.verified_at) == ("收发快递", "400-1", None)


async def test_a_trial_leaves_nothing(dock: Dock) -> None:
    run_id = await dock.take("名称,类别\n前台,部门\n", "directory")
    tried = await dock.check(run_id)
    assert counts(tried) == (1, 0, 0, 0)
    assert await dock.value("SELECT count(*) FROM directory_entry") == 0
    facts = "SELECT count(*) FROM event WHERE type = 'DirectoryEntryChanged'"
    assert await dock.value(facts) == 0
    await dock.start(run_id)
    assert await dock.value(facts) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_it_comes_back_as_it_went_out(
    dock: Dock, browser: httpx.AsyncClient, form: str
) -> None:
    await house(dock)
    await dock.all_in(
        HEAD
        + "财务退款,Refunds,合作方,wang@example.com,退款,Refunds,账单 / 退款,当天批复,200,,工作日,"
        + '团队,燃气组,400-1,a@example.com,https://a.example.com,"两行\n备注",30\n',
        "directory",
    )
    out = await carried_out(dock, browser, "directory", form)
    assert counts(await dock.all_in(out, "directory", "overwrite")) == (0, 0, 1, 0)
    if form == "csv":
        text = out.decode("utf-8-sig") if isinstance(out, bytes) else out
        head = text.splitlines()[0]
        assert "最近核实,核实人,下次核实" in head
        assert "账单 / 退款" in text


async def test_who_vouched_is_carried_out_only(dock: Dock) -> None:
    reader: Any = dock.admin
    async with dock.floor.tx(reader) as tx:
        kind = next(one for one in await queries.kinds(tx, reader) if one.code == "directory")
        _, made = await queries.template(tx, "directory", "csv", reader)
    assert {one.key for one in kind.columns if one.only_out} == {
        "verified_on", "verified_by", "due_on",
    }  # fmt: skip
    assert "最近核实" not in made.decode("utf-8-sig")
    # Its own column says nothing when it comes back.
    run_id: UUID = await dock.take("名称,最近核实\n前台,2026-01-01\n", "directory")
    assert (await dock.look(run_id)).mapping == {"name_zh": 0}
    nobody = Actor(
        organisation_id=reader.organisation_id, kind="member", id=reader.id,
        permissions=frozenset({"settings.manage"}),
    )  # fmt: skip
    async with dock.floor.tx(reader) as tx:
        assert "directory" not in {one.code for one in await queries.kinds(tx, nobody)}
