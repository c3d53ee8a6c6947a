"""A mailbox with ten thousand mails: how fast they become messages, and what that takes.

BENCH_MAILS says how many mails instead.
"""

import asyncio
import base64
import os
import time
from collections.abc import Awaitable, Callable

from bench.centre import Centre, make_centre
from bench.cluster import Cluster, a_cluster
from bench.figures import Figure, console
from bench.measures.carrying import peak_of
from bench.processes import Process, a_process
from peakend.accounts import queries as houses
from peakend.adapters.mail import read
from peakend.kernel.settings import settings
from peakend.mail import actions
from peakend.mail.actions import MailboxText
from tests.mail.boxes import LOGIN, PASSWORD, Folder

MAILS = 10_000
SENDERS = 2_500
REST_S = 4
LONGEST_S = 900.0
SAID = "热水器打不着火，显示 E1，师傅什么时候能上门？订单号在下面，谢谢。"
_TAKEN = """
SELECT EXISTS (SELECT FROM message_mail m JOIN received_mail r
    ON r.organisation_id = m.organisation_id AND r.id = m.received_id WHERE r.message_id = $1)
"""


def a_mail(number: int) -> bytes:
    """Return a mail as programs of this country write them, one in six with a file."""
    sender = f"customer{number % SENDERS}@qq.example"
    name = base64.b64encode(f"客户{number % SENDERS}".encode("gb18030")).decode()
    head = (
        f"From: =?gb18030?B?{name}?= <{sender}>\r\nTo: {LOGIN}\r\n"
        f"Message-ID: <{number}@qq.example>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0800\r\n"
        f"Subject: =?gbk?B?{base64.b64encode(f'维修 {number}'.encode('gbk')).decode()}?=\r\n"
        "MIME-Version: 1.0\r\n"
    )
    history = f"------------------ 原始邮件 ------------------\r\n{SAID * 8}"
    text = f"{SAID}\r\n单号 {number}\r\n\r\n{history}"
    if number % 3 == 0:
        body = base64.encodebytes(text.encode("gb18030")).decode().replace("\n", "\r\n")
        return (
            f"{head}Content-Type: text/plain; charset=gb2312\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{body}"
        ).encode()
    page = "".join(f"<div style='color:#333'>{line}</div>" for line in text.split("\r\n"))
    both = (
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>{page}</body></html>\r\n"
        "--b--\r\n"
    )
    if number % 6 != 1:
        return f"{head}Content-Type: multipart/alternative; boundary=b\r\n\r\n{both}".encode()
    file = base64.encodebytes(f"{number}".encode() * 12_000).decode().replace("\n", "\r\n")
    return (
        f"{head}Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        f"--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n{both}"
        "--a\r\nContent-Type: application/pdf; name=bill.pdf\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{file}\r\n--a--\r\n"
    ).encode()


async def backlog() -> list[Figure]:
    """Let a worker find a full mailbox, and let one mail more come while it is at work."""
    many = int(os.environ.get("BENCH_MAILS", MAILS))
    mails = [a_mail(number) for number in range(many)]
    folder = Folder()
    folder.put(*mails)
    server = await asyncio.start_server(folder.talk, "127.0.0.1", 0)
    folder.port = server.sockets[0].getsockname()[1]
    settings.outgoing_allowed = ("127.0.0.1",)
    os.environ["PEAKEND_OUTGOING_ALLOWED"] = "127.0.0.1"
    try:
        async with a_cluster() as cluster:
            centre = await make_centre(await cluster.database("mail"), agents=1, each=0)
            settings.data_dir = cluster.folder
            async with a_process("worker", centre.address, cluster.folder) as worker:
                await asyncio.sleep(REST_S)
                figures = await _drained(cluster, centre, worker, folder, many)
            await centre.database.close()
    finally:
        server.close()
    return [_alone(mails[: many // 10]), *figures]


async def _drained(
    cluster: Cluster, centre: Centre, worker: Process, folder: Folder, many: int
) -> list[Figure]:
    rest = peak_of(worker.pid, anew=True)
    cpu, server = worker.cpu_s(), cluster.cpu_s()
    await _connected(centre, folder)
    began = time.perf_counter()
    first = await _until(lambda: _taken(centre, f"{many - 1}@qq.example"), began)
    halfway = await _until(lambda: _count(centre, many // 2), began)
    half_peak = peak_of(worker.pid)
    folder.put(a_mail(many))
    late = time.perf_counter()
    newest = await _until(lambda: _taken(centre, f"{many}@qq.example"), late)
    kept = await _until(lambda: _count(centre, many + 1, "received_mail"), began)
    whole = await _until(lambda: _count(centre, many + 1), began)
    peak, made = peak_of(worker.pid), many + 1
    console.print(f"  {many:,} mails in {whole:.0f} s", style="dim")
    rate = {
        "half of them after s": round(halfway),
        "worker ms each": (worker.cpu_s() - cpu) / made * 1000,
        "PostgreSQL ms each": (cluster.cpu_s() - server) / made * 1000,
    }
    memory = {"at rest MB": round(rest), "after half of them": round(half_peak - rest)}
    return [
        Figure("mails read and kept", made / kept, "/s", 50, "more"),
        Figure("mails read and made messages", made / whole, "/s", 50, "more", rate),
        Figure("worker's peak over its rest", peak - rest, "MB", None, "less", memory),
        Figure("newest of a backlog is a message after", first, "s"),
        Figure("a mail that comes meanwhile is one after", newest, "s", 5),
    ]


def _alone(mails: list[bytes]) -> Figure:
    """Return how many mails a second are read by themselves, with nothing kept."""
    began = time.perf_counter()
    for raw in mails:
        read(raw)
    return Figure(
        "mails read alone, nothing kept", len(mails) / (time.perf_counter() - began), "/s"
    )


async def _connected(centre: Centre, folder: Folder) -> None:
    async with centre.tx() as tx:
        brand_id = (await houses.brands(tx))[0].id
        given = MailboxText(
            brand_id=brand_id, name="客服邮箱", email=LOGIN, host="127.0.0.1", port=folder.port,
            tls="none", login=LOGIN, folder="INBOX",
        )  # fmt: skip
        mailbox_id = await actions.add_mailbox(tx, mailbox=given)
        await actions.set_box_password(tx, mailbox_id=mailbox_id, password=PASSWORD)


async def _until(found: Callable[[], Awaitable[bool]], began: float) -> float:
    while not await found():
        if time.perf_counter() - began > LONGEST_S:
            raise RuntimeError("the mails did not come")
        await asyncio.sleep(0.1)
    return time.perf_counter() - began


async def _count(centre: Centre, many: int, table: str = "message_mail") -> bool:
    async with centre.tx() as tx:
        return bool(await tx.value(f"SELECT count(*) >= $1 FROM {table}", many))


async def _taken(centre: Centre, message_id: str) -> bool:
    async with centre.tx() as tx:
        return bool(await tx.value(_TAKEN, message_id))
