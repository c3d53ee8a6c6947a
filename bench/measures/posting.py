"""Posting a message and reading a list through HTTP, against pgbench on the same statements."""

from typing import Any
from uuid import UUID

from bench import script
from bench.centre import Centre, make_centre
from bench.client import Client, for_a_while
from bench.cluster import a_cluster, pgbench
from bench.figures import Figure, console, mean_of
from bench.processes import a_process
from bench.web import register
from peakend.conversations import queries
from peakend.conversations.actions.posting import POST_BY_STAFF
from peakend.conversations.rules.search import lexemes
from peakend.kernel.ids import new_id

CLIENTS = 16
TURNS = 4
TURN_S = 3
TEXT = "您好，请问灶具的型号是什么？师傅今天下午可以上门，请留一个方便的时间和地址。"


async def post() -> list[Figure]:
    """Post through the whole app and through pgbench by turns."""
    async with a_cluster() as cluster:
        address = await cluster.database("bench")
        register()
        centre = await make_centre(address, agents=CLIENTS, each=1)
        async with a_process("web", address, cluster.folder) as web:
            works = [Poster(web.port, centre, n) for n in range(CLIENTS)]
            await for_a_while(works, 1.5)
            ours, theirs, app_ms, server_ms, bare_ms = [], [], [], [], []
            for turn in range(TURNS):
                console.print(f"  turn {turn + 1} of {TURNS}", style="dim")
                before_theirs = cluster.cpu_s()
                theirs.append(
                    await pgbench(
                        address, centre.organisation_id, one_statement(centre),
                        clients=CLIENTS, seconds=TURN_S,
                    )
                )  # fmt: skip
                used = (cluster.cpu_s() - before_theirs) / TURN_S
                bare_ms.append(used / theirs[-1] * 1000)
                before = web.cpu_s(), cluster.cpu_s()
                done = await for_a_while(works, TURN_S)
                ours.append(done / TURN_S)
                app_ms.append((web.cpu_s() - before[0]) / done * 1000)
                server_ms.append((cluster.cpu_s() - before[1]) / done * 1000)
        await centre.database.close()
    detail = {"app /s": mean_of(ours), "pgbench /s": mean_of(theirs)}
    cpu = {
        "app ms": min(app_ms),
        "PostgreSQL ms": min(server_ms),
        "PostgreSQL ms of pgbench's one statement": min(bare_ms),
    }
    total = min(a + s for a, s in zip(app_ms, server_ms, strict=True))
    return [
        Figure("post ÷ pgbench", mean_of(ours) / mean_of(theirs), "", 0.25, "more", detail),
        Figure("CPU per posted message", total, "ms", 1.5, "less", cpu),
    ]


class Poster:
    """An agent who writes into the own conversation again and again."""

    def __init__(self, port: int, centre: Centre, n: int) -> None:
        member = centre.agents[n]
        assert member.actor.id is not None
        self.client = Client(port, member.cookie)
        self.conversation_id = centre.held[member.actor.id][0]
        self.path = f"/api/conversations/{self.conversation_id}/messages"

    async def __call__(self) -> bytes:
        return await self.client.post(
            self.path, {"client_id": new_id(), "kind": "agent", "text": TEXT}
        )


def one_statement(centre: Centre) -> str:
    """Return message, fact and job of a reply as one statement for pgbench.

    The same tables, indexes, keys and walls as the app's, in one round trip and without a BEGIN.
    The client's id is a sub-select, so that it is one value that an index can look for.
    """
    agents = [one.actor for one in centre.agents]
    held = [centre.held[one.id][0] for one in agents if one.id]
    words = script.literal(lexemes(TEXT))
    writer, row = _of_client([one.id for one in agents if one.id]), _of_client(held)
    values: dict[int, str] = {
        1: row, 2: "gen_random_uuid()", 3: "'agent'", 4: script.literal(TEXT), 5: "'member'",
        6: writer, 7: "now()", 8: "(SELECT gen_random_uuid())", 9: "NULL", 10: "NULL", 11: "NULL",
        12: "NULL", 13: "NULL", 14: "NULL", 15: words, 16: script.literal(TEXT[:40]),
        17: "NULL", 18: "'{serving}'", 19: "false", 20: writer, 21: "'{}'", 22: "true",
        23: "'{}'",
    }  # fmt: skip
    posting = script.ARGUMENT.sub(
        lambda found: values[int(found[1])] + (found[2] or _cast(int(found[1]))), POST_BY_STAFF
    )
    statement = posting.rstrip() + _FACT_AND_JOB
    return " ".join(statement.split()) + ";\n"


def _cast(number: int) -> str:
    return {2: "::uuid", 8: "::uuid", 3: "::text"}.get(number, "")


def _of_client(ids: list[UUID]) -> str:
    """Return the id that belongs to a client of pgbench, each writing where no other does."""
    return f"({script.literal(ids)}::uuid[])[:client_id::int + 1]"


_FACT_AND_JOB = """, e AS (
    INSERT INTO event (id, type, version, occurred_at, subject, conversation_id, leg_id,
                       customer_id, agent_id, channel, queue_id, actor, payload)
    SELECT gen_random_uuid(), 'ReplySent', 1, now(), id, id, leg_id, customer_id, agent_id,
           channel_kind, queue_id, 'member', jsonb_build_object(
               'seq', last_seq, 'message_id', gen_random_uuid(), 'first', false, 'length', 40,
               'files', 0, 'waited_ms', last_wait_ms, 'article_id', NULL)
    FROM touched RETURNING id
)
INSERT INTO job (id, name, fact_id, run_at, priority, args, alone)
SELECT gen_random_uuid(), 'bench.bench_nothing', id, now(), 5, '{}', false FROM e
"""


async def lists() -> list[Figure]:
    """Read a list of 50 through the app, and its queries through pgbench, by turns."""
    async with a_cluster() as cluster:
        address = await cluster.database("bench")
        centre = await make_centre(address, agents=4, each=60)
        statements = await list_statements(centre)
        async with a_process("web", address, cluster.folder) as web:
            member = centre.agents[0]
            clients = [Client(web.port, member.cookie) for _ in range(8)]

            def reader(client: Client) -> Any:
                return lambda: client.get("/api/conversations?view=mine&limit=50")

            works = [reader(client) for client in clients]
            await for_a_while(works, 1)
            ours, theirs = [], []
            for turn in range(3):
                console.print(f"  turn {turn + 1} of 3", style="dim")
                rate = await pgbench(
                    address, centre.organisation_id, script.script(statements),
                    clients=8, seconds=2,
                )  # fmt: skip
                theirs.append(rate)
                ours.append(await for_a_while(works, 2) / 2)
        await centre.database.close()
    detail = {
        "app /s": mean_of(ours),
        "pgbench /s": mean_of(theirs),
        "statements": len(statements),
    }
    return [
        Figure(
            "list of 50 ÷ pgbench", mean_of(ours) / mean_of(theirs), "", 0.10, "more", detail
        )
    ]  # fmt: skip


async def list_statements(centre: Centre) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what one list sends to PostgreSQL."""
    actor = centre.agents[0].actor
    async with centre.tx(actor) as tx:
        recorder = script.Recorder.of(tx)
        page = await queries.conversation_list(recorder, actor, "mine", queries.Filters())
    assert len(page.items) == 50
    return recorder.statements
