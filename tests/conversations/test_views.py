"""Views: what fits a filter, for whom, kept under which name, and at what cost."""

import json
import random
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from peakend.accounts.actions import add_team
from peakend.accounts.queries import brands
from peakend.conversations import actions, ports, queries
from peakend.conversations.queries import ConversationRow
from peakend.conversations.rules.views import ViewFilter, filter_fault, in_order, with_branches
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Invalid, Refused
from peakend.kernel.paging import WrongCursor
from tests.accounts.people import a_person
from tests.conversations.conftest import Centre

# The package's own name `views` is the query.
kept = import_module("peakend.conversations.queries.views")
TAG, OTHER_TAG = uuid4(), uuid4()
FILL = """
INSERT INTO conversation (organisation_id, id, number, channel_id, channel_kind, customer_id,
    agent_id, queue_id, state, language, last_message_at, opened_at, closed_at, unread,
    awaiting_since, snoozed_until, priority, marked_unread, brand_id)
SELECT organisation_id, gen_random_uuid(), 1000 + n, channel_id, channel_kind, customer_id,
    CASE WHEN n % 4 = 0 THEN $2::uuid WHEN n % 4 = 1 THEN $3::uuid END,
    CASE WHEN n % 3 = 0 THEN $4::uuid WHEN n % 3 = 1 THEN $5::uuid END,
    CASE WHEN n % 9 = 5 THEN 'closed' WHEN n % 4 < 2 THEN 'serving'
         WHEN n % 4 = 2 THEN 'waiting' ELSE 'digital' END,
    CASE WHEN n % 5 = 0 THEN 'en' ELSE 'zh-CN' END,
    $6::timestamptz - n * interval '17 seconds', $6::timestamptz - n * interval '40 seconds',
    CASE WHEN n % 9 = 5 THEN $6::timestamptz - n * interval '10 seconds' END,
    n % 3, CASE WHEN n % 2 = 0 THEN $6::timestamptz - n * interval '12 seconds' END,
    CASE WHEN n % 12 = 0 AND n % 9 <> 5 THEN $6::timestamptz + interval '1 day' END,
    (ARRAY['low', 'normal', 'high', 'urgent'])[1 + n % 4], n % 7 = 0,
    CASE WHEN n % 5 < 2 THEN $8::uuid END
FROM conversation, generate_series(1, $7::int) n WHERE id = $1
"""
DUE = """
INSERT INTO conversation_due (organisation_id, conversation_id, target, due_at, warn_at)
SELECT organisation_id, id, 'next_reply', awaiting_since + interval '60 minutes',
    awaiting_since + interval '45 minutes'
FROM conversation WHERE awaiting_since IS NOT NULL AND state <> 'closed' AND number > 1000
"""
TAGGED = """
INSERT INTO conversation_tag (organisation_id, conversation_id, tag_id, at)
SELECT organisation_id, id, CASE WHEN number % 2 = 0 THEN $1 ELSE $2::uuid END, opened_at
FROM conversation WHERE number % 5 = 0 AND number > 1000
"""
TABLES = ("conversation", "conversation_due", "conversation_tag", "tag")


async def _fill(centre: Centre, dsn: str, many: int, now: datetime) -> None:
    """Put conversations of every kind beside one, as the owner of the tables."""
    conversation_id = await centre.served()
    owner = await asyncpg.connect(dsn)
    try:
        for table in TABLES:
            await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        await owner.execute("DROP INDEX uq_conversation_open")
        await owner.execute(
            FILL, conversation_id, centre.agent.id, centre.other.id, centre.queue_id,
            next(iter(centre.other.queue_ids)), now, many, await _brand(centre),
        )  # fmt: skip
        for tag_id, name in ((TAG, "退款"), (OTHER_TAG, "安装")):
            await owner.execute(
                "INSERT INTO tag (organisation_id, id, name, colour, created_at) "
                "VALUES ($1, $2, $3, '#1f5fae', now())",
                centre.organisation_id, tag_id, name,
            )  # fmt: skip
        await owner.execute(DUE)
        await owner.execute(TAGGED, TAG, OTHER_TAG)
        for table in TABLES:
            await owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            await owner.execute(f"ANALYZE {table}")
    finally:
        await owner.close()


