"""What stands below answers: a brand's own lines, and what a member adds for himself."""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.mail.events import MailSignatureChanged
from peakend.mail.queries import brand_signatures, need_brand_of_own
from peakend.mail.rules import Language
from peakend.mail.rules.signatures import LONGEST_SIGNATURE, signature_faults


class SignatureStale(Conflict):
    """The signature was changed since it was looked at."""

    wording = "mail.signature_stale"


class WrongSignature(Invalid):
    """A signature is too long, or uses what it does not know."""

    wording = "mail.wrong_signature"


async def set_brand_signature(
    tx: Transaction, *, brand_id: UUID, language: Language, body: str, version: int
) -> None:
    """Keep what stands below a brand's answers; with no words the built-in lines hold again.

    Errors: BrandNotFound, SignatureStale, WrongSignature.
    """
    await need_brand_of_own(tx, brand_id)
    old = next(one for one in await brand_signatures(tx, brand_id) if one.language == language)
    if old.version != version:
        raise SignatureStale
    kept = body.replace("\r\n", "\n").strip()
    if wrong := signature_faults(kept):
        raise WrongSignature(fields={"body": f"mail.fault.{wrong[0].code}"}, what=wrong[0].what)
    if kept:
        await tx.run(
            """
            INSERT INTO mail_signature (brand_id, language, body, member_id, changed_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (organisation_id, brand_id, language) DO UPDATE SET
                body = $3, member_id = $4, changed_at = $5, version = mail_signature.version + 1
            """,
            brand_id,
            language,
            kept,
            tx.actor.id if tx.actor.kind == "member" else None,
            tx.now,
        )
    else:
        await tx.run(
            "DELETE FROM mail_signature WHERE organisation_id = current_organisation()"
            " AND brand_id = $1 AND language = $2",
            brand_id,
            language,
        )
    await record(tx, MailSignatureChanged(brand_id=brand_id, language=language))
    await audit(tx, "mail_signature.changed", "brand", brand_id, {"language": language})


async def set_own_signature(
    tx: Transaction, *, member_id: UUID, language: Language, body: str
) -> None:
    """Keep what a member adds below his answers, as it is: no variables. Errors: WrongSignature."""
    kept = body.replace("\r\n", "\n").strip()
    if len(kept) > LONGEST_SIGNATURE or "\x00" in kept:
        raise WrongSignature(fields={"body": "mail.fault.signature_long"})
    if not kept:
        await tx.run(
            "DELETE FROM member_signature WHERE organisation_id = current_organisation()"
            " AND member_id = $1 AND language = $2",
            member_id,
            language,
        )
        return
    await tx.run(
        """
        INSERT INTO member_signature (member_id, language, body) VALUES ($1, $2, $3)
        ON CONFLICT (organisation_id, member_id, language) DO UPDATE SET body = $3
        """,
        member_id,
        language,
        kept,
    )
