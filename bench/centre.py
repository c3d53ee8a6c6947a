"""A centre to measure in: people with sessions, conversations they hold, and a filled past."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from peakend.accounts.actions import add_member, create_organisation
from peakend.accounts.actions.sessions import enter
from peakend.conversations import actions
from peakend.conversations.rules.search import lexemes
from peakend.customers.actions import start_visit
from peakend.entry import wiring
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction, use
from peakend.kernel.ids import new_id
from peakend.routing import actions as routing

PER_CONVERSATION = 10
TEXTS = 4000
COMMON = [
    "燃气", "灶具", "打不着", "热水器", "漏水", "维修", "师傅", "上门", "时间", "预约", "费用",
    "账单", "发票", "快递", "物业", "停水", "开锁", "空调", "清洗", "冰箱", "洗衣机", "水管",
    "电路", "跳闸", "门锁", "钥匙", "地址", "电话", "订单", "退款", "投诉", "客服", "你好",
    "谢谢", "请问", "什么", "时候", "可以", "order", "phone", "error", "address", "refund",
]  # fmt: skip


@dataclass
class Member:
    """Somebody who is signed in."""

    actor: Actor
    cookie: str


@dataclass
class Centre:
    """An organisation in a database, opened in this process too."""

    address: str
    database: Database
    organisation_id: UUID
    channel_id: UUID
    queues: list[UUID]
    agents: list[Member]
    supervisors: list[Member]
    held: dict[UUID, list[UUID]] = field(default_factory=dict)
    messages: int = 0

    @property
    def lead(self) -> Member:
        """Return somebody who sees everything."""
        return self.supervisors[0]

    def tx(self, actor: Actor | None = None) -> Any:
        """Open a transaction in this process."""
        return self.database.transaction(actor or Actor.system(self.organisation_id))


async def make_centre(
    address: str, *, agents: int = 4, supervisors: int = 1, queues: int = 1, each: int = 4
) -> Centre:
    """Make an organisation whose agents hold `each` conversations."""
    wiring.load()
    database = await Database(address).open(4, listen=False)
    use(database)
    async with database.transaction(Actor.system(new_id())) as tx:
        organisation_id = await create_organisation(tx, name="安居家")
    async with database.transaction(Actor.system(organisation_id)) as tx:
        channel_id = await actions.add_channel(tx, name="商城", changes={"digital": False})
        queue_ids = [
            (await routing.add_queue(tx, routing.QueueSettings(name=f"队列{n}"))).id
            for n in range(queues)
        ]
        people = [
            await _member(tx, "agent", f"agent{n}", queue_ids[n % queues]) for n in range(agents)
        ]
        leads = [
            await _member(tx, "supervisor", f"lead{n}", queue_ids[n % queues])
            for n in range(supervisors)
        ]
        for n, queue_id in enumerate(queue_ids):
            members = [*people[n::queues], *leads[n::queues]]
            ids = [one.actor.id for one in members if one.actor.id]
            await routing.set_queue_members(tx, queue_id, member_ids=ids, team_ids=[])
    centre = Centre(address, database, organisation_id, channel_id, queue_ids, people, leads)
    for member in people:
        await _serve(centre, member, each)
    return centre


async def _member(tx: Transaction, role: str, name: str, queue_id: UUID) -> Member:
    before = tx.actor
    member_id = await add_member(
        tx, login=f"{name}@example.com", name=name, role=role, password_hash="x"
    )
    entry = await enter(tx, member_id=member_id)
    actor = tx.actor
    tx.actor = before
    seen = Actor(
        organisation_id=actor.organisation_id,
        kind="member",
        id=member_id,
        name=name,
        role=role,
        permissions=actor.permissions,
        scope=actor.scope,
        queue_ids=frozenset({queue_id}),
    )
    return Member(seen, entry.token)


async def _serve(centre: Centre, member: Member, many: int) -> None:
    actor = member.actor
    assert actor.id is not None
    async with centre.tx() as tx:
        for _ in range(many):
            visit = await start_visit(tx, channel_id=centre.channel_id, language="zh-CN")
            message = await actions.receive(
                tx,
                channel_id=centre.channel_id,
                customer_id=visit.customer_id,
                client_id=new_id(),
                text="燃气灶打不着火，能派师傅上门吗？",
            )
            await tx.flush()
            await actions.assign(
                tx,
                conversation_id=message.conversation_id,
                agent_id=actor.id,
                queue_id=next(iter(actor.queue_ids)),
                leg_id=new_id(),
            )
            centre.held.setdefault(actor.id, []).append(message.conversation_id)


async def fill(
    centre: Centre, messages: int, said: Callable[[str], None], *, open_every: int = 50
) -> None:
    """Give the centre a past of so many messages, all at once and outside the app."""
    said(f"{messages:,} messages")
    chosen = random.Random(7)
    weights = [1 / (rank + 1) for rank in range(len(COMMON))]
    rows = []
    for at in range(TEXTS):
        text = "，".join(chosen.choices(COMMON, weights, k=8)) + f"，{at % 1000}号楼"
        rows.append((at, text, lexemes(text)))
    rows[7] = (7, "非常罕见的鲲鹏词", lexemes("非常罕见的鲲鹏词"))
    admin = await asyncpg.connect(centre.address)
    try:
        await admin.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '512MB';"
            "SET synchronous_commit = off; DROP INDEX ix_message_lexemes;"
            "CREATE TEMP TABLE said (at int PRIMARY KEY, text text, words tsvector)"
        )
        await admin.executemany("INSERT INTO said VALUES ($1, $2, array_to_tsvector($3))", rows)
        await _past(admin, centre, messages, open_every)
        said(f"index over {messages:,} messages")
        await admin.execute("CREATE INDEX ix_message_lexemes ON message USING gin (lexemes)")
        await admin.execute("VACUUM (ANALYZE) message, conversation, customer")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()
    centre.messages = messages


async def _past(admin: Any, centre: Centre, messages: int, open_every: int) -> None:
    many = messages // PER_CONVERSATION
    await admin.execute(
        "CREATE TEMP TABLE past AS SELECT g, gen_random_uuid() AS customer_id,"
        " ('018f0000-' || substr(x, 1, 4) || '-7' || substr(x, 5, 3) || '-8000-000000000000')::uuid"
        "   AS id, now() - (($1::int - g + 1) * interval '20 s') AS at"
        " FROM generate_series(1, $1::int) g, LATERAL (SELECT lpad(to_hex(g), 7, '0') AS x) hex"
        .replace("$1", str(many))
    )  # fmt: skip
    await admin.execute(
        "INSERT INTO customer (organisation_id, id, name, folded, tier, language, since,"
        " attributes, preferences, known)"
        " SELECT $1, customer_id, '客户' || g, '客户' || g, 'standard', 'zh-CN', at, '[]', '{}',"
        " true FROM past",
        centre.organisation_id,
    )
    people = [member.actor for member in centre.agents]
    await admin.execute(
        "INSERT INTO conversation (organisation_id, id, number, channel_id, channel_kind,"
        " customer_id, queue_id, agent_id, state, language, last_seq, preview, last_message_at,"
        " opened_at, closed_at)"
        " SELECT $1, id, g + 1000000, $2, 'web', customer_id, ($3::uuid[])[1 + g % $4],"
        " ($5::uuid[])[1 + g % $6], CASE WHEN g % $8 = 0 THEN 'serving' ELSE 'closed' END,"
        " 'zh-CN', $7, '您好', at, at, CASE WHEN g % $8 <> 0 THEN at END FROM past",
        centre.organisation_id, centre.channel_id, centre.queues, len(centre.queues),
        [one.id for one in people], len(people), PER_CONVERSATION, open_every,
    )  # fmt: skip
    await admin.execute(
        "INSERT INTO message (organisation_id, id, conversation_id, seq, kind, text, author_kind,"
        " at, lexemes)"
        " SELECT $1, (left(p.id::text, 24) || lpad(to_hex(s), 12, '0'))::uuid, p.id, s,"
        " 'customer', said.text, 'customer', p.at, said.words"
        " FROM past p CROSS JOIN generate_series(1, $2::int) s"
        " JOIN said ON said.at = CASE WHEN p.g % 1000 = 77 AND s = 3 THEN 7"
        " ELSE 8 + (p.g * 7919 + s * 104729) % ($3 - 8) END",
        centre.organisation_id, PER_CONVERSATION, TEXTS,
    )  # fmt: skip
