"""Routes of the templates by which a brand writes mail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from msgspec import Meta, Struct

from peakend.accounts.queries import member_names
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.permissions import needs
from peakend.kernel.words import word
from peakend.mail import actions, queries
from peakend.mail.api.reasons import language_of
from peakend.mail.rules import KINDS, LANGUAGES, VARIABLES, Kind, Language, Wrong

# With room beyond what is taken, so that the limit itself answers in words.
Subject = Annotated[str, Meta(max_length=1_000)]
Text = Annotated[str, Meta(max_length=40_000)]
_NEEDS = needs("channels.manage")


class TemplateInput(Struct, forbid_unknown_fields=True):
    """Subject and text of a template; `version` is that of the one that was read."""

    subject: Subject
    body: Text
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class TemplateDraft(Struct, forbid_unknown_fields=True):
    """Subject and text of a template that is not kept yet."""

    subject: Subject
    body: Text


class TemplateView(Struct, frozen=True, kw_only=True):
    """A template, the variables it may use, and who wrote it; `own` where the house did."""

    kind: Kind
    language: Language
    subject: str
    body: str
    own: bool
    variables: list[str]
    version: int
    changed_at: datetime | None
    changed_by: str


class TemplateFault(Struct, frozen=True, kw_only=True):
    """What is wrong in a line of a template, in the reader's language."""

    field: str
    line: int
    message: str


class TemplatePreview(Struct, frozen=True, kw_only=True):
    """A mail as it would look with examples; empty where the template is wrong."""

    subject: str
    text: str
    html: str
    faults: list[TemplateFault]


@get("/mail-templates/{brand_id:uuid}", summary="How a brand writes mail", opt=_NEEDS)
async def list_templates(tx: Transaction, brand_id: UUID) -> list[TemplateView]:
    await queries.need_brand_of_own(tx, brand_id)
    return await _views(tx, await queries.templates(tx, brand_id))


@put(
    "/mail-templates/{brand_id:uuid}/{kind:str}/{language:str}",
    summary="Change a template",
    opt=_NEEDS,
)
async def change_template(
    tx: Transaction, brand_id: UUID, kind: str, language: str, data: TemplateInput
) -> TemplateView:
    known, tongue = _known(kind, language)
    await actions.change_template(
        tx,
        brand_id=brand_id,
        kind=known,
        language=tongue,
        subject=data.subject,
        body=data.body,
        version=data.version,
    )
    return (await _views(tx, [await queries.template(tx, brand_id, known, tongue)]))[0]


@delete(
    "/mail-templates/{brand_id:uuid}/{kind:str}/{language:str}",
    summary="Take the built-in template again",
    status_code=200,
    opt=_NEEDS,
)
async def reset_template(tx: Transaction, brand_id: UUID, kind: str, language: str) -> TemplateView:
    known, tongue = _known(kind, language)
    await actions.reset_template(tx, brand_id=brand_id, kind=known, language=tongue)
    return (await _views(tx, [queries.built_in(known, tongue)]))[0]


@post(
    "/mail-templates/{brand_id:uuid}/{kind:str}/{language:str}/previews",
    summary="Show a template with examples, or what is wrong in which line",
    status_code=200,
    opt=_NEEDS,
)
async def preview_template(
    request: Request[Any, Any, Any],
    tx: Transaction,
    brand_id: UUID,
    kind: str,
    language: str,
    data: TemplateDraft,
) -> TemplatePreview:
    known, tongue = _known(kind, language)
    made = await actions.previewed(
        tx, brand_id=brand_id, kind=known, language=tongue, subject=data.subject, body=data.body
    )
    return preview_view(request, made)


def preview_view(request: Request[Any, Any, Any], made: actions.Preview) -> TemplatePreview:
    """Return a preview with what is wrong in the reader's language."""
    reader = language_of(request)
    return TemplatePreview(
        subject=made.subject,
        text=made.text,
        html=made.html,
        faults=[_fault(reader, one) for one in made.faults],
    )


def _fault(reader: str, one: Wrong) -> TemplateFault:
    # Where a text ends too early there is nothing to point at.
    code = "unclosed" if one.code == "unreadable" and not one.what else one.code
    said = word(f"mail.fault.{code}", reader, what=one.what)
    return TemplateFault(field=one.field, line=one.line, message=said)


def _known(kind: str, language: str) -> tuple[Kind, Language]:
    found = next((one for one in KINDS if one == kind), None)
    tongue = next((one for one in LANGUAGES if one == language), None)
    if found is None or tongue is None:
        raise NotFound
    return found, tongue


async def _views(tx: Transaction, found: list[queries.Template]) -> list[TemplateView]:
    names = await member_names(tx, {one.member_id for one in found if one.member_id})
    return [
        TemplateView(
            **{
                name: value
                for name, value in msgspec.structs.asdict(one).items()
                if name != "member_id"
            },
            variables=list(VARIABLES[one.kind]),
            changed_by=names.get(one.member_id, "") if one.member_id else "",
        )
        for one in found
    ]


routes: list[Any] = [list_templates, change_template, reset_template, preview_template]
