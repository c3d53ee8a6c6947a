"""The last administrator, locked out in every way, comes in again from the host's shell."""

import asyncio
import os
import re
import subprocess
from uuid import UUID

import httpx

from peakend.accounts import queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import a_person

NEW = "Boats-at-dawn-31"


async def test_who_is_locked_out_comes_in_again(
    database: Database, dsn: str, client: httpx.AsyncClient, organisation: UUID
) -> None:
    from tests.platform.test_cli import peakend

    lost = await a_person(database, client, organisation, "agent", login="lost@example.com")
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run("UPDATE member SET active = false WHERE id = $1", lost.id)
        await tx.run("UPDATE credential SET active = false WHERE member_id = $1", lost.id)
        await tx.run(
            "INSERT INTO second_step (member_id, secret, created_at, confirmed_at)"
            " VALUES ($1, '\\x00', $2, $2)",
            lost.id,
            tx.now,
        )
        await tx.run(
            "INSERT INTO sign_in_rule (password_least, second_step_roles, networks, changed_at)"
            " VALUES (12, '{}', '{203.0.113.0/24}', $1)",
            tx.now,
        )

    async def rescue(*words: str) -> subprocess.CompletedProcess:
        key = os.environ["PEAKEND_SECRET_KEY"]
        return await asyncio.to_thread(
            peakend, "accounts", "rescue", *words, PEAKEND_DATABASE_URL=dsn, PEAKEND_SECRET_KEY=key
        )

    nobody = await rescue("nobody@example.com")
    assert nobody.returncode == 1, nobody.stdout
    done = await rescue("LOST@example.com", "--any-network")
    assert done.returncode == 0, done.stderr
    secret = re.search(r"/invitation/([\w-]{43})", done.stdout)
    assert secret
    client.cookies.clear()
    entered = await client.post(f"/api/invitations/{secret[1]}", json={"password": NEW})
    assert entered.status_code == 201, entered.text
    assert "accounts.manage" in entered.json()["permissions"]
    async with database.transaction(Actor.system(organisation)) as tx:
        kept = await tx.value("SELECT detail FROM audit_entry WHERE action = 'member.rescued'")
        assert kept == {"made_admin": True, "networks_opened": True}
        assert not await queries.members_with_second_step(tx, [lost.id])
        assert (await queries.sign_in_rules(tx)).password_least == 12
