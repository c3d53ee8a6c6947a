"""The ledger outlives whoever dies while it is written, and mends what it lacks."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from peakend.kernel import clock
from peakend.kernel.ledger import note_erased, read_ledger
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.privacy import actions
from peakend.privacy.queries import own_ledger
from tests.privacy import planting
from tests.privacy.conftest import Place, erasure

ROOT = Path(__file__).parents[2]
_SESSIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
"""


async def _asked(place: Place) -> str:
    visitor = await place.comes()
    said = (await visitor.says(place.word("words"))).json()
    await planting.close(place, said["conversation"]["id"])
    customer_id = str(await place.fetch("SELECT customer_id FROM conversation"))
    await place.works()
    await place.does("POST", "/privacy/erasures", erasure(customer_id))
    return customer_id


@pytest.mark.parametrize("when", ["before", "after"])
async def test_who_is_killed_at_the_ledger_loses_no_line(place: Place, when: str) -> None:
    customer_id = await _asked(place)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "secret.key").write_text(settings.key.hex())
    words = [sys.executable, "-m", "tests.privacy.dying", place.dsn, str(settings.data_dir), when]
    before = await place.fetch(_SESSIONS)
    ended = subprocess.run(
        words, cwd=ROOT, check=False, capture_output=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]
    # What a dead process had locked is passed over until the server has noticed; we look once.
    async with asyncio.timeout(20):
        while await place.fetch(_SESSIONS) > before:
            await asyncio.sleep(0.02)
    assert len(read_ledger(own_ledger()).lines) == (1 if when == "after" else 0)
    later = clock.now() + timedelta(seconds=120)
    await Worker(place.centre.database, lambda: later).drain()
    found = read_ledger(own_ledger())
    assert [str(line.people[0]) for line in found.lines] == [customer_id]
    assert found.bad == 0


async def test_a_lost_ledger_is_written_anew_from_the_rows(place: Place) -> None:
    await _asked(place)
    await place.works()
    kept = read_ledger(own_ledger()).lines
    assert len(kept) == 1
    own_ledger().unlink()
    async with place.centre.tx() as tx:
        await actions.tend_ledger(tx)
    assert read_ledger(own_ledger()).lines == kept
    # And nobody is erased a second time by it.
    assert await place.centre.facts("ErasureRepeated") == []


async def test_what_waits_is_on_the_health_page(place: Place) -> None:
    customer_id = await _asked(place)
    await place.works()
    await place.fetch("DELETE FROM erasure")
    await place.fetch("UPDATE customer SET erased_at = NULL, known = true")
    hold = {"subject": "customer", "subject_id": customer_id, "code": "lawsuit"}
    held = await place.does("POST", "/privacy/holds", hold)
    async with place.centre.tx() as tx:
        await actions.tend_ledger(tx)
    report = await place.does("GET", "/health-report")
    [sign] = [one for one in report["signs"] if one["code"] == "erasures_waiting"]
    assert "1 persons" in sign["text"]
    told = await place.does("GET", "/privacy/erasures/waiting")
    [line] = read_ledger(own_ledger()).lines
    one = {"erasure_id": str(line.erasure_id), "customer_id": customer_id, "why": "on_hold"}
    assert told == {"count": 1, "items": [one]}
    await place.does("DELETE", f"/privacy/holds/{held['id']}")
    async with place.centre.tx() as tx:
        await actions.tend_ledger(tx)
    await place.works()
    [again] = await place.does("GET", "/privacy/erasures")
    assert (again["state"], again["repeated_at"] is not None) == ("done", True)
    page = (await place.boss.get(f"/privacy/erasures/{again['id']}/report")).text
    assert "恢复备份后重新删除于" in page
    report = await place.does("GET", "/health-report")
    assert "erasures_waiting" not in {one["code"] for one in report["signs"]}
    told = await place.does("GET", "/privacy/erasures/waiting")
    assert told == {"count": 0, "items": []}


async def test_nobody_of_another_organisation_is_told(place: Place) -> None:
    customer_id = await _asked(place)
    await place.works()
    await place.fetch("DELETE FROM erasure")
    await place.fetch("UPDATE customer SET erased_at = NULL, known = true")
    [line] = read_ledger(own_ledger()).lines
    other = msgspec.structs.replace(line, organisation_id=uuid4(), erasure_id=uuid4())
    note_erased(own_ledger(), [other])
    told = await place.does("GET", "/privacy/erasures/waiting")
    assert [(one["customer_id"], one["why"]) for one in told["items"]] == [(customer_id, "due")]
    assert told["items"][0]["erasure_id"] == str(line.erasure_id)