async def _brand(centre: Centre) -> UUID:
    async with centre.tx() as tx:
        return (await brands(tx))[0].id


async def _all(
    centre: Centre, actor: Actor, given: ViewFilter, now: datetime, order: Any = "recent"
) -> list[ConversationRow]:
    """Return everything that fits, page by page."""
    found: list[ConversationRow] = []
    cursor = None
    for _ in range(200):
        async with centre.tx(actor, now) as tx:
            page = await queries.found_conversations(
                tx, actor, given, order=order, cursor=cursor, limit=37
            )
        found += page.items
        if (cursor := page.next) is None:
            return found
    raise AssertionError("no end")


def _fits(row: ConversationRow, given: ViewFilter, now: datetime, agents: set[UUID]) -> bool:
    """Say the same as the database does, row by row."""
    stage = "snoozed" if row.snoozed_until else row.state
    late = row.due_at is not None and row.due_at <= now
    near = row.warn_at is not None and row.warn_at <= now and not late
    held = row.agent_id in agents or ("nobody" in given.holders and row.agent_id is None)

    def ago(length_s: int | None) -> datetime:
        return now - timedelta(seconds=length_s or 0)

    return all(
        (
            stage in given.stages if given.stages else stage != "closed",
            not (given.holders or given.agent_ids) or held,
            not given.queue_ids or row.queue_id in given.queue_ids,
            not given.tag_ids or any(tag.id in given.tag_ids for tag in row.tags),
            not given.priorities or row.priority in given.priorities,
            not given.languages or row.language in given.languages,
            not given.tiers or row.customer.tier in given.tiers,
            not given.sla or ("breached" in given.sla and late) or ("near" in given.sla and near),
            not given.unread or row.unread > 0,
            not given.waiting_s
            or (row.awaiting_since is not None and row.awaiting_since <= ago(given.waiting_s)),
            not given.opened_within_s or row.opened_at >= ago(given.opened_within_s),
            not given.opened_before_s or row.opened_at <= ago(given.opened_before_s),
            not given.last_within_s or row.last_message_at >= ago(given.last_within_s),
            not given.last_before_s or row.last_message_at <= ago(given.last_before_s),
        )
    )


def _some(chosen: random.Random, values: list[Any]) -> list[Any]:
    return chosen.sample(values, chosen.randint(1, len(values))) if chosen.random() < 0.3 else []


def _filters(centre: Centre, many: int) -> list[ViewFilter]:
    chosen = random.Random(20261122)
    queues = [centre.queue_id, next(iter(centre.other.queue_ids))]
    agents = [centre.agent.id, centre.other.id]

    def length() -> int | None:
        return chosen.choice((600, 1800, 3600)) if chosen.random() < 0.15 else None

    found = [
        ViewFilter(),
        ViewFilter(stages=["closed"]),
        ViewFilter(stages=["closed"], holders=["me"]),
        ViewFilter(stages=["snoozed"], holders=["me"]),
        ViewFilter(holders=["nobody"]),
        ViewFilter(sla=["breached"]),
        ViewFilter(sla=["near"]),
        ViewFilter(tag_ids=[TAG]),
    ]
    while len(found) < many:
        given = ViewFilter(
            stages=_some(chosen, ["digital", "waiting", "serving", "snoozed"]),
            holders=_some(chosen, ["me", "nobody"]),
            agent_ids=_some(chosen, agents),
            queue_ids=_some(chosen, queues),
            tag_ids=_some(chosen, [TAG, OTHER_TAG]),
            priorities=_some(chosen, ["low", "high", "urgent"]),
            languages=_some(chosen, ["en"]),
            tiers=_some(chosen, ["standard"]) if chosen.random() < 0.2 else [],
            sla=_some(chosen, ["near", "breached"]),
            unread=chosen.random() < 0.2,
            waiting_s=length(),
            opened_within_s=length(),
            opened_before_s=length(),
            last_within_s=length(),
            last_before_s=length(),
        )
        found.append(given)
    return found


