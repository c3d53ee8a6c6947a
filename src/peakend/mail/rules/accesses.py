"""Leave to open a mailbox that its provider gives: where it is asked for, and what it says.

Source: RFC 6749, RFC 7636 (PKCE); Google's and Microsoft's pages on IMAP and SMTP by OAuth 2.0.
"""

import base64
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, get_args
from urllib.parse import urlencode, urlsplit

import msgspec

from peakend.kernel.secrets import challenge

# Who lets people open their mailboxes by something else than a password; Microsoft's cloud in
# China, run by 21Vianet, is one of its own.
MailProvider = Literal["google", "microsoft", "microsoft_cn"]
MailAuth = Literal["password", "google", "microsoft", "microsoft_cn"]
PROVIDERS: tuple[MailProvider, ...] = get_args(MailProvider)
Purpose = Literal["imap", "smtp"]

DEPARTURE_LIFE = timedelta(minutes=10)
# A token that ends so soon is renewed before it is used; one is renewed by one of us at a time.
EARLY = timedelta(minutes=5)
RENEWAL_LEASE = timedelta(seconds=60)
LONGEST_TOKEN = 16_000
_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?")
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Where a provider is asked, what for, and whose servers take what it gives."""

    authorise: str
    token: str
    # Where what was given is taken back; not every provider has that.
    revoke: str = ""
    scopes: dict[str, str]
    asked: dict[str, str]
    domains: tuple[str, ...]


class Tokens(msgspec.Struct, frozen=True):
    """What a provider gave."""

    access_token: str
    refresh_token: str = ""
    expires_in: int = 3600
    scope: str = ""
    id_token: str = ""


class Denied(msgspec.Struct, frozen=True):
    """Why a provider gave nothing."""

    error: str = ""
    error_description: str = ""


def authority(provider: MailProvider, tenant: str, elsewhere: Mapping[str, str]) -> Authority:
    """Return where a provider is asked; `elsewhere` is what the operator set for some of them."""
    place, _, resource = elsewhere.get(provider, "").partition(" ")
    place, resource = place.rstrip("/"), resource.strip().rstrip("/")
    if provider == "google":
        scope = f"openid email {resource or 'https://mail.google.com'}/"
        return Authority(
            authorise=f"{place or 'https://accounts.google.com'}/o/oauth2/v2/auth",
            token=f"{place or 'https://oauth2.googleapis.com'}/token",
            revoke=f"{place or 'https://oauth2.googleapis.com'}/revoke",
            scopes={"imap": scope, "smtp": scope},
            # Without these two it gives nothing that can be renewed the second time.
            asked={"access_type": "offline", "prompt": "consent select_account"},
            domains=("gmail.com", "googlemail.com", *_domain_of(resource)),
        )
    chinese = provider == "microsoft_cn"
    usual = "login.partner.microsoftonline.cn" if chinese else "login.microsoftonline.com"
    base = f"{place or f'https://{usual}'}/{tenant or usual_tenant(provider)}/oauth2/v2.0"
    what = resource or f"https://{'partner.outlook.cn' if chinese else 'outlook.office.com'}"
    about = "openid email profile offline_access"
    return Authority(
        authorise=f"{base}/authorize",
        token=f"{base}/token",
        scopes={
            "imap": f"{about} {what}/IMAP.AccessAsUser.All",
            "smtp": f"{about} {what}/SMTP.Send",
        },
        asked={"prompt": "select_account"},
        domains=(
            *(("outlook.cn",) if chinese else ("office365.com", "office.com", "outlook.com")),
            *_domain_of(resource),
        ),
    )


def usual_tenant(provider: MailProvider) -> str:
    """Return whose accounts are let in where no tenant is named; Google knows none."""
    return {"google": "", "microsoft": "common", "microsoft_cn": "organizations"}[provider]


def is_tenant(text: str) -> bool:
    """Say whether a text names a tenant: its id, a domain of its, or one of Microsoft's words."""
    return bool(_TENANT.fullmatch(text))


def serves(found: Authority, host: str) -> bool:
    """Say whether a server is the provider's own: nobody else is shown what it gave."""
    return any(host == one or host.endswith(f".{one}") for one in found.domains)


def way_there(
    found: Authority, purpose: Purpose, *, client_id: str, redirect: str, state: str, verifier: str
) -> str:
    """Return where the browser is sent to ask for leave."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect,
        "scope": found.scopes[purpose],
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        **found.asked,
    }
    return f"{found.authorise}?{urlencode(asked)}"


def usable(tokens: Tokens) -> bool:
    """Say whether what was given can be said on a line, and is not absurdly long."""
    return _line(tokens.access_token) and (not tokens.refresh_token or _line(tokens.refresh_token))


def ends_in(tokens: Tokens) -> timedelta:
    """Return for how long a token is good, within reason."""
    return timedelta(seconds=min(max(tokens.expires_in, 60), 86_400))


def covers(tokens: Tokens, found: Authority, purpose: Purpose) -> bool:
    """Say whether leave was given for what was asked; who says nothing gave it all."""
    wanted = found.scopes[purpose].rpartition(" ")[2].rstrip("/").rpartition("/")[2].lower()
    given = [one.rstrip("/").lower() for one in tokens.scope.split()]
    return not given or any(one.endswith(wanted) for one in given)


def account_of(id_token: str) -> str:
    """Return whose leave it is, to be shown; nothing where the provider does not say.

    It came from the provider itself over an encrypted line and decides nothing, so that its
    signature is not asked for. Source: OpenID Connect Core 1.0, 3.1.3.7 (6).
    """
    try:
        part = id_token.split(".")[1]
        told = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, msgspec.DecodeError):
        return ""
    for name in ("email", "preferred_username", "upn"):
        value = told.get(name) if isinstance(told, dict) else None
        if isinstance(value, str) and 0 < len(value) <= 254 and value.isprintable():
            return value
    return ""


def why_denied(error: str) -> str:
    """Return what follows from a refusal, as the end of a wording key.

    Counts: codes of RFC 6749 (5.2), OpenID Connect (3.1.2.6) and Google's own.
    """
    if error in _AGAIN:
        return "sign_in_again"
    return "app_refused" if error in _OF_APP else "provider_broken"


def in_words(said: str, *secrets: str) -> str:
    """Return what a provider said as one short line, without anything that was sent to it."""
    for one in filter(None, secrets):
        said = said.replace(one, "…")
    return "".join(char if char.isprintable() else " " for char in said)[:300].strip()


def _line(text: str) -> bool:
    return len(text) <= LONGEST_TOKEN and bool(_VISIBLE.fullmatch(text))


def _domain_of(resource: str) -> tuple[str, ...]:
    """Return the domain in which the servers of a resource of the operator's stand."""
    labels = (urlsplit(resource).hostname or "").split(".")
    return (".".join(labels[-2:]),) if len(labels) > 2 else ()


_AGAIN = frozenset({
    "invalid_grant", "interaction_required", "login_required", "consent_required",
    "account_selection_required", "access_denied",
})  # fmt: skip
_OF_APP = frozenset({
    "invalid_client", "unauthorized_client", "invalid_request", "invalid_scope",
    "unsupported_grant_type", "unsupported_response_type", "deleted_client", "disabled_client",
    "admin_policy_enforced", "org_internal", "redirect_uri_mismatch",
})  # fmt: skip
