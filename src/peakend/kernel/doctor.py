"""What is wrong with an installation, and what to do about it."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import asyncpg
import msgspec

from peakend.kernel import backups
from peakend.kernel.built import not_built
from peakend.kernel.postgres import kept_cluster
from peakend.kernel.schema import EXTENSIONS, OPTIONAL_EXTENSIONS

Verdict = Literal["good", "doubtful", "bad"]

OLDEST_POSTGRES = 15
LARGEST_SKEW_S = 2
LEAST_FREE_GB = 1.0
COMFORTABLE_FREE_GB = 5.0
OLDEST_BACKUP = timedelta(days=7)
MOST_BEHIND_BYTES = 64 * 1024 * 1024
SETTLED_S = 30  # the archive of a server that has just begun is not judged yet


class Finding(msgspec.Struct, frozen=True):
    """One look: `wording` names what was seen, its `_advice` what to do when it is not good."""

    verdict: Verdict
    wording: str
    params: dict[str, Any] = {}


async def examine(dsn: str | None, data_dir: Path, problem: str = "") -> list[Finding]:
    """Look at database, locale, extensions, clock, backups, disk and web build.

    `problem` is why there is no address of a database.
    """
    if dsn is None:
        findings = [Finding("bad", "kernel.doctor.unreachable", {"reason": problem})]
    else:
        findings = await _examine_database(dsn, data_dir)
    return [*findings, _disk(data_dir), _web_build()]


async def _examine_database(dsn: str, data_dir: Path) -> list[Finding]:
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        return [Finding("bad", "kernel.doctor.unreachable", {"reason": reason})]
    try:
        before = datetime.now(UTC)
        at = await connection.fetchval("SELECT clock_timestamp()")
        return [
            _version(connection.get_server_version()),
            *[await _extension(connection, name, "bad") for name in EXTENSIONS],
            *[await _extension(connection, name, "doubtful") for name in OPTIONAL_EXTENSIONS],
            await _locale(connection),
            _clock(before, at, datetime.now(UTC)),
            await _migrations(connection),
            *await _backups(connection, data_dir),
        ]
    finally:
        await connection.close()


def _version(version: Any) -> Finding:
    shown = f"{version.major}.{version.micro}"  # asyncpg puts 15.18's 18 there
    if version.major < OLDEST_POSTGRES:
        return Finding(
            "bad", "kernel.doctor.too_old", {"version": shown, "oldest": OLDEST_POSTGRES}
        )
    return Finding("good", "kernel.doctor.reachable", {"version": shown})


async def _extension(connection: Any, name: str, without: Verdict) -> Finding:
    installed = await connection.fetchval("SELECT 1 FROM pg_extension WHERE extname = $1", name)
    if installed:
        return Finding("good", "kernel.doctor.extension", {"extension": name})
    found = await connection.fetchval("SELECT 1 FROM pg_available_extensions WHERE name = $1", name)
    wording = "extension_not_made" if found else f"no_{name}"
    return Finding(without, f"kernel.doctor.{wording}", {"extension": name})


async def _locale(connection: Any) -> Finding:
    try:
        knows = await connection.fetchval("SELECT show_trgm('中文') <> '{}'")
    except asyncpg.UndefinedFunctionError:
        return Finding("bad", "kernel.doctor.locale_unknown")
    return Finding("good" if knows else "bad", f"kernel.doctor.{'' if knows else 'no_'}chinese")


def _clock(before: datetime, at: datetime, after: datetime) -> Finding:
    """Compare with the middle of the question and the answer, so that a slow line is no skew."""
    skew_s = abs((at - (before + (after - before) / 2)).total_seconds())
    good = skew_s <= LARGEST_SKEW_S + (after - before).total_seconds() / 2
    params = {"skew_s": f"{skew_s:.1f}"}
    return Finding(
        "good" if good else "bad", f"kernel.doctor.clock{'' if good else '_off'}", params
    )


async def _migrations(connection: Any) -> Finding:
    try:
        version = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return Finding("doubtful", "kernel.doctor.no_tables")
    return Finding("good", "kernel.doctor.tables", {"version": version})


async def _backups(connection: Any, data_dir: Path) -> list[Finding]:
    """Look at the backups of the embedded database; another has its own."""
    if not kept_cluster(data_dir).exists():
        return []
    standing = await backups.standing(connection, data_dir)
    return judged(standing, datetime.now(UTC))


def judged(standing: backups.Standing | None, now: datetime) -> list[Finding]:
    """Return what is to be said of the backups of an embedded database."""
    if standing is not None and standing.away:
        return [Finding("bad", "kernel.doctor.backup_away", {"folder": standing.depot})]
    if standing is None or standing.last_at is None:
        return [Finding("doubtful", "kernel.doctor.no_backup")]
    params = {"folder": standing.depot, "at": backups.shown(standing.last_at)}
    if standing.checked_good is False:
        findings = [Finding("bad", "kernel.doctor.backup_faulty", params)]
    elif now - standing.last_at > OLDEST_BACKUP:
        findings = [Finding("doubtful", "kernel.doctor.backup_old", params)]
    else:
        findings = [Finding("good", "kernel.doctor.backup", params)]
    closed = "backup_encrypted" if standing.encrypted else "backup_plain"
    findings.append(Finding("good", f"kernel.doctor.{closed}", params))
    if standing.same_disk:
        findings.append(Finding("doubtful", "kernel.doctor.backup_same_disk", params))
    behind_mb = f"{(standing.behind_bytes or 0) / 1e6:.0f}"
    if standing.lost:
        findings.append(Finding("bad", "kernel.doctor.archive_lost", params))
    elif standing.active and (standing.behind_bytes or 0) <= MOST_BEHIND_BYTES:
        findings.append(Finding("good", "kernel.doctor.archive", params))
    elif standing.active or standing.server_up_s > SETTLED_S:
        wording = "archive_behind" if standing.active else "archive_stopped"
        verdict: Verdict = "doubtful" if standing.active else "bad"
        told = params | {"behind_mb": behind_mb}
        findings.append(Finding(verdict, f"kernel.doctor.{wording}", told))
    return findings


def _disk(data_dir: Path) -> Finding:
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    verdict: Verdict = (
        "bad"
        if free_gb < LEAST_FREE_GB
        else "doubtful"
        if free_gb < COMFORTABLE_FREE_GB
        else "good"
    )
    wording = "disk" if verdict == "good" else "disk_short"
    params = {"free_gb": f"{free_gb:.1f}", "folder": data_dir}
    return Finding(verdict, f"kernel.doctor.{wording}", params)


def _web_build() -> Finding:
    if missing := not_built():
        return Finding("bad", "kernel.doctor.no_web", {"missing": ", ".join(missing)})
    return Finding("good", "kernel.doctor.web")


def worst(findings: list[Finding]) -> Verdict:
    """Return the gravest verdict."""
    verdicts = {finding.verdict for finding in findings}
    order: tuple[Verdict, ...] = ("bad", "doubtful")
    return next((verdict for verdict in order if verdict in verdicts), "good")
