"""Routes of the first start with an archive instead of a new house; the link is the permission."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from msgspec import Meta

from peakend.accounts import queries as accounts
from peakend.accounts.actions import SetUpGone
from peakend.exchange import actions, queries
from peakend.exchange.api.imports import NoTable
from peakend.exchange.rules import MOST_ARCHIVE
from peakend.kernel import clock
from peakend.kernel.db import Database
from peakend.kernel.files import clean_name
from peakend.kernel.large_files import copied, draft
from peakend.kernel.lockbox import LONGEST
from peakend.kernel.permissions import public
from peakend.kernel.settings import settings
from peakend.kernel.words import best_language

Secret = Annotated[str, Parameter(max_length=128)]
_WHY = "the secret in the address is the permission"


class ArchiveChosen(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which archive of the folder is put back.

    `key` is the old master key, if it was another; a locked archive needs its passphrase.
    """

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    key: Annotated[str, Meta(max_length=200)] = ""
    passphrase: Annotated[str, Meta(max_length=LONGEST)] = ""


class HomeEntry(msgspec.Struct, forbid_unknown_fields=True):
    """Which administrator comes in."""

    member_id: UUID


class HomeLink(msgspec.Struct, frozen=True):
    """The link by which the administrator chooses a password."""

    link: str


@get("/setup/{token:str}/archives", summary="Archives in the server's folder", opt=public(_WHY))
async def archives_here(token: Secret, database: Database) -> list[queries.ArchiveHere]:
    await _need(database, token)
    return queries.archives_here()


@post(
    "/setup/{token:str}/archives",
    summary="Upload an archive",
    opt=public(_WHY),
    request_max_body_size=MOST_ARCHIVE,
)
async def bring_archive(
    token: Secret,
    database: Database,
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> list[queries.ArchiveHere]:
    await _need(database, token)
    part = data.get("file")
    if not isinstance(part, UploadFile):
        raise NoTable(fields={"file": "missing"})
    with draft() as path:
        await copied(part, path)
        await actions.keep_archive(path, clean_name(part.filename or "archive.zip"))
    return queries.archives_here()


@post(
    "/setup/{token:str}/restores",
    summary="Put an archive back into the empty installation",
    opt=public(_WHY),
    status_code=202,
)
async def put_back(
    token: Secret, database: Database, request: Request[Any, Any, Any], data: ArchiveChosen
) -> queries.Homecoming:
    await actions.put_back(
        database, secret=token, name=data.name, key=data.key, passphrase=data.passphrase
    )
    return await queries.homecoming(database, token, _language(request))


@get("/setup/{token:str}/restores", summary="How far an archive is", opt=public(_WHY))
async def homecoming(
    token: Secret, database: Database, request: Request[Any, Any, Any]
) -> queries.Homecoming:
    return await queries.homecoming(database, token, _language(request))


@post(
    "/setup/{token:str}/entries",
    summary="A link for an administrator of the house that was put back",
    opt=public(_WHY),
)
async def enter_home(token: Secret, database: Database, data: HomeEntry) -> HomeLink:
    secret = await actions.enter_home(database, secret=token, member_id=data.member_id)
    return HomeLink(f"{settings.public_url}/invitation/{secret}")


async def _need(database: Database, token: str) -> None:
    if not await accounts.known_set_up_token(database, token, clock.now()):
        raise SetUpGone


def _language(request: Request[Any, Any, Any]) -> str:
    return best_language(request.headers.get("accept-language") or "")


routes: list[Any] = [archives_here, bring_archive, put_back, homecoming, enter_home]
