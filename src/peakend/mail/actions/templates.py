"""What a brand writes itself, tried on examples before it is kept."""

from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.templates import rendered
from peakend.kernel.words import word
from peakend.mail.events import MailTemplateChanged
from peakend.mail.queries import (
    Template,
    brand_frame,
    house_values,
    need_brand_of_own,
    template,
)
from peakend.mail.queries.signatures import BUILT_IN
from peakend.mail.rules import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    VARIABLES,
    Kind,
    Language,
    Wrong,
    framed,
    nested,
    template_faults,
)
from peakend.mail.rules.signatures import signature_faults


class TemplateStale(Conflict):
    """The template was changed since it was looked at."""

    wording = "mail.template_stale"


class WrongTemplate(Invalid):
    """A template cannot be read, or uses what its mail does not know."""

    wording = "mail.wrong_template"


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it would look with examples; without one where its template is wrong."""

    subject: str
    text: str
    html: str
    faults: list[Wrong]


async def change_template(
    tx: Transaction,
    *,
    brand_id: UUID,
    kind: Kind,
    language: Language,
    subject: str,
    body: str,
    version: int,
) -> None:
    """Keep a template of the house's own. Errors: BrandNotFound, TemplateStale, WrongTemplate."""
    await need_brand_of_own(tx, brand_id)
    old = await template(tx, brand_id, kind, language, lock=True)
    if old.version != version:
        raise TemplateStale
    if wrong := _checked(kind, subject, body):
        raise WrongTemplate(fields={one.field: f"mail.fault.{one.code}" for one in wrong})
    await tx.run(
        """
        INSERT INTO mail_template (brand_id, kind, language, subject, body, member_id, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (organisation_id, brand_id, kind, language) DO UPDATE SET
            subject = $4, body = $5, member_id = $6, changed_at = $7,
            version = mail_template.version + 1
        """,
        brand_id,
        kind,
        language,
        subject.strip(),
        body.replace("\r\n", "\n"),
        tx.actor.id if tx.actor.kind == "member" else None,
        tx.now,
    )
    await _tell(tx, brand_id, kind, language, "changed")


async def reset_template(
    tx: Transaction, *, brand_id: UUID, kind: Kind, language: Language
) -> None:
    """Take the built-in template again. Errors: BrandNotFound."""
    await need_brand_of_own(tx, brand_id)
    gone = await tx.run(
        "DELETE FROM mail_template WHERE organisation_id = current_organisation()"
        " AND brand_id = $1 AND kind = $2 AND language = $3",
        brand_id,
        kind,
        language,
    )
    if gone:
        await _tell(tx, brand_id, kind, language, "reset")


async def previewed(
    tx: Transaction, *, brand_id: UUID, kind: Kind, language: Language, subject: str, body: str
) -> Preview:
    """Return a mail by a template that is not kept yet, with examples. Errors: BrandNotFound."""
    await need_brand_of_own(tx, brand_id)
    if wrong := _checked(kind, subject, body):
        return Preview(subject="", text="", html="", faults=wrong)
    used = Template(kind=kind, language=language, subject=subject, body=body, own=True)
    return await _example(tx, used, brand_id)


async def signature_previewed(
    tx: Transaction, *, brand_id: UUID, language: Language, body: str
) -> Preview:
    """Return an answer with a signature that is not kept yet, with examples.

    Errors: BrandNotFound.
    """
    await need_brand_of_own(tx, brand_id)
    lines = body.replace("\r\n", "\n").strip() or BUILT_IN
    if wrong := signature_faults(lines):
        return Preview(subject="", text="", html="", faults=wrong)
    return await _example(tx, await template(tx, brand_id, "reply", language), brand_id, lines)


async def _example(tx: Transaction, used: Template, brand_id: UUID, signature: str = "") -> Preview:
    kind, language = used.kind, used.language
    values = {name: word(f"mail.example.{name}", language) for name in VARIABLES[kind]}
    values |= await house_values(tx, brand_id)
    if signature:
        values["answer"] += f"\n\n{rendered(signature, nested(values)) or ''}"
    text = rendered(used.body, nested(values), long=True) or ""
    look, _ = await brand_frame(tx, brand_id, language, automatic=kind != "reply", shown=True)
    button = word(f"mail.frame.button_{kind}", language) if "link" in values else ""
    return Preview(
        subject=" ".join((rendered(used.subject, nested(values)) or "").split()),
        text=text,
        html=framed(text, look, link=values.get("link", ""), button=button),
        faults=[],
    )


def _checked(kind: Kind, subject: str, body: str) -> list[Wrong]:
    found = template_faults(kind, subject, body)
    if len(subject) > LONGEST_SUBJECT:
        found.append(Wrong("subject", 1, "long"))
    if len(body) > LONGEST_BODY or "\x00" in subject + body:
        found.append(Wrong("body", 1, "long"))
    return found


async def _tell(tx: Transaction, brand_id: UUID, kind: Kind, language: Language, what: str) -> None:
    await record(
        tx, MailTemplateChanged(brand_id=brand_id, template=kind, language=language, what=what)
    )
    detail = {"kind": kind, "language": language}
    await audit(tx, f"mail_template.{what}", "brand", brand_id, detail)
