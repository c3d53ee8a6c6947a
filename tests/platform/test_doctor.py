"""The doctor names what is wrong and what to do, in both languages."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from peakend.kernel import backups, built, doctor
from peakend.kernel.words import word


def by_wording(findings):
    return {finding.wording.removeprefix("kernel.doctor."): finding for finding in findings}


async def test_a_healthy_database_has_no_bad_finding(dsn, tmp_path):
    found = by_wording(await doctor.examine(dsn, tmp_path))
    for wording in ("reachable", "extension", "chinese", "clock", "tables"):
        assert found[wording].verdict == "good", wording


async def test_a_database_that_is_away_is_the_finding(tmp_path):
    findings = await doctor.examine("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    assert findings[0].wording == "kernel.doctor.unreachable"
    assert doctor.worst(findings) == "bad"


async def test_a_locale_without_chinese_is_found(server, tmp_path):
    connection = await asyncpg.connect(server)
    await connection.execute(
        "CREATE DATABASE peakend_plain TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
    )
    try:
        plain = server.replace("/peakend?", "/peakend_plain?")
        there = await asyncpg.connect(plain)
        await there.execute("CREATE EXTENSION pg_trgm")
        await there.close()
        found = by_wording(await doctor.examine(plain, tmp_path))
        assert found["no_chinese"].verdict == "bad"
        assert found["no_tables"].verdict == "doubtful"
        assert found["extension_not_made"].verdict == "doubtful"
    finally:
        await connection.execute("DROP DATABASE peakend_plain WITH (FORCE)")
        await connection.close()


@pytest.mark.parametrize(("skew_s", "verdict"), [(0, "good"), (1.5, "good"), (30, "bad")])
def test_clock_skew_is_judged_against_the_middle_of_the_question(skew_s, verdict):
    before = datetime(2026, 1, 1, tzinfo=UTC)
    at = before + timedelta(seconds=0.1 + skew_s)
    assert doctor._clock(before, at, before + timedelta(seconds=0.2)).verdict == verdict


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "wording",
    [
        "unreachable",
        "too_old",
        "extension_not_made",
        "no_pg_trgm",
        "no_vector",
        "no_chinese",
        "locale_unknown",
        "clock_off",
        "no_tables",
        "disk_short",
        "no_web",
        "no_backup",
        "backup_old",
        "backup_away",
        "backup_faulty",
        "backup_same_disk",
        "archive_behind",
        "archive_stopped",
        "archive_lost",
    ],
)
def test_whatever_is_wrong_comes_with_advice(wording, language):
    for key in (f"kernel.doctor.{wording}", f"kernel.doctor.{wording}_advice"):
        assert word(key, language) != key


def standing(**other):
    now = datetime.now(UTC)
    usual = {
        "depot": "/mnt/backups", "same_disk": False, "count": 3, "last_at": now,
        "checked_at": None, "checked_good": None, "active": True, "lost": False,
        "behind_bytes": 0, "server_up_s": 3600.0,
    }  # fmt: skip
    return backups.Standing(**usual | other)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, {"backup", "archive"}),
        ({"encrypted": True}, {"backup", "archive"}),
        ({"last_at": datetime.now(UTC) - timedelta(days=8)}, {"backup_old", "archive"}),
        ({"last_at": None}, {"no_backup"}),
        ({"last_at": None, "away": True}, {"backup_away"}),
        ({"checked_good": False}, {"backup_faulty", "archive"}),
        ({"same_disk": True}, {"backup", "backup_same_disk", "archive"}),
        ({"behind_bytes": 10**9}, {"backup", "archive_behind"}),
        ({"active": False}, {"backup", "archive_stopped"}),
        ({"active": False, "server_up_s": 2.0}, {"backup"}),
        ({"lost": True, "active": False}, {"backup", "archive_lost"}),
    ],
)
def test_backups_are_judged(other, said):
    found = set(by_wording(doctor.judged(standing(**other), datetime.now(UTC))))
    closed = "backup_encrypted" if other.get("encrypted") else "backup_plain"
    assert found == (said if "last_at" in other and not other["last_at"] else said | {closed})


def test_without_a_backup_the_doctor_says_how_to_make_one():
    assert set(by_wording(doctor.judged(None, datetime.now(UTC)))) == {"no_backup"}


@pytest.mark.parametrize("place", ["CHECKOUT", "STATIC"])
def test_the_web_app_is_found_wherever_it_is_served_from(place, tmp_path, monkeypatch):
    for one in ("CHECKOUT", "STATIC"):
        monkeypatch.setattr(built, one, tmp_path / one)
    finding = doctor._web_build()
    assert (finding.verdict, finding.params) == ("bad", {"missing": "desk, widget"})
    for name, proof in built.PROOFS.items():
        (tmp_path / place / name).mkdir(parents=True)
        (tmp_path / place / name / proof).touch()
        assert built.built_folder(name) == tmp_path / place / name
    assert doctor._web_build().verdict == "good"
