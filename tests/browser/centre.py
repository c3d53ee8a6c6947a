"""A small centre behind a real `peakend` process, for browsers to go to."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).parents[2]
PASSWORD = "Feng-zhong-2026"
PEOPLE = {
    "agent": ("wang.mei", "王梅"),
    "colleague": ("chen.tao", "陈涛"),
    "supervisor": ("li.wen", "李文"),
    "admin": ("fang.li", "方丽"),
}
ANSWER = "灶台打不着火怎么办"
START_S = 60
OFFER_S = 120  # a slow machine must not let an offer pass while a test looks at it


@dataclass
class Centre:
    """Where things are: filled while seeding."""

    base: str = ""
    dsn: str = ""
    key: str = ""
    reason: str = "点火故障"
    ids: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    log: Path | None = None

    def last_words(self) -> str:
        """Return the end of the server's log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log else ""

    def at(self, path: str) -> str:
        """Return an address, with the ids of seeded things filled in."""
        return self.base + path.format(key=self.key, **self.ids)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def running(dsn: str, data_dir: Path) -> Iterator[Centre]:
    """Seed a database and run `peakend serve` on it."""
    from peakend.kernel.settings import settings

    port = free_port()
    centre = Centre(base=f"http://127.0.0.1:{port}", dsn=dsn)
    before, settings.data_dir = settings.data_dir, data_dir
    try:
        asyncio.run(seed(dsn, centre))
    finally:
        settings.data_dir = before
    environment = os.environ | {
        "PEAKEND_DATABASE_URL": dsn,
        "PEAKEND_DATA_DIR": str(data_dir),
        "PEAKEND_DEMO": "1",
        "PEAKEND_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "peakend", "serve", "--port", str(port)]
    centre.log = data_dir / "serve.log"
    log = centre.log.open("wb+")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(centre, process, log)
        yield centre
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def is_ready(centre: Centre) -> bool:
    try:
        with urllib.request.urlopen(f"{centre.base}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(centre: Centre, process: "subprocess.Popen[bytes]", log: Any) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        if is_ready(centre):
            return
        time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"peakend did not start:\n{log.read().decode(errors='replace')[-3000:]}")


async def seed(dsn: str, centre: Centre) -> None:
    """Make an organisation with people, a line, articles and a little past."""
    from peakend.entry import wiring
    from peakend.kernel.db import Database, use
    from peakend.kernel.worker import Worker
    from tests.databases import make_organisation

    wiring.load()
    database = await Database(dsn).open(4, listen=False)
    use(database)
    try:
        organisation_id = await make_organisation(database)
        await Worker(database).drain()
        await _people(database, organisation_id, centre)
        await _settings(database, organisation_id, centre)
        await _articles(database, organisation_id, centre)
        await Worker(database).drain()
        await _past(database, organisation_id, centre)
        await Worker(database).drain()
    finally:
        await database.close()


async def _people(database: Any, organisation_id: UUID, centre: Centre) -> None:
    from peakend.accounts import actions as accounts
    from peakend.kernel.actors import Actor
    from peakend.routing import actions as routing

    async with database.transaction(Actor.system(organisation_id)) as tx:
        queue = await routing.add_queue(tx, routing.QueueSettings(name="燃气服务", offer_s=OFFER_S))
        other = await routing.add_queue(tx, routing.QueueSettings(name="家政服务", offer_s=OFFER_S))
        centre.ids |= {"queue": str(queue.id), "other_queue": str(other.id)}
        for role, (login, name) in PEOPLE.items():
            member_id = await accounts.add_member(
                tx,
                login=login,
                name=name,
                role="agent" if role == "colleague" else role,
                password=PASSWORD,
            )
            centre.ids[role] = str(member_id)
            queues = [queue.id] if role == "agent" else [other.id]
            if role != "admin":
                await routing.join_queues(tx, member_id=member_id, queue_ids=queues)
        await accounts.add_team(tx, name="燃气一组", member_ids=[UUID(centre.ids["agent"])])
        await accounts.add_skill(tx, name="燃气")


async def _settings(database: Any, organisation_id: UUID, centre: Centre) -> None:
    from peakend.automation import actions as automation
    from peakend.automation.rules import Steps
    from peakend.conversations import actions as conversations
    from peakend.conversations.rules.reasons import ReasonNode
    from peakend.directory import actions as directory
    from peakend.directory.actions import EntryText
    from peakend.kernel.actors import Actor
    from peakend.kernel.ids import new_id
    from peakend.routing import actions as routing

    system = Actor.system(organisation_id)
    async with database.transaction(system) as tx:
        first = await tx.value("SELECT id FROM channel")
        centre.ids["brand"] = str(await tx.value("SELECT id FROM brand"))
        await conversations.change_channel(tx, channel_id=first, changes={"active": False})
        channel_id = await conversations.add_channel(
            tx,
            name="网站",
            changes={"queue_id": UUID(centre.ids["queue"]), "digital": True},
        )
        centre.ids["channel"] = str(channel_id)
        centre.key = await tx.value("SELECT key FROM channel WHERE id = $1", channel_id)
        top, leaf = new_id(), new_id()
        await conversations.publish_reasons(
            tx,
            nodes=[
                ReasonNode(top, None, "燃气灶", "Hob", 0, True),
                ReasonNode(leaf, top, centre.reason, "Ignition", 0, True),
            ],
            by=system,
        )
        tag_id = await conversations.add_tag(tx, name="上门", colour="#1f5fae")
        await automation.add_macro(
            tx,
            shortcut="visit",
            title="燃气灶：登记上门",
            steps=Steps(
                reply="{{ customer.name }}您好，{{ agent.name }}已为您登记上门，师傅____联系您。",
                note="登记会话{{ conversation.number }}",
                tag_ids=[tag_id],
                priority="high",
                end="close",
            ),
            scope="all",
            team_id=None,
            language="zh-CN",
            by=system,
        )
        week = {day: [["08:30", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue")}
        hours = await routing.save_hours(
            tx, name="工作日", time_zone="Asia/Shanghai", week=week, holidays=[]
        )
        centre.ids["hours"] = str(hours.id)
        entry = EntryText(
            kind="partner",
            name_zh="市计量检定站",
            name_en="City meter laboratory",
            competence="表具检定",
            reason_ids=[leaf],
            power="出具结论",
            limit_fen=8000,
            hours_id=hours.id,
            phone="400-000-0021",
            link="https://meter-lab.example.com/",
        )
        entry_id = await directory.add_entry(tx, entry=entry, by=system, verified=False)
        centre.ids["entry"] = str(entry_id)


async def _articles(database: Any, organisation_id: UUID, centre: Centre) -> None:
    from peakend.kernel.actors import Actor
    from peakend.knowledge import actions as knowledge

    system = Actor.system(organisation_id)
    body = "先看电池：换上新的 1 号电池再试。\n\n## 仍打不着\n\n擦干点火针，再试一次。"
    async with database.transaction(system) as tx:
        category_id = await knowledge.save_category(
            tx, slug="hob", name_zh="燃气灶", name_en="Gas hob", position=0
        )
        article_id = await knowledge.write_article(
            tx,
            title=ANSWER,
            slug="hob-does-not-light",
            by=system,
            category_id=category_id,
            audience="customer",
            body=body,
            questions=["煤气灶点不着", "炉子打不着火", "灶台不打火", "点火没有反应"],
        )
        await knowledge.publish(tx, article_id=article_id, by=system)
        centre.ids["article"] = str(article_id)
        other = await knowledge.write_article(
            tx,
            title="如何预约保洁",
            slug="book-cleaning",
            by=system,
            category_id=category_id,
            audience="customer",
            body="在首页选择保洁，挑选时间后提交。",
            questions=["怎么约保洁", "预约打扫"],
        )
        await knowledge.publish(tx, article_id=other, by=system)


async def _past(database: Any, organisation_id: UUID, centre: Centre) -> None:
    from peakend.conversations import actions as conversations
    from peakend.customers import actions as customers
    from peakend.kernel.actors import Actor
    from peakend.kernel.ids import new_id

    system = Actor.system(organisation_id)
    for name in ("刘洋", "孙丽", "周强"):
        async with database.transaction(system) as tx:
            customer_id = await customers.add_customer(
                tx, name=name, identities=[("phone", "13800001234", False)]
            )
            message = await conversations.receive(
                tx,
                channel_id=UUID(centre.ids["channel"]),
                customer_id=customer_id,
                client_id=new_id(),
                text="请问保洁怎么收费？",
            )
            await conversations.note(
                tx,
                conversation_id=message.conversation_id,
                client_id=None,
                text="老客户",
                by=Actor(
                    organisation_id=organisation_id,
                    kind="member",
                    id=UUID(centre.ids["supervisor"]),
                    name="李文",
                    permissions=frozenset({"conversations.read"}),
                    scope="all",
                ),
            )
            await conversations.close(
                tx, conversation_id=message.conversation_id, by=system, solved=True
            )
            centre.ids |= {
                "customer": str(customer_id),
                "conversation": str(message.conversation_id),
            }
