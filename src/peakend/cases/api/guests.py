"""The page behind an outsider's link: one step, without script, in either language.

What does not open answers alike, whatever the reason: 404 with the same words.
"""

from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, select_autoescape
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from peakend.accounts.queries import organisation
from peakend.cases import actions, queries
from peakend.conversations.actions import NoFile
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound, PeakendError
from peakend.kernel.files import save_file
from peakend.kernel.limits import spend
from peakend.kernel.permissions import public
from peakend.kernel.secrets import token as random_token
from peakend.kernel.words import LANGUAGES, best_language, word
from peakend.mail.queries import moment_text

WHY = "whoever holds the signed link to a step may work that step until the link ends"
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
MOST_BYTES = 26 * 1024 * 1024
MOST_PICTURES = 5
_SAID = ("thanks", "thanks_done", "thanks_returned")
_STATE = {"ready": "form", "taken": "form", "returned": "back"}


@get("/g/{token:str}", opt=public(WHY), include_in_schema=False)
async def guest_page(request: Request[Any, Any, Any], database: Database, token: str) -> Response:
    language = _language(request, request.query_params.get("lang", ""))
    try:
        await spend(f"guest-page:{_address(request)}", rate=1, burst=60)
        house, guest_id = queries.guest_of_token(token)
        async with database.transaction(_guest(house, guest_id, language)) as tx:
            page = await _opened(tx, guest_id, language)
            return await _shown(tx, page, language, token, said=request.query_params.get("said"))
    except PeakendError as error:
        return _gone(error, language, token)


@post(
    "/g/{token:str}",
    opt=public(WHY),
    include_in_schema=False,
    request_max_body_size=MOST_BYTES,
)
async def guest_acts(request: Request[Any, Any, Any], database: Database, token: str) -> Response:
    language = _language(request, request.query_params.get("lang", ""))
    try:
        house, guest_id = queries.guest_of_token(token)
        await spend(f"guest-acts:{guest_id}", rate=0.2, burst=20)
        form = await request.form()
    except PeakendError as error:
        return _gone(error, language, token)
    act = str(form.get("act", ""))[:20]
    words = str(form.get("words", ""))[:4000]
    try:
        async with database.transaction(_guest(house, guest_id, language)) as tx:
            said = await _act(tx, guest_id, act, words, form)
    except NotFound as error:
        return _gone(error, language, token)
    except PeakendError as error:
        async with database.transaction(_guest(house, guest_id, language)) as tx:
            page = await _opened(tx, guest_id, language)
            text = word(error.wording, language, **error.params)
            given = {act: words}
            return await _shown(
                tx, page, language, token, error=text, given=given, status=error.status
            )
    return Redirect(f"/g/{token}?said={said}&lang={language}", status_code=303)


async def _act(tx: Transaction, guest_id: UUID, act: str, words: str, form: Any) -> str:
    """Do what was pressed and return what is said then."""
    await queries.good_guest(tx, guest_id)
    if act == "tick":
        lines = {int(one) for one in form.getall("line", []) if str(one).isdecimal()}
        await actions.tick_as_guest(tx, guest_id=guest_id, ticked=lines)
        return "thanks"
    if act == "finish":
        await actions.finish_as_guest(tx, guest_id=guest_id, words=words)
        return "thanks_done"
    if act == "return":
        await actions.return_as_guest(tx, guest_id=guest_id, words=words)
        return "thanks_returned"
    files = []
    for part in form.getall("picture", [])[:MOST_PICTURES]:
        if isinstance(part, UploadFile) and part.filename:
            kept = await save_file(tx, await part.read(), part.filename, purpose="case")
            if kept.kind != "image":
                raise NotPicture
            files.append(kept.id)
    await actions.write_as_guest(tx, guest_id=guest_id, words=words, files=files)
    return "thanks"


class NotPicture(NoFile):
    """Only pictures come in by a link."""

    wording = "cases.g.not_picture"


async def _opened(tx: Transaction, guest_id: UUID, language: str) -> queries.GuestPage:
    guest = await queries.good_guest(tx, guest_id)
    page = await queries.guest_page(tx, guest, language)
    await actions.open_as_guest(tx, guest)
    return page


async def _shown(
    tx: Transaction,
    page: queries.GuestPage,
    language: str,
    token: str,
    *,
    said: str | None = None,
    error: str = "",
    given: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    zone = ZoneInfo((await organisation(tx)).time_zone)
    due = moment_text(page.due_at.astimezone(zone), language) if page.due_at else ""
    return _html(
        _STATE.get(page.state, "over"), language, token, status, page=page, due=due, error=error,
        given=given or {}, said=said if said in _SAID else "",
        lines=[(moment_text(one.at.astimezone(zone), language), one.words) for one in page.lines],
    )  # fmt: skip


def _gone(error: PeakendError, language: str, token: str) -> Response:
    often = error.status == 429
    return _html("often" if often else "gone", language, token, 429 if often else 404)


def _guest(house: UUID, guest_id: UUID, language: str) -> Actor:
    return Actor(organisation_id=house, kind="visitor", id=guest_id, name="", language=language)


def _language(request: Request[Any, Any, Any], wanted: str) -> str:
    return wanted if wanted in LANGUAGES else best_language(request.headers.get("accept-language"))


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("peakend.cases", "pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _html(kind: str, language: str, token: str, status: int, **values: Any) -> Response:
    nonce = random_token()[:22]
    html = _pages().get_template("guest.html").render(
        kind=kind, language=language, token=token if kind not in ("gone", "often") else "",
        other=next(one for one in LANGUAGES if one != language), nonce=nonce,
        say=lambda key, **params: word(f"cases.g.{key}", language, **params), **values,
    )  # fmt: skip
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {**NO_STORE, "Content-Security-Policy": policy}
    return Response(html, media_type="text/html", status_code=status, headers=headers)


routes = [guest_page, guest_acts]
