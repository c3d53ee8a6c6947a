"""What is asked of a provider's token endpoint, and what its answer means."""

from urllib.parse import urlencode

import msgspec
import structlog

from peakend.kernel.outgoing import (
    AnswerBroken,
    AnswerTooLarge,
    Outgoing,
    Redirected,
    needed_target,
    safe_fetch,
)
from peakend.kernel.settings import settings
from peakend.mail.ports import BoxTrouble
from peakend.mail.rules import (
    Authority,
    Denied,
    MailProvider,
    Tokens,
    authority,
    in_words,
    usable,
    why_denied,
)

log = structlog.get_logger()

# Less than the lease under which a token is renewed.
PATIENCE_S = 20.0
MOST_BYTES = 256 * 1024
_HEADERS = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


def authority_of(provider: MailProvider, tenant: str = "") -> Authority:
    """Return where a provider is asked in this installation."""
    return authority(provider, tenant, settings.mail_sign_in)


def needed_authority(provider: MailProvider, tenant: str) -> Authority:
    """Return where a provider is asked, once its addresses are ones to which we go.

    Errors: Outgoing.
    """
    found = authority_of(provider, tenant)
    for address in (found.authorise, found.token):
        needed_target(address, settings.outgoing_allowed)
    return found


async def asked(found: Authority, given: dict[str, str], *, secrets: tuple[str, ...]) -> Tokens:
    """Ask for tokens. Errors: BoxTrouble, whose code says whether to sign in again, to put the
    application right, or to wait; nothing of `secrets` is in what it says.
    """
    try:
        answer = await safe_fetch(
            found.token, method="POST", headers=_HEADERS, body=urlencode(given).encode(),
            timeout_s=PATIENCE_S, most_bytes=MOST_BYTES,
        )  # fmt: skip
    except (AnswerBroken, AnswerTooLarge, Redirected) as error:
        raise BoxTrouble("provider_broken") from error
    except Outgoing as error:
        raise BoxTrouble("provider_silent") from error
    try:
        if answer.status == 200:
            tokens = msgspec.json.decode(answer.body, type=Tokens, strict=False)
            if usable(tokens):
                return tokens
        else:
            denied = msgspec.json.decode(answer.body, type=Denied)
            said = in_words(denied.error_description or denied.error, *secrets)
            raise BoxTrouble(why_denied(denied.error), said)
    except msgspec.DecodeError:
        log.warning("a provider's answer is none", status=answer.status)
    raise BoxTrouble("provider_broken", f"HTTP {answer.status}")


async def revoked(found: Authority, refresh: str) -> bool:
    """Tell a provider that its leave is no longer wanted, where it can be told."""
    if not found.revoke:
        return False
    try:
        answer = await safe_fetch(
            found.revoke, method="POST", headers=_HEADERS,
            body=urlencode({"token": refresh}).encode(), timeout_s=PATIENCE_S,
            most_bytes=MOST_BYTES,
        )  # fmt: skip
    except Outgoing as error:
        log.warning("a provider was not told", why=type(error).__name__)
        return False
    return answer.status == 200
