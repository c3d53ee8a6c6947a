"""Members as a table: who is new is invited, nobody gets more than one has or is locked out."""

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts import queries as people
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Conflict
from tests.exchange.conftest import Dock, counts
from tests.exchange.test_articles import carried_out

HEAD = "邮箱,姓名,角色,团队,技能,同时受理,语言,状态\n"


async def house(dock: Dock) -> None:
    """Two teams, a skill, and a role of the house's own."""
    async with dock.floor.tx() as tx:
        await accounts.add_team(tx, name="一组")
        await accounts.add_team(tx, name="二组")
        await accounts.add_skill(tx, name="燃气")
        await accounts.add_role(
            tx, role=accounts.RoleText(name="退款专员", permissions=["conversations.read"])
        )


async def standing(dock: Dock, login: str) -> people.Member:
    """Return a member as he is now."""
    async with dock.floor.tx() as tx:
        found = await people.find_members_by_login(tx, login)
        assert found is not None
        return await people.need_member(tx, found)


async def clerk_at_work(dock: Dock) -> Actor:
    """Let somebody with a narrow role of the house's own carry in; return who did before."""
    rights = ["accounts.manage", "settings.manage"]
    async with dock.floor.tx() as tx:
        role_id = await accounts.add_role(
            tx, role=accounts.RoleText(name="人事", permissions=rights, sight="own")
        )
    clerk = await dock.floor.hire("clerk@example.com", serves=False)
    async with dock.floor.tx() as tx:
        await accounts.set_roles(tx, member_id=clerk.id, built_in=None, role_ids=[role_id])
    before = dock.admin
    dock.admin = Actor(
        organisation_id=clerk.organisation_id, kind="member", id=clerk.id,
        permissions=frozenset(rights),
    )  # fmt: skip
    return before


async def test_who_is_new_is_invited_as_by_hand(dock: Dock) -> None:
    await house(dock)
    done = await dock.all_in(
        HEAD
        + "min@example.com,张敏,坐席,一组；二组,燃气,4,,\n"
        + "lei@example.com,李雷,,,,,,在职\n"
        + "无名@example.com,,坐席,,,,,\n"
        + "a b,有空格,坐席,,,,,\n"
        + "qu@example.com,去处,机器人,,,,,\n"
        + "zu@example.com,组,坐席,三组,,,,\n"
        + "jn@example.com,技,坐席,,电工,,,\n"
        + "rl@example.com,容,坐席,,,51,,\n"
        + "yy@example.com,语,坐席,,,,法文,\n"
        + "zt@example.com,态,坐席,,,,,离职\n"
        + "zj@example.com,自,夜班组长,,,,,\n"
        + "ls@example.com,两,坐席；管理员,,,,,\n"
        + "MIN@example.com,又是张敏,坐席,,,,,\n",
        "members",
    )
    assert counts(done) == (2, 0, 0, 11)
    assert [(line, column) for line, column, _ in await dock.faults(done.id)] == [
        (4, "姓名"), (5, "邮箱"), (6, "角色"), (7, "团队"), (8, "技能"), (9, "同时受理"),
        (10, "语言"), (11, "状态"), (12, "角色"), (13, "角色"), (14, "邮箱"),
    ]  # fmt: skip
    async with dock.floor.tx() as tx:
        invited = {one.login: one for one in await people.open_invitations(tx)}
    assert set(invited) == {"min@example.com", "lei@example.com"}
    first = invited["min@example.com"]
    assert (first.role, first.capacity, len(first.team_ids), len(first.skill_ids)) == (
        "agent", 4, 2, 1,
    )  # fmt: skip
    assert first.invited_by == dock.admin.id
    # Nobody joined, and no link is known: those are made when they are asked for.
    assert await dock.value("SELECT count(*) FROM member WHERE login LIKE '%@example.com'") == 0
    # The same table again invites nobody anew: the links that were handed on go on.
    again = await dock.all_in(HEAD + "min@example.com,张敏,坐席,,,,,\n", "members", "overwrite")
    assert counts(again) == (0, 0, 1, 0)
    other = await dock.all_in(HEAD + "min@example.com,张敏,主管,,,,,\n", "members", "overwrite")
    assert counts(other) == (0, 1, 0, 0)


