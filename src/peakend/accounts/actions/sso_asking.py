"""What is asked of a provider: what it is, its keys, and whom a code stands for."""

import time
from typing import Any
from urllib.parse import urlencode

import msgspec
import structlog

from peakend.accounts.models import SsoProvider
from peakend.accounts.rules.claims import has_claim
from peakend.accounts.rules.sso import (
    ALGORITHMS,
    Discovered,
    NotBelieved,
    Person,
    basic,
    believed,
    key_id,
    same_issuer,
    usable_keys,
    verified_email,
)
from peakend.kernel import clock
from peakend.kernel.errors import Refused
from peakend.kernel.outgoing import needed_target, safe_fetch
from peakend.kernel.settings import settings

log = structlog.get_logger()

KNOWN_S = 600.0
# Somebody's made-up key id must not make us ask for keys all the time.
KEYS_AGAIN_S = 30.0
MOST_BYTES = 256 * 1024

_documents: dict[str, tuple[float, Discovered]] = {}
_keys: dict[str, tuple[float, list[dict[str, Any]]]] = {}


class SsoBroken(Refused):
    """The provider's answer is not one that can be believed."""

    wording = "accounts.sso_broken"


def forget_providers() -> None:
    """Let this process ask every provider again."""
    _documents.clear()
    _keys.clear()


async def discovered(issuer: str) -> Discovered:
    """Return what a provider says of itself, at most ten minutes old.

    Errors: Outgoing, SsoBroken.
    """
    known = _documents.get(issuer)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    answer = await safe_fetch(url, most_bytes=MOST_BYTES, redirects=3)
    try:
        found = msgspec.json.decode(answer.body, type=Discovered)
    except msgspec.DecodeError as error:
        raise SsoBroken(what="discovery") from error
    if answer.status != 200 or not same_issuer(issuer, found.issuer):
        raise SsoBroken(what="issuer")
    if not set(ALGORITHMS) & set(found.id_token_signing_alg_values_supported):
        raise SsoBroken(what="alg")
    asked = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    others = (found.userinfo_endpoint, found.end_session_endpoint)
    for address in (*asked, *filter(None, others)):
        needed_target(address, settings.outgoing_allowed)
    _documents[issuer] = (time.monotonic() + KNOWN_S, found)
    return found


async def keys_of(found: Discovered, kid: str | None) -> list[dict[str, Any]]:
    """Return a provider's keys; an unknown id makes us look once more, but not all the time.

    Errors: Outgoing, SsoBroken.
    """
    now = time.monotonic()
    known = _keys.get(found.jwks_uri)
    if known is not None and now - known[0] < KNOWN_S:
        there = kid is None or any(key.get("kid") == kid for key in known[1])
        if there or now - known[0] < KEYS_AGAIN_S:
            return known[1]
    answer = await safe_fetch(found.jwks_uri, most_bytes=MOST_BYTES, redirects=3)
    try:
        keys = usable_keys(msgspec.json.decode(answer.body))
    except msgspec.DecodeError as error:
        raise SsoBroken(what="keys") from error
    if answer.status != 200 or not keys:
        raise SsoBroken(what="keys")
    _keys[found.jwks_uri] = (now, keys)
    return keys


async def vouched(
    provider: SsoProvider, secret: str, *, code: str, redirect: str, nonce: str, verifier: str
) -> Person:
    """Return whom a provider vouches for. Errors: Outgoing, SsoBroken."""
    found = await discovered(provider.issuer)
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": verifier,
    }
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if "client_secret_basic" in found.token_endpoint_auth_methods_supported:
        headers["authorization"] = basic(provider.client_id, secret)
    else:
        asked |= {"client_id": provider.client_id, "client_secret": secret}
    answer = await safe_fetch(
        found.token_endpoint,
        method="POST",
        headers=headers,
        body=urlencode(asked).encode(),
        most_bytes=MOST_BYTES,
    )
    try:
        said = msgspec.json.decode(answer.body, type=_Tokens)
        if answer.status != 200:
            raise NotBelieved("code")
        person = believed(
            said.id_token,
            await keys_of(found, key_id(said.id_token)),
            issuer=found.issuer,
            client_id=provider.client_id,
            nonce=nonce,
            now=clock.now(),
        )
        return await _with_told(provider, found, person, said.access_token)
    except (NotBelieved, msgspec.DecodeError) as error:
        what = str(error) if isinstance(error, NotBelieved) else "token"
        log.warning("a provider was not believed", what=what, status=answer.status)
        raise SsoBroken(what=what) from error


async def _with_told(
    provider: SsoProvider, found: Discovered, person: Person, access_token: str
) -> Person:
    """Return a person with what is wanted of him and the token does not say.

    Many providers tell the address and the groups only here (OpenID Connect Core, 5.4).
    """
    wanted = (provider.by_email and not person.email) or (
        provider.claim and not has_claim(person.claims, provider.claim)
    )
    if not wanted or not found.userinfo_endpoint:
        return person
    told = await _told(found, access_token, person.subject)
    email = person.email or verified_email(told)
    return Person(person.subject, email, {**told, **person.claims}, person.token)


async def _told(found: Discovered, access_token: str, subject: str) -> dict[str, Any]:
    """Return what a provider tells of the very person whom the token vouches for."""
    answer = await safe_fetch(
        found.userinfo_endpoint,
        headers={"authorization": f"Bearer {access_token}", "accept": "application/json"},
        most_bytes=MOST_BYTES,
    )
    told = msgspec.json.decode(answer.body) if answer.status == 200 else None
    if not isinstance(told, dict) or told.get("sub") != subject:
        raise NotBelieved("userinfo")
    return told


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""
