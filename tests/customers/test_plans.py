"""Finding customers stays an index matter behind row-level security."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from peakend.customers.queries import found
from peakend.customers.rules import sought_grams
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database

MANY = 20_000
FILL = f"""
WITH made AS (
    SELECT lpad(to_hex(n), 32, '0')::uuid AS id,
           substr('王李张刘陈杨赵黄周吴', 1 + n % 10, 1)
               || substr('小大明华国建文军志海', 1 + n / 10 % 10, 1)
               || substr('明红芳敏静丽强磊洋勇', 1 + n / 100 % 10, 1) AS name
    FROM generate_series(1, {MANY}) AS n
), customers AS (
    INSERT INTO customer (organisation_id, id, name, folded, since, known)
    SELECT $1, id, name, name, now(), true FROM made
)
INSERT INTO customer_gram (organisation_id, gram, customer_id)
SELECT DISTINCT $1::uuid, substr(name, at, long), id
FROM made, generate_series(1, 3) AS at, generate_series(1, 2) AS long
WHERE at + long <= 4
"""


@pytest.mark.parametrize("q", ["王小明", "小明", "王", "海勇"])
async def test_a_name_is_found_by_the_index(
    database: Database, dsn: str, organisation: UUID, q: str
) -> None:
    owner = await asyncpg.connect(dsn)
    try:
        for table in ("customer", "customer_gram"):
            await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        await owner.execute(FILL, organisation)
        for table in ("customer", "customer_gram"):
            await owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        await owner.execute("ANALYZE customer, customer_gram")
    finally:
        await owner.close()
    wanted = sought_grams(q)
    async with database.transaction(Actor.system(organisation)) as tx:
        plan = await tx.value(
            "EXPLAIN (ANALYZE, FORMAT JSON) " + found._BY_NAME,
            wanted[0], wanted[1:], q, None, 21,
        )  # fmt: skip
    nodes = list(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    scans = [node for node in nodes if node.get("Relation Name", "").startswith("customer")]
    assert scans
    assert all(node["Node Type"] != "Seq Scan" for node in scans), plan
    # No more is read than twenty rows need, whatever the table holds.
    assert max(node["Actual Rows"] * node["Actual Loops"] for node in nodes) < MANY / 4, plan


def _nodes(node: dict[str, Any]) -> Any:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)