async def test_links_are_made_for_all_at_once(dock: Dock, browser: httpx.AsyncClient) -> None:
    await dock.all_in(HEAD + "a@example.com,甲,坐席,,,,,\nb@example.com,乙,主管,,,2,,\n", "members")
    listed = (await browser.get("/api/members/invitations")).json()
    ids = [one["id"] for one in listed]
    made = await browser.post("/api/members/invitations/links", json={"ids": ids})
    assert made.status_code == 201, made.text
    links = {one["login"]: one["link"] for one in made.json()}
    assert set(links) == {"a@example.com", "b@example.com"}
    path = links["b@example.com"].rpartition("/invitation/")[2]
    body = {"password": "wu-yi-shan-da-hong-pao-8"}
    joined = await browser.post(f"/api/invitations/{path}", json=body)
    assert joined.status_code < 300, joined.text
    came = await standing(dock, "b@example.com")
    assert (came.name, came.role, came.capacity) == ("乙", "supervisor", 2)
    await dock.floor.sign_in(browser, dock.admin)
    # Those of before ended with the new ones; the one that was used is left out.
    once_more = await browser.post("/api/members/invitations/links", json={"ids": ids})
    assert once_more.status_code == 201
    assert once_more.json() == []


async def test_who_is_there_is_changed(dock: Dock, browser: httpx.AsyncClient) -> None:
    await house(dock)
    await dock.floor.hire("wang@example.com")
    table = HEAD + "WANG@example.com,王海涛,主管；退款专员,二组,燃气,5,英文,\n"
    assert counts(await dock.all_in(table, "members", "skip")) == (0, 0, 1, 0)
    # Nobody is in a team yet: that is filled in, what is there stays.
    assert counts(await dock.all_in(table, "members")) == (0, 1, 0, 0)
    filled = await standing(dock, "wang@example.com")
    assert (filled.name, filled.role, filled.capacity) == ("wang@example.com", "agent", 3)
    assert (len(filled.team_ids), len(filled.skill_ids)) == (1, 1)
    assert counts(await dock.all_in(table, "members", "overwrite")) == (0, 1, 0, 0)
    after = await standing(dock, "wang@example.com")
    assert (after.name, after.built_in, len(after.role_ids)) == ("王海涛", "supervisor", 1)
    assert (after.capacity, after.language, after.active) == (5, "en", True)
    for form in ("csv", "xlsx"):
        out = await carried_out(dock, browser, "members", form)
        assert counts(await dock.all_in(out, "members", "overwrite")) == (0, 0, 2, 0)
    gone = HEAD + "wang@example.com,,,,,,,离职\n"
    assert counts(await dock.all_in(gone, "members", "overwrite")) == (0, 1, 0, 0)
    assert not (await standing(dock, "wang@example.com")).active


async def test_nobody_is_locked_out_and_nobody_given_too_much(dock: Dock) -> None:
    await house(dock)
    other = await dock.floor.hire("boss@example.com", role="admin")
    mine = HEAD + "fangli,,坐席,,,,,\n"
    done = await dock.all_in(mine, "members", "overwrite")
    assert counts(done) == (0, 0, 0, 1)
    assert (await dock.faults(done.id))[0][1:] == (
        "角色", "不能用表格改自己的角色或停用自己；请让另一位管理员来改",
    )  # fmt: skip
    assert counts(await dock.all_in(HEAD + "fangli,,,,,,,停用\n", "members", "overwrite"))[3] == 1
    # Another administrator may go, as at the desk: one is left.
    assert (
        counts(await dock.all_in(HEAD + "boss@example.com,,,,,,,停用\n", "members", "overwrite"))[1]
        == 1
    )
    assert other.id is not None
    # Who manages people without being an administrator makes none by a table either.
    admin = await clerk_at_work(dock)
    done = await dock.all_in(
        HEAD + "new@example.com,新人,管理员,,,,,\nfangli,,,,,9,,\nok@example.com,好,,,,,,\n",
        "members", "overwrite",
    )  # fmt: skip
    assert counts(done) == (0, 0, 0, 3)
    assert {why for _, _, why in await dock.faults(done.id)} == {
        "不能授予、收回或修改自己没有的权限"
    }
    dock.admin = admin


