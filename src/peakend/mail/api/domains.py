"""Routes of what others can check about a brand's mails: records of its domain, and signatures."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from msgspec import Struct

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.words import word
from peakend.mail import actions, queries
from peakend.mail.actions import KeyFound
from peakend.mail.api.reasons import language_of
from peakend.mail.models import MailKey
from peakend.mail.rules.domains import DnsRecord, Part, State


class DomainFindingView(Struct, frozen=True, kw_only=True):
    """What was found about one kind of record, in words, and what to enter where that helps."""

    part: Part
    state: State
    message: str
    found: list[str]
    record: DnsRecord | None


class DomainView(Struct, frozen=True, kw_only=True):
    """What was found about a sender's domain; records of everybody's domains are another's."""

    domain: str
    everybodys: bool
    findings: list[DomainFindingView]


class MailKeyView(MailKey, frozen=True, kw_only=True):
    """A key by which mails are signed; `fits` where it is one of the sender's domain now."""

    name: str
    fits: bool


class MailKeySwitch(Struct, forbid_unknown_fields=True):
    """Whether mails are signed by a key; `anyway` also where its record was never found."""

    active: bool
    anyway: bool = False


class MailKeyLooked(Struct, frozen=True):
    """Whether a key's record is in the name system."""

    found: KeyFound
    message: str


_NEEDS = needs("channels.manage")


@post(
    "/mail-servers/{brand_id:uuid}/domain-checks",
    summary="Look at the records of the sender's domain",
    opt=_NEEDS,
    status_code=200,
)
async def check_domain(
    request: Request[Any, Any, Any], database: Database, actor: Actor, brand_id: UUID
) -> DomainView:
    found = await actions.check_domain(database, brand_id=brand_id, by=actor)
    language = language_of(request)
    return DomainView(
        domain=found.domain,
        everybodys=found.everybodys,
        findings=[
            DomainFindingView(
                part=one.part,
                state=one.state,
                message=word(f"mail.domain.{one.code}", language, **one.params),
                found=one.found,
                record=one.record,
            )
            for one in found.findings
        ],
    )


@get("/mail-servers/{brand_id:uuid}/keys", summary="By which keys mails are signed", opt=_NEEDS)
async def list_keys(tx: Transaction, brand_id: UUID) -> list[MailKeyView]:
    server = await queries.need_server(tx, brand_id)
    domain = server.sender_email.rpartition("@")[2]
    return [_view(one, domain) for one in await queries.mail_keys(tx, brand_id)]


@post("/mail-servers/{brand_id:uuid}/keys", summary="Make a key to sign by", opt=_NEEDS)
async def make_key(database: Database, actor: Actor, brand_id: UUID) -> MailKeyView:
    key_id = await actions.make_key(database, brand_id=brand_id, by=actor)
    async with database.transaction(actor) as tx:
        key = await queries.need_key(tx, brand_id, key_id)
    return _view(key, key.domain)


@post(
    "/mail-servers/{brand_id:uuid}/keys/{key_id:uuid}/checks",
    summary="Look whether a key's record can be found",
    opt=_NEEDS,
    status_code=200,
)
async def look_for_key(
    request: Request[Any, Any, Any], database: Database, actor: Actor, brand_id: UUID, key_id: UUID
) -> MailKeyLooked:
    found = await actions.look_for_key(database, brand_id=brand_id, key_id=key_id, by=actor)
    return MailKeyLooked(found, word(f"mail.key.{found}", language_of(request)))


@put(
    "/mail-servers/{brand_id:uuid}/keys/{key_id:uuid}/activity",
    summary="Sign by a key, or no longer",
    opt=_NEEDS,
)
async def switch_key(tx: Transaction, brand_id: UUID, key_id: UUID, data: MailKeySwitch) -> None:
    await actions.switch_key(
        tx, brand_id=brand_id, key_id=key_id, active=data.active, anyway=data.anyway
    )


@delete(
    "/mail-servers/{brand_id:uuid}/keys/{key_id:uuid}",
    summary="Forget a key that is not used",
    opt=_NEEDS,
)
async def remove_key(tx: Transaction, brand_id: UUID, key_id: UUID) -> None:
    await actions.remove_key(tx, brand_id=brand_id, key_id=key_id)


def _view(key: MailKey, domain: str) -> MailKeyView:
    name = f"{key.selector}._domainkey.{key.domain}"
    return MailKeyView(**msgspec.structs.asdict(key), name=name, fits=key.domain == domain)


routes: list[Any] = [check_domain, list_keys, make_key, look_for_key, switch_key, remove_key]