async def test_every_filter_finds_what_fits_and_nothing_else(
    centre: Centre, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "READ_FOR_A_PAGE", 150)
    # Its queues are ids and no more.
    monkeypatch.setattr(ports.provided, "directory", None)
    now = clock.now()
    await _fill(centre, dsn, 400, now)
    watcher = msgspec.structs.replace(
        centre.agent,
        queue_ids=frozenset({centre.queue_id, uuid4()}),
        seen_brand_ids=frozenset({await _brand(centre)}),
    )
    everything = ViewFilter()
    over = ViewFilter(stages=["closed"])
    system = Actor.system(centre.organisation_id)
    rows = await _all(centre, system, everything, now) + await _all(centre, system, over, now)
    assert len(rows) == 401
    for at, given in enumerate(_filters(centre, 60)):
        for actor in (centre.agent, centre.supervisor, centre.other, watcher):
            agents = set(given.agent_ids) | ({actor.id} if "me" in given.holders else set())
            seen = {
                row.id
                for row in rows
                if (
                    actor.scope == "all"
                    or row.agent_id == actor.id
                    or row.queue_id in actor.seen_queues
                    or row.brand_id in actor.seen_brands
                )
                and _fits(row, given, now, agents)
            }
            order = ("recent", "oldest", "due")[at % 3]
            found = [row.id for row in await _all(centre, actor, given, now, order)]
            assert len(found) == len(set(found)), (given, order)
            assert set(found) == seen, (given, order, actor.name)