async def test_two_people_make_an_administrator(dock: Dock) -> None:
    async with dock.floor.tx() as tx:
        await accounts.set_two_person_rule(tx, active=True)
    done = await dock.all_in(HEAD + "x@example.com,新人,管理员,,,,,\n", "members")
    assert counts(done) == (0, 0, 0, 1)
    assert (await dock.faults(done.id))[0][2] == "这项修改需要另一位管理员确认，不能由一个人完成"


async def test_an_invitation_carries_roles_of_the_houses_own(dock: Dock) -> None:
    await house(dock)
    async with dock.floor.tx() as tx:
        await accounts.add_role(
            tx, role=accounts.RoleText(name="主管", permissions=["conversations.read"])
        )
    done = await dock.all_in(
        HEAD
        + "a@example.com,甲,退款专员,,,,,\n"
        + "b@example.com,乙,坐席；退款专员,,,,,\n"
        + "c@example.com,丙,主管,,,,,\n"
        + "d@example.com,丁,没有的,,,,,\n",
        "members",
    )
    assert counts(done) == (2, 0, 0, 2)
    assert await dock.faults(done.id) == [
        (4, "角色", "有几个都叫“主管”；请先改名再导入"),
        (5, "角色", "没有名为“没有的”的角色；请写“坐席”“主管”“管理员”，或本机构角色的全名"),
    ]
    again = HEAD + "a@example.com,甲,退款专员,,,,,\n"
    assert counts(await dock.all_in(again, "members", "overwrite")) == (0, 0, 1, 0)
    both = HEAD + "a@example.com,甲,退款专员；坐席,,,,,\n"
    assert counts(await dock.all_in(both, "members", "overwrite")) == (0, 1, 0, 0)
    assert counts(await dock.all_in(again, "members", "overwrite")) == (0, 1, 0, 0)
    async with dock.floor.tx() as tx:
        invited = {one.login: one for one in await people.open_invitations(tx)}
        made = await accounts.invite_again(tx, invitation_ids=[one.id for one in invited.values()])
        [role] = [one for one in await people.roles(tx) if one.name == "退款专员"]
        with pytest.raises(Conflict):
            await accounts.remove_role(tx, role_id=role.id)
    assert (invited["a@example.com"].role, invited["b@example.com"].role) == (None, "agent")
    for one, secret in made:
        await accounts.accept_invitation(
            dock.floor.database, secret=secret, password="长而难猜的口令 7341", name=None,
            language="zh-CN",
        )  # fmt: skip
        member = await standing(dock, one.login)
        assert (member.built_in, member.role_ids) == (one.role, [role.id])


async def test_no_invitation_gives_by_a_role_what_one_has_not(dock: Dock) -> None:
    await house(dock)
    async with dock.floor.tx() as tx:
        await accounts.add_role(
            tx, role=accounts.RoleText(name="管钥匙", permissions=["audit.read"], sight="own")
        )
    admin = await clerk_at_work(dock)
    done = await dock.all_in(
        HEAD + "k@example.com,钥,管钥匙,,,,,\nh@example.com,人,人事,,,,,\n", "members"
    )
    assert counts(done) == (1, 0, 0, 1)
    assert await dock.faults(done.id) == [(2, "角色", "不能授予、收回或修改自己没有的权限")]
    dock.admin = admin


async def test_no_table_gives_by_a_role_what_one_does_not_see(
    dock: Dock, browser: httpx.AsyncClient
) -> None:
    rules = {"version": 0, "rules": {"admin": {"phone": "masked"}}}
    assert (await browser.put("/api/field-sights", json=rules)).status_code == 200
    done = await dock.all_in(
        HEAD + "a@example.com,甲,坐席,,,,,\nb@example.com,乙,管理员,,,,,\n", "members"
    )
    assert counts(done) == (1, 0, 0, 1)
    [(line, column, why)] = await dock.faults(done.id)
    assert (line, column) == (2, "角色")
    assert "看不到的客户资料（电话）" in why
