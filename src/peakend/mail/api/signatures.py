"""Routes of signatures, and of the switch that stops automatic mails."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post, put
from msgspec import Meta, Struct

from peakend.accounts.queries import member_names
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.permissions import needs
from peakend.mail import actions, queries
from peakend.mail.api.templates import TemplatePreview, preview_view
from peakend.mail.rules import LANGUAGES, Language
from peakend.mail.rules.signatures import SIGNATURE_VARIABLES

Text = Annotated[str, Meta(max_length=4_000)]
_NEEDS = needs("channels.manage")


class SignatureInput(Struct, forbid_unknown_fields=True):
    """A brand's signature; `version` is that of the one that was read."""

    body: Text
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class SignatureDraft(Struct, forbid_unknown_fields=True):
    """A brand's signature that is not kept yet."""

    body: Text


class OwnSignatureInput(Struct, forbid_unknown_fields=True):
    """What a member adds below his answers."""

    body: Text


class BrandSignatureView(Struct, frozen=True, kw_only=True):
    """A brand's signature in a language, the variables it may use, and who wrote it."""

    language: Language
    body: str
    own: bool
    version: int
    variables: list[str]
    changed_at: datetime | None
    changed_by: str


class OwnSignature(Struct, frozen=True):
    """What a member adds below his answers in a language."""

    language: Language
    body: str


class AutomaticSwitch(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether every automatic mail of the house is stopped."""

    stopped: bool


@get("/mail-signatures/{brand_id:uuid}", summary="What stands below answers", opt=_NEEDS)
async def list_signatures(tx: Transaction, brand_id: UUID) -> list[BrandSignatureView]:
    await queries.need_brand_of_own(tx, brand_id)
    return await _views(tx, brand_id)


@put(
    "/mail-signatures/{brand_id:uuid}/{language:str}",
    summary="Change what stands below answers",
    opt=_NEEDS,
)
async def set_signature(
    tx: Transaction, brand_id: UUID, language: str, data: SignatureInput
) -> BrandSignatureView:
    tongue = _known(language)
    await actions.set_brand_signature(
        tx, brand_id=brand_id, language=tongue, body=data.body, version=data.version
    )
    return next(one for one in await _views(tx, brand_id) if one.language == tongue)


@post(
    "/mail-signatures/{brand_id:uuid}/{language:str}/previews",
    summary="Show an answer with a signature, or what is wrong in which line",
    status_code=200,
    opt=_NEEDS,
)
async def preview_signature(
    request: Request[Any, Any, Any],
    tx: Transaction,
    brand_id: UUID,
    language: str,
    data: SignatureDraft,
) -> TemplatePreview:
    made = await actions.signature_previewed(
        tx, brand_id=brand_id, language=_known(language), body=data.body
    )
    return preview_view(request, made)


@get(
    "/me/mail-signatures",
    summary="What I add below my answers",
    opt=needs("conversations.reply"),
)
async def my_signatures(tx: Transaction, actor: Actor) -> list[OwnSignature]:
    return await _own(tx, actor)


@put(
    "/me/mail-signatures/{language:str}",
    summary="Change what I add below my answers",
    opt=needs("conversations.reply"),
)
async def set_my_signature(
    tx: Transaction, actor: Actor, language: str, data: OwnSignatureInput
) -> list[OwnSignature]:
    if actor.id is None:
        raise NotFound
    await actions.set_own_signature(
        tx, member_id=actor.id, language=_known(language), body=data.body
    )
    return await _own(tx, actor)


@get("/mail-automation", summary="Whether automatic mails are stopped", opt=_NEEDS)
async def automatic_mails(tx: Transaction) -> AutomaticSwitch:
    return AutomaticSwitch(await queries.automatic_stopped(tx))


@put("/mail-automation", summary="Stop automatic mails, or let them go", opt=_NEEDS)
async def switch_automatic(tx: Transaction, data: AutomaticSwitch) -> AutomaticSwitch:
    await actions.switch_automatic(tx, stopped=data.stopped)
    return data


async def _own(tx: Transaction, actor: Actor) -> list[OwnSignature]:
    if actor.id is None:
        raise NotFound
    found = await queries.own_signatures(tx, actor.id)
    return [OwnSignature(language, body) for language, body in found.items()]


async def _views(tx: Transaction, brand_id: UUID) -> list[BrandSignatureView]:
    found = await queries.brand_signatures(tx, brand_id)
    names = await member_names(tx, {one.member_id for one in found if one.member_id})
    return [
        BrandSignatureView(
            language=one.language,
            body=one.body,
            own=one.own,
            version=one.version,
            variables=list(SIGNATURE_VARIABLES),
            changed_at=one.changed_at,
            changed_by=names.get(one.member_id, "") if one.member_id else "",
        )
        for one in found
    ]


def _known(language: str) -> Language:
    found = next((one for one in LANGUAGES if one == language), None)
    if found is None:
        raise NotFound
    return found


routes: list[Any] = [
    list_signatures,
    set_signature,
    preview_signature,
    my_signatures,
    set_my_signature,
    automatic_mails,
    switch_automatic,
]
