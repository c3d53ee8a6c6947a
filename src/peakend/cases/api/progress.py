"""The customer's progress page: read, urge, add a picture; whoever holds the link may."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, select_autoescape
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from peakend.cases import actions, queries
from peakend.cases.queries import ProgressShown
from peakend.cases.rules.progress import STAGES
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import PeakendError, TooMany
from peakend.kernel.limits import spend
from peakend.kernel.permissions import public
from peakend.kernel.secrets import token as random_token
from peakend.kernel.words import LANGUAGES, best_language, word

Http = Request[Any, Any, Any]
WHY = "whoever holds the signed link of a case sees its progress, and nothing else"
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
# A picture from a telephone, and the fields beside it.
MAX_FORM = 21 * 1024 * 1024


@get("/p/{token:str}", opt=public(WHY), include_in_schema=False)
async def progress_page(request: Http, database: Database, token: str) -> Response:
    try:
        organisation_id, link_id = queries.link_of_token(token)
        return await _shown(request, database, organisation_id, link_id, token)
    except (queries.LinkNotFound, queries.LinkOver) as error:
        return _over(request, token, error)


@post("/p/{token:str}/urges", opt=public(WHY), include_in_schema=False)
async def urge_on_page(request: Http, database: Database, token: str) -> Response:
    try:
        organisation_id, link_id = queries.link_of_token(token)
        await spend(f"progress:{link_id}", rate=0.1, burst=10)
        form = await request.form()
        async with database.transaction(_guest(organisation_id)) as tx:
            urged = await actions.urge_on_page(
                tx, link_id=link_id, words=str(form.get("words", ""))[:2000]
            )
    except (queries.LinkNotFound, queries.LinkOver) as error:
        return _over(request, token, error)
    except PeakendError as error:
        return await _shown(request, database, organisation_id, link_id, token, error=error)
    return _back(request, form, token, "urged" if urged.counted else "heard")


@post(
    "/p/{token:str}/pictures",
    opt=public(WHY),
    include_in_schema=False,
    request_max_body_size=MAX_FORM,
)
async def add_on_page(request: Http, database: Database, token: str) -> Response:
    try:
        organisation_id, link_id = queries.link_of_token(token)
        await spend(f"progress-picture:{link_id}", rate=0.05, burst=8)
        form = await request.form()
        part = form.get("file")
        picture = await part.read() if isinstance(part, UploadFile) else b""
        async with database.transaction(_guest(organisation_id)) as tx:
            await actions.add_on_page(
                tx,
                link_id=link_id,
                words=str(form.get("words", ""))[:4000],
                picture=picture,
                name=(part.filename if isinstance(part, UploadFile) else "") or "picture",
            )
    except (queries.LinkNotFound, queries.LinkOver) as error:
        return _over(request, token, error)
    except PeakendError as error:
        return await _shown(request, database, organisation_id, link_id, token, error=error)
    return _back(request, form, token, "added")


def _guest(organisation_id: UUID) -> Actor:
    return Actor(organisation_id=organisation_id, kind="visitor", name="")


def _back(request: Http, form: Any, token: str, done: str) -> Redirect:
    language = best_language(str(form.get("lang", "")) or _asked(request))
    return Redirect(f"/p/{token}?done={done}&lang={language}", status_code=303)


def _asked(request: Http) -> str | None:
    return request.query_params.get("lang") or request.headers.get("accept-language")


def _over(request: Http, token: str, error: PeakendError) -> Response:
    kind = "over" if isinstance(error, queries.LinkOver) else "not_found"
    return _page(kind, best_language(_asked(request)), token, status=410 if kind == "over" else 404)


async def _shown(
    request: Http,
    database: Database,
    organisation_id: UUID,
    link_id: UUID,
    token: str,
    *,
    error: PeakendError | None = None,
) -> Response:
    async with database.transaction(_guest(organisation_id)) as tx:
        link, case = await queries.need_link(tx, link_id)
        shown = await queries.progress_of(tx, case, link)
        now = tx.now
    wanted = request.query_params.get("lang", "")
    language = wanted if wanted in LANGUAGES else link.language
    text, status = None, 200
    if error is not None:
        text = word(error.wording, language, **error.params)
        status = 429 if isinstance(error, TooMany) else error.status
    done = request.query_params.get("done", "")
    return _page(
        "progress", language, token, shown=shown, now=now, error=text,
        done=done if done in ("urged", "heard", "added") else "", status=status,
    )  # fmt: skip


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("peakend.cases", "pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(
    kind: str,
    language: str,
    token: str,
    *,
    shown: ProgressShown | None = None,
    now: datetime | None = None,
    error: str | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    nonce = random_token()[:22]
    zone = shown.time_zone if shown else "UTC"
    html = (
        _pages()
        .get_template("progress.html")
        .render(
            kind=kind,
            language=language,
            other=next(one for one in LANGUAGES if one != language),
            token=token,
            shown=shown,
            stages=STAGES,
            error=error,
            done=done,
            nonce=nonce,
            say=lambda key, **params: word(f"cases.page.{key}", language, **params),
            at=lambda moment: _moment(moment, now or moment, zone, language),
        )
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {**NO_STORE, "Content-Security-Policy": policy}
    return Response(html, media_type="text/html", status_code=status, headers=headers)


def _moment(moment: datetime, now: datetime, zone: str, language: str) -> str:
    """Return a moment as people say it: today and tomorrow by name, else the date."""
    here = moment.astimezone(ZoneInfo(zone))
    days = (here.date() - now.astimezone(ZoneInfo(zone)).date()).days
    time = f"{here:%H:%M}"
    if days in (-1, 0, 1):
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
        return word(f"cases.page.{near}", language, time=time)
    day = f"{here.day} {here:%b}" if language == "en" else f"{here.month}月{here.day}日"
    return f"{day} {time}"


routes = [progress_page, urge_on_page, add_on_page]
