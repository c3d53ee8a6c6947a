"""Routes of surveys: the page behind the link, the visitor's panel, the staff's view."""

from functools import cache
from typing import Annotated, Any
from uuid import UUID

import msgspec
from jinja2 import Environment, PackageLoader, select_autoescape
from litestar import Request, Response, get, post
from litestar.response import Redirect
from msgspec import Meta

from peakend.conversations import queries as timeline
from peakend.conversations.queries import VisitorConversation
from peakend.feedback import actions, queries
from peakend.feedback.models import Survey
from peakend.feedback.rules import RATINGS, is_open
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import PeakendError
from peakend.kernel.permissions import needs, public, visitor
from peakend.kernel.secrets import token as random_token
from peakend.kernel.words import LANGUAGES, best_language, word

WHY = "whoever holds the signed link of a survey may answer it once"
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Rating(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to the question at the end."""

    token: Annotated[str, Meta(max_length=120)]
    rating: Annotated[int, Meta(ge=1, le=5)]
    solved: bool | None = None
    comment: Annotated[str, Meta(max_length=1000)] = ""


@get("/r/{token:str}", opt=public(WHY), include_in_schema=False)
async def survey_page(request: Request[Any, Any, Any], database: Database, token: str) -> Response:
    wanted = request.query_params.get("lang", "")
    try:
        organisation_id, survey_id = queries.survey_of_token(token)
        async with database.transaction(_guest(organisation_id)) as tx:
            survey = await queries.survey_by_id(tx, survey_id)
            over = survey.state == "withdrawn" or not is_open(survey.invited_at, tx.now)
    except queries.SurveyNotFound:
        language = best_language(wanted or request.headers.get("accept-language"))
        return _page("not_found", language, token, status=404)
    language = wanted if wanted in LANGUAGES else survey.language
    if survey.state == "answered":
        kind = "thanks" if "sent" in request.query_params else "done"
        return _page(kind, language, token, survey=survey)
    return _page("over" if over else "form", language, token, survey=survey)


@post("/r/{token:str}", opt=public(WHY), include_in_schema=False)
async def answer_page(request: Request[Any, Any, Any], database: Database, token: str) -> Response:
    try:
        organisation_id, survey_id = queries.survey_of_token(token)
    except queries.SurveyNotFound:
        language = best_language(request.headers.get("accept-language"))
        return _page("not_found", language, token, status=404)
    form = await request.form()
    given = {name: str(form.get(name, ""))[:4000] for name in ("rating", "solved", "comment")}
    language = best_language(str(form.get("lang", "")))
    rating = int(given["rating"]) if given["rating"] in map(str, RATINGS) else 0
    async with database.transaction(_guest(organisation_id)) as tx:
        survey = await queries.survey_by_id(tx, survey_id)
        try:
            await actions.answer(
                tx,
                survey_id=survey_id,
                rating=rating,
                solved={"yes": True, "no": False}.get(given["solved"]),
                comment=given["comment"],
            )
        except (actions.AlreadyAnswered, actions.SurveyOver) as error:
            kind = "done" if isinstance(error, actions.AlreadyAnswered) else "over"
            return _page(kind, language, token, survey=survey, status=error.status)
        except PeakendError as error:
            text = word(error.wording, language, **error.params)
            return _page(
                "form", language, token, survey=survey, error=text, given=given, status=422
            )
    return Redirect(f"/r/{token}?sent=1&lang={language}", status_code=303)


@post("/web/{key:str}/ratings", summary="Rate a conversation", opt=visitor(), status_code=200)
async def rate(
    request: Request[Any, Any, Any],
    database: Database,
    tx: Transaction,
    actor: Actor,
    key: str,
    data: Rating,
) -> VisitorConversation | None:
    channel = await timeline.channel_by_key(database, key)
    if channel.id != actor.channel_id:
        raise timeline.UnknownKey
    channel.check_origin(request.headers.get("origin"), request.headers.get("host", ""))
    organisation_id, survey_id = queries.survey_of_token(data.token)
    if organisation_id != tx.organisation_id:
        raise queries.SurveyNotFound
    survey = await queries.survey_by_id(tx, survey_id)
    if survey.customer_id != actor.customer_id:
        raise queries.SurveyNotFound
    await actions.answer(
        tx, survey_id=survey_id, rating=data.rating, solved=data.solved, comment=data.comment
    )
    return await timeline.visitor_state(tx, actor)


@get(
    "/conversations/{conversation_id:uuid}/survey",
    summary="What the customer said at the end",
    opt=needs("conversations.read"),
)
async def survey_of_conversation(
    tx: Transaction, actor: Actor, conversation_id: UUID
) -> queries.SurveyAnswer | None:
    return await queries.survey_for_staff(tx, conversation_id, actor)


def _guest(organisation_id: UUID) -> Actor:
    return Actor(organisation_id=organisation_id, kind="visitor", name="")


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("peakend.feedback", "pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(
    kind: str,
    language: str,
    token: str,
    *,
    survey: Survey | None = None,
    error: str | None = None,
    given: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    nonce = random_token()[:22]
    html = (
        _pages()
        .get_template("survey.html")
        .render(
            kind=kind,
            language=language,
            other=next(one for one in LANGUAGES if one != language),
            token=token,
            survey=survey,
            error=error,
            given=given or {},
            nonce=nonce,
            ratings=RATINGS,
            say=lambda key, **params: word(f"feedback.{key}", language, **params),
        )
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {**NO_STORE, "Content-Security-Policy": policy}
    return Response(html, media_type="text/html", status_code=status, headers=headers)


routes = [survey_page, answer_page, rate, survey_of_conversation]
