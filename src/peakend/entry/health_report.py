"""Whether the installation is well, for administrators: what was seen and what to do about it."""

import platform
import time
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from msgspec import Meta, Struct

from peakend.accounts import actions
from peakend.accounts.queries import organisation, organisation_ids
from peakend.automation.queries import deliveries_given_up
from peakend.entry import erasing
from peakend.entry.health import WATERMARK, WATERMARK_LIMIT_S
from peakend.kernel import doctor, jobs
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.doctor import Finding, Verdict
from peakend.kernel.permissions import needs
from peakend.kernel.scans import Waiting, waiting_for_scanner
from peakend.kernel.settings import VERSION, settings
from peakend.kernel.words import best_language, has_word, word
from peakend.mail import queries as mail

FRESH_S = 3.0
LATE = timedelta(seconds=30)


class Sign(Struct, frozen=True, kw_only=True):
    """One look: what was seen and, when it is not good, what to do; in the reader's language."""

    code: str
    verdict: Verdict
    text: str
    advice: str


class HealthReport(Struct, frozen=True, kw_only=True):
    """How the installation is; without `host` only what concerns the reader's organisation.

    Units: the age of the watermark in seconds, null while nothing is being written.
    """

    at: datetime
    version: str
    python: str
    verdict: Verdict
    host: bool
    signs: list[Sign]
    watermark_age_s: float | None
    jobs_waiting: int
    jobs_since: datetime | None
    given_up: list[jobs.GivenUp]


class RetryBody(Struct, forbid_unknown_fields=True):
    """The kind of background work that shall be tried anew."""

    job: Annotated[str, Meta(min_length=1, max_length=200)]


class Retried(Struct, frozen=True):
    """How much is tried anew."""

    count: int


@get("/api/health-report", summary="How the installation is", opt=needs("settings.manage"))
async def health_report(
    request: Request[Any, Any, Any], database: Database, actor: Actor
) -> HealthReport:
    """Return what was seen and what to do; numbers and folders only, nobody's data."""
    async with database.transaction(actor) as tx:
        late, dead = await jobs.behind(tx), await jobs.given_up(tx)
        undelivered = await deliveries_given_up(tx)
        by_mail = await _of_mail(tx)
        waits, zone = await waiting_for_scanner(tx), (await organisation(tx)).time_zone
        brought_back = await erasing.findings_of(tx)
        now = tx.now
    async with database.system() as system:
        age = await system.value(WATERMARK)
    # Of the machine only the first organisation hears, whose house it is; others are its guests.
    host = (await organisation_ids(database))[:1] == [actor.organisation_id]
    findings = [
        *_of_work(late, dead, undelivered, now),
        *by_mail,
        await _of_scanner(waits, zone),
        *brought_back,
        _watermark(age),
    ]
    if host:
        findings += await _machine(request.app.state, database)
    language = best_language(request.headers.get("accept-language") or actor.language)
    return HealthReport(
        at=now, version=VERSION, python=platform.python_version(), host=host,
        verdict=doctor.worst(findings), signs=[_sign(one, language) for one in findings],
        watermark_age_s=round(age, 3) if age is not None else None, jobs_waiting=late.waiting,
        jobs_since=late.since, given_up=dead,
    )  # fmt: skip


@post(
    "/api/health-report/retries",
    summary="Try given-up work anew",
    opt=needs("settings.manage"),
)
async def retry_given_up(tx: Transaction, data: RetryBody) -> Retried:
    """Let background work of one kind that was given up be tried anew."""
    return Retried(await actions.retry_jobs(tx, name=data.job))


def _of_work(
    late: jobs.Behind, dead: list[jobs.GivenUp], undelivered: int, now: datetime
) -> list[Finding]:
    waits = late.since is not None and now - late.since > LATE
    minutes = int((now - late.since).total_seconds() // 60) if late.since else 0
    params = {"count": late.waiting, "minutes": minutes}
    work = Finding("doubtful" if waits else "good", f"entry.health.work{'_late' if waits else ''}",
                   params)  # fmt: skip
    count = sum(one.count for one in dead)
    given_up = (
        Finding("bad", "entry.health.given_up", {"count": count})
        if count
        else Finding("good", "entry.health.none_given_up")
    )
    outside = (
        Finding("doubtful", "entry.health.undelivered", {"count": undelivered})
        if undelivered
        else Finding("good", "entry.health.delivered")
    )
    return [work, given_up, outside]


async def _of_mail(tx: Transaction) -> list[Finding]:
    """Return what of mail somebody has to look after; nothing where nobody uses it."""
    counts = {
        "mail_servers_failing": await mail.failing_servers(tx),
        "mailboxes_failing": await mail.failing_mailboxes(tx),
        "mails_unread": await mail.mails_to_look_at(tx),
    }
    found = [
        Finding("doubtful", f"entry.health.{code}", {"count": count})
        for code, count in counts.items()
        if count
    ]
    used = await mail.mail_servers(tx) or await mail.mailboxes(tx)
    return found or ([Finding("good", "entry.health.mail_well")] if used else [])


async def _of_scanner(waits: Waiting, zone: str) -> Finding:
    """Return whether somebody looks into files, and what waits for that."""
    if not settings.scanner:
        return Finding("good", "entry.health.no_scanner")
    if await actions.scanner_answers():
        return Finding("good", "entry.health.scanner", {"count": waits.count})
    if waits.failing_since is None:
        return Finding("bad", "entry.health.scanner_silent", {"count": waits.count})
    since = f"{waits.failing_since.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    return Finding("bad", "entry.health.scanner_since", {"count": waits.count, "since": since})


def _watermark(age_s: float | None) -> Finding:
    if age_s is not None and age_s > WATERMARK_LIMIT_S:
        return Finding("bad", "entry.health.watermark_late", {"age_s": f"{age_s:.0f}"})
    return Finding("good", "entry.health.watermark")


async def _machine(state: Any, database: Database) -> list[Finding]:
    """Examine the machine, at most once in a few seconds however many look."""
    seen = getattr(state, "machine_seen", None)
    if seen is None or time.monotonic() - seen[0] > FRESH_S:
        found = await doctor.examine(database.dsn, settings.data_dir)
        seen = state.machine_seen = time.monotonic(), found
    # Whoever reads this has the web app before him, also where it is served from a checkout.
    findings = [one for one in seen[1] if not one.wording.endswith("web")]
    return [_of_the_demo(one) for one in findings]


def _of_the_demo(one: Finding) -> Finding:
    unneeded = settings.demo and one.wording == "kernel.doctor.no_backup"
    return Finding("good", "entry.health.demo_no_backup") if unneeded else one


def _sign(one: Finding, language: str) -> Sign:
    advice = f"{one.wording}_advice"
    told = one.verdict != "good" and has_word(advice)
    return Sign(
        code=one.wording.rpartition(".")[2],
        verdict=one.verdict,
        text=word(one.wording, language, **one.params),
        advice=word(advice, language, **one.params) if told else "",
    )


routes = [health_report, retry_given_up]
