"""Routes of waits: finding them, and the page that a customer reads as proof."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, PackageLoader, select_autoescape
from litestar import Request, Response, delete, get, post
from msgspec import Meta

from peakend.complaints import actions, queries
from peakend.complaints.queries import Proven, Wait, WaitDay, WaitSearch
from peakend.complaints.rules.waits import Outcome, over_s
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs, public
from peakend.kernel.secrets import token as random_token
from peakend.kernel.settings import settings
from peakend.kernel.words import LANGUAGES, best_language, word

Channel = Annotated[str, Meta(pattern="^[a-z_]{2,20}$")]
Moment = Annotated[datetime, Meta(tz=True)]
WHY = "whoever holds the signed link of a wait may read its record until the link ends"


class WaitProof(msgspec.Struct, frozen=True):
    """A link under which a customer reads the record of his wait."""

    url: str
    wait: Wait


class ProofMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A message on its way; sent twice with the same id, it is said once."""

    client_id: UUID


@get("/waits", opt=needs("complaints.read"))
async def find_waits(
    tx: Transaction,
    actor: Actor,
    customer_id: UUID | None = None,
    brand_id: UUID | None = None,
    queue_id: UUID | None = None,
    channel: Channel | None = None,
    since: Moment | None = None,
    before: Moment | None = None,
    outcome: Outcome | None = None,
    over: bool = False,
    granted: bool = False,
    cursor: str | None = None,
) -> Page[Wait]:
    """Return waits of customers in a line, the latest first."""
    search = WaitSearch(
        customer_id=customer_id,
        brand_id=brand_id,
        queue_id=queue_id,
        channel=channel,
        since=since,
        before=before,
        outcome=outcome,
        over=over,
        granted=granted,
    )
    return await queries.waits_found(tx, actor, search, cursor)


@get("/waits/days", opt=needs("complaints.read"))
async def wait_days(
    tx: Transaction,
    actor: Actor,
    brand_id: UUID | None = None,
    queue_id: UUID | None = None,
    channel: Channel | None = None,
    since: Moment | None = None,
    before: Moment | None = None,
    over: bool = False,
    granted: bool = False,
) -> list[WaitDay]:
    """Return the waits of each day, at most 92 days of them, and what was given for them."""
    search = WaitSearch(
        brand_id=brand_id,
        queue_id=queue_id,
        channel=channel,
        since=since,
        before=before,
        over=over,
        granted=granted,
    )
    return await queries.waits_by_day(tx, actor, search)


@get("/conversations/{conversation_id:uuid}/waits", opt=needs("complaints.read"))
async def waits_of_conversation(tx: Transaction, actor: Actor, conversation_id: UUID) -> list[Wait]:
    """Return how long the customer of a conversation waited in a line, and when."""
    return await queries.waits_of_conversation(tx, conversation_id, actor)


@post("/waits/{wait_id:uuid}/proofs", opt=needs("complaints.work"))
async def give_wait_proof(
    request: Request[Any, Any, Any], tx: Transaction, actor: Actor, wait_id: UUID
) -> WaitProof:
    """Make a link under which the customer reads the record of a wait, for 90 days."""
    path = await actions.give_proof(tx, wait_id=wait_id, by=actor)
    return WaitProof(f"{_own(request)}{path}", await queries.wait(tx, wait_id, actor))


@post("/waits/{wait_id:uuid}/proof-messages", opt=needs("complaints.work"))
async def send_wait_proof(
    request: Request[Any, Any, Any],
    tx: Transaction,
    actor: Actor,
    wait_id: UUID,
    data: ProofMessage,
) -> Wait:
    """Send the link to the record of a wait into its conversation."""
    await actions.send_proof(
        tx, wait_id=wait_id, client_id=data.client_id, origin=_own(request), by=actor
    )
    return await queries.wait(tx, wait_id, actor)


def _own(request: Request[Any, Any, Any]) -> str:
    """Return at which address the centre is reached from outside."""
    return settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"


@delete("/waits/{wait_id:uuid}/proofs", opt=needs("complaints.work"), status_code=200)
async def take_wait_proof(tx: Transaction, actor: Actor, wait_id: UUID) -> Wait:
    """Let every link to the record of a wait end."""
    await actions.take_proof(tx, wait_id=wait_id, by=actor)
    return await queries.wait(tx, wait_id, actor)


@get("/w-proof/{token:str}", opt=public(WHY), include_in_schema=False)
async def wait_proof_page(
    request: Request[Any, Any, Any], database: Database, token: str
) -> Response:
    wanted = request.query_params.get("lang", "")
    try:
        organisation_id, wait_id, number = queries.wait_of_proof(token)
        guest = Actor(organisation_id=organisation_id, kind="visitor", name="")
        async with database.transaction(guest) as tx:
            found = await queries.proven(tx, wait_id, number)
    except queries.WaitNotFound:
        language = best_language(wanted or request.headers.get("accept-language"))
        return _page(language, token, None, status=404)
    return _page(wanted if wanted in LANGUAGES else found.language, token, found)


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("peakend.complaints", "pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(language: str, token: str, found: Proven | None, *, status: int = 200) -> Response:
    nonce = random_token()[:22]
    html = (
        _pages()
        .get_template("wait.html")
        .render(
            language=language,
            other=next(one for one in LANGUAGES if one != language),
            nonce=nonce,
            found=found,
            lines=_lines(found, language) if found else [],
            say=lambda key, **params: word(f"complaints.proof.{key}", language, **params),
        )
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": policy,
    }
    return Response(html, media_type="text/html", status_code=status, headers=headers)


def _lines(found: Proven, language: str) -> list[tuple[str, str]]:
    """Return what the record says, line by line: what it is called, and what it is."""
    row, zone = found.row, ZoneInfo(found.zone)

    def say(key: str, **params: object) -> str:
        return word(f"complaints.proof.{key}", language, **params)

    def moment(at: datetime) -> str:
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    lines = [(say("conversation"), f"#{found.number}"), (say("channel"), _way(row.channel, say))]
    if found.queue:
        lines.append((say("queue"), found.queue))
    lines.append((say("from"), moment(row.entered_at)))
    if row.until_at is None or row.waited_s is None:
        lines.append((say("until"), say("still")))
    else:
        lines.append((say("until"), moment(row.until_at)))
        lines.append((say("waited"), clock(row.waited_s)))
    lines.append((say("how"), say(f"outcome.{row.outcome or 'waiting'}")))
    if row.promised_s is not None:
        lines.append((say("promised"), clock(row.promised_s)))
        over = over_s(row.waited_s or 0, row.promised_s)
        lines.append((say("over"), clock(over) if over else say("not_over")))
    if row.told_high_s is not None:
        told = say("told_between", low=clock(row.told_low_s or 0), high=clock(row.told_high_s))
        lines.append((say("told"), told))
    lines.append((say("zone"), found.zone))
    return lines


def _way(channel: str, say: Any) -> str:
    return say(f"way.{channel}") if channel in ("web", "mail") else channel


def clock(seconds: int) -> str:
    """Return a duration as the house writes it: 0:47, 1:02, 1:04:05."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


routes = [
    find_waits,
    wait_days,
    waits_of_conversation,
    give_wait_proof,
    send_wait_proof,
    take_wait_proof,
    wait_proof_page,
]