async def test_views_are_counted_together_as_each_is_found(
    centre: Centre, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("READ_FOR_A_PAGE", "READ_FOR_A_COUNT"):
        monkeypatch.setattr(kept, name, 10_000)
    monkeypatch.setattr(ports.provided, "directory", None)
    now = clock.now()
    await _fill(centre, dsn, 400, now)
    filters = _filters(centre, 50)
    for actor in (centre.agent, centre.supervisor):
        async with centre.tx(actor, now) as tx:
            for at, given in enumerate(filters):
                await actions.add_view(
                    tx, name=f"{at:02}", given=given, order="recent", columns=[], scope="own",
                    team_id=None, by=actor,
                )  # fmt: skip
        async with centre.tx(actor, now) as tx:
            asked = _listen(tx)
            counted = {one.view_id: one for one in await queries.view_counts(tx, actor)}
            of_views = [one for one in await queries.views(tx, actor) if not one.gone]
        assert any("fits_1" in sql for sql, _ in asked)
        assert len(counted) == len(of_views) > 30
        for view in of_views:
            there = len(await _all(centre, actor, view.filter, now))
            one = counted[view.id]
            assert (one.count, one.more) == (min(there, 99), there > 99), view.filter


async def test_pages_come_in_the_order_that_was_chosen(centre: Centre, dsn: str) -> None:
    now = clock.now()
    await _fill(centre, dsn, 400, now)
    for actor in (centre.agent, centre.supervisor):
        recent = await _all(centre, actor, ViewFilter(), now)
        newest = [row.last_message_at for row in recent]
        assert newest == sorted(newest, reverse=True)
        oldest = await _all(centre, actor, ViewFilter(), now, "oldest")
        assert [row.last_message_at for row in oldest] == sorted(newest)
        due = await _all(centre, actor, ViewFilter(), now, "due")
        running = [row.due_at for row in due if row.due_at is not None]
        assert running == sorted(running)
        assert [row.due_at is None for row in due] == sorted(row.due_at is None for row in due)
        assert {row.id for row in due} == {row.id for row in recent}


async def test_a_page_and_a_count_look_at_so_many_rows_and_no_more(
    centre: Centre, dsn: str
) -> None:
    now = clock.now()
    await _fill(centre, dsn, 40_000, now)
    rare = ViewFilter(stages=["waiting"], priorities=["low"], languages=["en"], tag_ids=[TAG],
                      unread=True, waiting_s=60, tiers=["vip"])  # fmt: skip
    for actor in (centre.agent, centre.supervisor):
        for given, order in (
            (rare, "recent"), (rare, "oldest"), (rare, "due"), (ViewFilter(), "recent"),
            (ViewFilter(stages=["closed"], tag_ids=[TAG], tiers=["vip"]), "recent"),
            (ViewFilter(sla=["breached"], tiers=["vip"]), "due"),
        ):  # fmt: skip
            async with centre.tx(actor, now) as tx:
                asked = _listen(tx)
                page = await queries.found_conversations(tx, actor, given, order=order)
                most = await _most_read(tx, asked)
            assert len(page.items) <= 50
            # Each range may be read once for each row of the page's look.
            assert most <= 3 * kept.READ_FOR_A_PAGE + 10, (given, order)
        async with centre.tx(actor, now) as tx:
            await actions.add_view(
                tx, name="少见", given=rare, order="recent", columns=[], scope="own",
                team_id=None, by=actor,
            )  # fmt: skip
            asked = _listen(tx)
            (counted,) = await queries.view_counts(tx, actor)
            most = await _most_read(tx, asked)
        assert (counted.count, counted.more) == (0, True)
        assert most <= 3 * kept.READ_FOR_A_COUNT + 10


async def test_a_page_that_fills_soon_stops_soon(centre: Centre, dsn: str) -> None:
    now = clock.now()
    await _fill(centre, dsn, 6_000, now)
    for actor in (centre.agent, centre.supervisor):
        async with centre.tx(actor, now) as tx:
            asked = _listen(tx)
            await queries.found_conversations(tx, actor, ViewFilter())
            most = await _most_read(tx, asked)
        assert most < 600, actor.name


def _listen(tx: Any) -> list[tuple[str, tuple[Any, ...]]]:
    asked: list[tuple[str, tuple[Any, ...]]] = []
    all_rows = tx.all

    async def record(row: Any, sql: str, *args: Any) -> Any:
        if "row_number" in sql or "fits_0" in sql:
            asked.append((sql, args))
        return await all_rows(row, sql, *args)

    tx.all = record
    return asked


async def _most_read(tx: Any, asked: list[tuple[str, tuple[Any, ...]]]) -> int:
    """Return the most rows that any step of these statements reads."""
    most = 0
    for sql, args in asked:
        plan = await tx.value("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, *args)
        nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        for node in nodes:
            lost = node.get("Rows Removed by Filter", 0)
            most = max(most, int((node["Actual Rows"] + lost) * node["Actual Loops"]))
    return most


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]


async def _keep(centre: Centre, by: Actor, name: str = "待回复", **more: Any) -> UUID:
    given = {"given": ViewFilter(), "order": "recent", "columns": [], "scope": "own", **more}
    async with centre.tx(by) as tx:
        return await actions.add_view(tx, name=name, team_id=given.pop("team_id", None), by=by,
                                      **given)  # fmt: skip


def _ids(*actors: Actor) -> list[UUID]:
    return [actor.id for actor in actors if actor.id is not None]


async def test_own_team_and_everybody(centre: Centre) -> None:
    async with centre.tx() as tx:
        team_id = await add_team(tx, name="燃气组", member_ids=_ids(centre.agent))
    in_team = msgspec.structs.replace(centre.agent, team_ids=frozenset({team_id}))
    own = await _keep(centre, in_team, "我的")
    of_team = await _keep(centre, centre.supervisor, "组内", scope="team", team_id=team_id)
    for_all = await _keep(centre, centre.supervisor, "全员", scope="all")
    for actor, expected in (
        (in_team, [own, of_team, for_all]),
        (centre.other, [for_all]),
        (centre.supervisor, [of_team, for_all]),
    ):
        async with centre.tx(actor) as tx:
            assert [view.id for view in await queries.views(tx, actor)] == expected
    async with centre.tx(centre.supervisor) as tx:
        with pytest.raises(queries.ViewNotFound):
            await queries.need_view(tx, own, centre.supervisor)
    for scope in ("team", "all"):
        with pytest.raises(Refused):
            await _keep(centre, in_team, "越权", scope=scope, team_id=team_id)
    async with centre.tx(in_team) as tx:
        with pytest.raises(actions.NotYourView):
            await actions.change_view(
                tx, view_id=for_all, changes={"name": "改"}, by=in_team, version=None
            )
        with pytest.raises(actions.NotYourView):
            await actions.change_view(
                tx, view_id=own, changes={"scope": "all"}, by=in_team, version=None
            )
        with pytest.raises(actions.NotYourView):
            await actions.delete_view(tx, view_id=of_team, by=in_team)


async def test_my_team_is_the_readers_team(centre: Centre) -> None:
    async with centre.tx() as tx:
        members = _ids(centre.agent, centre.other)
        team_id = await add_team(tx, name="燃气组", member_ids=members)
    here = await centre.served()
    given = ViewFilter(holders=["my_team"])
    boss = msgspec.structs.replace(centre.supervisor, team_ids=frozenset({team_id}))
    for actor, expected in ((boss, [here]), (centre.supervisor, [])):
        async with centre.tx(actor) as tx:
            page = await queries.found_conversations(tx, actor, given)
        assert [row.id for row in page.items] == expected


async def test_a_stale_change_is_a_conflict_and_a_deleted_view_is_gone(centre: Centre) -> None:
    me = centre.agent
    view_id = await _keep(centre, me)
    async with centre.tx(me) as tx:
        changes = {"name": "等待中", "order": "oldest", "columns": ["customer", "last"]}
        await actions.change_view(tx, view_id=view_id, changes=changes, by=me, version=1)
        view = await queries.need_view(tx, view_id, me)
    assert (view.name, view.order, view.columns, view.version) == (
        "等待中", "oldest", ["customer", "last"], 2,
    )  # fmt: skip
    async with centre.tx(me) as tx:
        with pytest.raises(actions.ViewStale):
            await actions.change_view(tx, view_id=view_id, changes={"name": "x"}, by=me, version=1)
        await actions.delete_view(tx, view_id=view_id, by=me)
        with pytest.raises(queries.ViewNotFound):
            await queries.need_view(tx, view_id, me)
    assert [fact["what"] for fact in await centre.facts("ViewChanged")] == [
        "created", "updated", "deleted",
    ]  # fmt: skip


async def test_what_a_view_names_may_go(centre: Centre) -> None:
    me = centre.agent
    async with centre.tx() as tx:
        tag_id = await actions.add_tag(tx, name="退款", colour="#1f5fae")
    here = await centre.served()
    async with centre.tx(me) as tx:
        await actions.tag(tx, conversation_id=here, tag_ids=[tag_id], by=me)
    given = ViewFilter(tag_ids=[tag_id], stages=["serving"])
    view_id = await _keep(centre, me, given=given)
    async with centre.tx(me) as tx:
        assert len((await queries.found_conversations(tx, me, given)).items) == 1
        assert [one.count for one in await queries.view_counts(tx, me)] == [1]
    async with centre.tx() as tx:
        await actions.delete_tag(tx, tag_id=tag_id)
    async with centre.tx(me) as tx:
        assert (await queries.need_view(tx, view_id, me)).gone == ["tag_ids"]
        assert await queries.view_counts(tx, me) == []
        with pytest.raises(queries.ViewNamesGone) as error:
            await queries.found_conversations(tx, me, given)
        # Renaming it keeps the broken filter out, too: what is saved can be used.
        with pytest.raises(queries.ViewNamesGone):
            await actions.change_view(
                tx, view_id=view_id, changes={"name": "x"}, by=me, version=None
            )
    assert error.value.fields == {"tag_ids": "gone"}


async def test_my_order_is_mine(centre: Centre) -> None:
    first, second, third = [
        await _keep(centre, centre.supervisor, name, scope="all") for name in ("甲", "乙", "丙")
    ]
    async with centre.tx(centre.agent) as tx:
        await actions.order_views(tx, view_ids=[third, first, uuid4(), third], by=centre.agent)
    for actor, expected in ((centre.agent, [third, first]), (centre.other, None)):
        async with centre.tx(actor) as tx:
            found = [view.id for view in await queries.views(tx, actor)]
        assert set(found) == {first, second, third}
        if expected:
            assert found[:2] == expected


async def test_over_http(centre: Centre, client: httpx.AsyncClient) -> None:
    agent = await a_person(centre.database, client, centre.organisation_id, "agent")
    await centre.served()
    body = {"name": "未读", "filter": {"unread": True}, "columns": ["customer", "last"]}
    made = await agent.send("POST", "/views", body)
    assert made.status_code == 201, made.text
    view = made.json()
    assert view["filter"] == {"unread": True}
    assert (await agent.get(f"/views/{view['id']}")).json() == view
    assert (await agent.get("/views")).json() == [view]
    assert (await agent.get("/views/counts")).json() == [
        {"view_id": view["id"], "count": 0, "more": False}
    ]
    page = (await agent.get('/conversations/found?filter={"unread":true}')).json()
    assert page == {"items": [], "next": None, "agent_ids": [], "reason_ids": []}
    for given in ("{", '{"unread":1}', '{"x":1}', '{"stages":["closed","digital"]}',
                  '{"waiting_s":1}', '{"tiers":["\'; DROP"]}'):  # fmt: skip
        assert (await agent.get(f"/conversations/found?filter={given}")).status_code == 422, given
    assert (await agent.get("/conversations/found?cursor=WzEsMiwzXQ")).status_code == 422
    for wrong in ({"columns": ["password"]}, {"name": ""}, {"filter": {"tag_ids": ["x"]}}):
        assert (await agent.send("POST", "/views", {**body, **wrong})).status_code == 422
    for_all = await agent.send("POST", "/views", {**body, "scope": "all"})
    assert for_all.status_code == 403
    assert "Supervisors" in for_all.json()["error"]["message"]
    gone = await agent.send("POST", "/views", {**body, "filter": {"tag_ids": [str(uuid4())]}})
    assert gone.status_code == 409
    assert (await agent.send("PUT", "/views/order", {"view_ids": [view["id"]]})).status_code == 204
    assert (await agent.send("DELETE", f"/views/{view['id']}")).status_code == 204
    assert (await agent.get(f"/views/{view['id']}")).status_code == 404


async def test_there_are_so_many_views_and_no_more(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peakend.conversations.actions.views.MOST_OWN", 1)
    await _keep(centre, centre.agent)
    with pytest.raises(actions.TooManyViews):
        await _keep(centre, centre.agent)
    await _keep(centre, centre.other)


async def test_a_cursor_of_somebody_else(centre: Centre) -> None:
    async with centre.tx(centre.agent) as tx:
        for cursor in ("", "x", "WzEsbnVsbCxudWxsXQ", "WzAsIngiLCJ5Il0"):
            if cursor:
                with pytest.raises(WrongCursor):
                    await queries.found_conversations(tx, centre.agent, ViewFilter(), cursor=cursor)


def test_what_does_not_fit_together() -> None:
    assert filter_fault(ViewFilter(stages=["closed", "digital"])) == "stages"
    assert filter_fault(ViewFilter(stages=["closed"], sla=["near"])) == "sla"
    assert filter_fault(ViewFilter(stages=["closed"], waiting_s=60)) == "waiting_s"
    assert filter_fault(ViewFilter(stages=["digital", "snoozed"])) is None
    assert issubclass(actions.TooManyViews, Invalid)


def test_reasons_bring_what_hangs_below_them() -> None:
    top, middle, leaf, other = (UUID(int=at) for at in range(4))
    parents: dict[UUID, UUID | None] = {top: None, middle: top, leaf: middle, other: None}
    assert with_branches([middle], parents) == [middle, leaf]
    assert with_branches([top, other], parents) == [top, middle, leaf, other]


def test_what_is_new_comes_last() -> None:
    first, second, third = (UUID(int=at) for at in range(3))
    assert in_order([first, second, third], {third: 0, first: 1}) == [third, first, second]
