"""Why a mail or its server did not do, in the words of who reads it."""

from typing import Any

from litestar import Request

from peakend.kernel.words import best_language, word
from peakend.mail.models import Mailbox, MailServer

# What the provider said that gives leave, not the server.
_OF_PROVIDERS = frozenset({"sign_in_again", "app_refused", "provider_broken", "provider_silent"})


def language_of(request: Request[Any, Any, Any]) -> str:
    """Return the reader's language."""
    return best_language(request.headers.get("accept-language"))


def reason(
    language: str, code: str, status: int | None, said: str, server: MailServer | None
) -> str:
    """Return what a code means, with what the server answered; nothing where all is well."""
    if not code:
        return ""
    text = word(
        f"mail.code.{code}",
        language,
        host=server.host if server else "",
        port=server.port if server else "",
        sender=server.sender_email if server else "",
        provider=_provider(server.auth if server else "password", language),
    )
    if status is None:
        return text + word("mail.code.told", language, answer=said) if said else text
    answer = f"{status} {said}".strip()
    return text + word("mail.code.answered", language, answer=answer)


def box_reason(language: str, code: str, said: str, mailbox: Mailbox) -> str:
    """Return what a code of a mailbox means, with what the server answered."""
    if not code:
        return ""
    text = word(
        f"mail.code.{code}", language, host=mailbox.host, port=mailbox.port, sender=mailbox.email,
        folder=mailbox.folder, provider=_provider(mailbox.auth, language),
    )  # fmt: skip
    kind = "told" if code in _OF_PROVIDERS else "answered"
    return text + word(f"mail.code.{kind}", language, answer=said) if said else text


def access_reason(language: str, code: str, said: str, provider: str) -> str:
    """Return why a provider gives no leave, or no longer, with what it said."""
    if not code:
        return ""
    name = word(f"mail.provider.{provider}", language)
    text = word(f"mail.code.{code}", language, provider=name)
    return text + word("mail.code.told", language, answer=said) if said else text


def _provider(auth: str, language: str) -> str:
    return "" if auth == "password" else word(f"mail.provider.{auth}", language)
