"""Single sign-on: what is asked of a provider, and whether what it says holds.

Source: OpenID Connect Core 1.0 (3.1.3.7), RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from peakend.kernel.secrets import challenge

ATTEMPT_LIFE = timedelta(minutes=10)
SKEW_S = 60
# Signatures by a key that only the provider has: a shared secret or none proves nothing.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
SCOPES = "openid email profile"


class Discovered(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)


class Person(msgspec.Struct, frozen=True):
    """Whom a provider vouches for; an e-mail address only where it verified it."""

    subject: str
    email: str
    claims: dict[str, Any] = {}
    token: str = ""


class NotBelieved(Exception):
    """A token does not say what it must; the argument says which part, never the value."""


def authorisation_url(
    found: Discovered, client_id: str, redirect: str, state: str, nonce: str, verifier: str,
    scope: str = "",
) -> str:  # fmt: skip
    """Return where the browser is sent; `scope` is asked for beside what always is."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect,
        "scope": " ".join(dict.fromkeys([*SCOPES.split(), *scope.split()])),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return _with(found.authorization_endpoint, asked)


def end_session_url(endpoint: str, client_id: str, token: str, back: str) -> str:
    """Return where the browser ends its session at the provider, and comes back from.

    Source: OpenID Connect RP-Initiated Logout 1.0, 2. Without the token some providers ask first.
    """
    hint = {"id_token_hint": token} if token else {}
    return _with(endpoint, {**hint, "client_id": client_id, "post_logout_redirect_uri": back})


def basic(client_id: str, secret: str) -> str:
    """Return how a client names itself to the token endpoint. Source: RFC 6749, 2.3.1."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def same_issuer(given: str, said: str) -> bool:
    """Say whether a provider is the one that was named; a slash at the end does not matter."""
    return given.rstrip("/") == said.rstrip("/")


def usable_keys(jwks: Any) -> list[dict[str, Any]]:
    """Return the public signing keys of a set; shared secrets are no keys here."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    return [
        key
        for key in (keys if isinstance(keys, list) else [])[:50]
        if isinstance(key, dict)
        and key.get("kty") in ("RSA", "EC", "OKP")
        and key.get("use", "sig") == "sig"
    ]


def key_id(token: str) -> str | None:
    """Return which key a token says it is signed with. Errors: NotBelieved."""
    try:
        head = msgspec.json.decode(_unpadded(token.split(".")[0]))
    except (ValueError, msgspec.DecodeError) as error:
        raise NotBelieved("token") from error
    if not isinstance(head, dict) or head.get("alg") not in ALGORITHMS:
        raise NotBelieved("alg")
    kid = head.get("kid")
    return kid if isinstance(kid, str) else None


def believed(
    token: str,
    keys: list[dict[str, Any]],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: datetime,
) -> Person:
    """Return whom a token vouches for, to us, now. Errors: NotBelieved."""
    kid = key_id(token)
    fitting = [key for key in keys if kid is None or key.get("kid") == kid]
    if not fitting:
        raise NotBelieved("kid")
    claims = _decoded(token, fitting)
    at = now.timestamp()
    if claims.get("iss") != issuer:
        raise NotBelieved("iss")
    said = claims.get("aud")
    audience = said if isinstance(said, list) else [said]
    party = claims.get("azp")
    if client_id not in audience or (len(audience) > 1 and party is None):
        raise NotBelieved("aud")
    if party is not None and party != client_id:
        raise NotBelieved("azp")
    if not _number(claims.get("exp")) or claims["exp"] <= at - SKEW_S:
        raise NotBelieved("exp")
    if not _number(claims.get("iat")) or claims["iat"] > at + SKEW_S:
        raise NotBelieved("iat")
    if _number(claims.get("nbf")) and claims["nbf"] > at + SKEW_S:
        raise NotBelieved("nbf")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise NotBelieved("nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise NotBelieved("sub")
    return Person(subject, verified_email(claims), claims, token)


def verified_email(claims: dict[str, Any]) -> str:
    """Return the e-mail address that a provider verified, or nothing."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return ""
    return email if "@" in email and len(email) <= 200 else ""


def _with(endpoint: str, asked: dict[str, str]) -> str:
    return endpoint + ("&" if "?" in endpoint else "?") + urlencode(asked)


def _decoded(token: str, keys: list[dict[str, Any]]) -> dict[str, Any]:
    for key in keys:
        try:
            found = jwt.decode(
                token, KeySet.import_key_set({"keys": [key]}), algorithms=list(ALGORITHMS)
            )
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        return dict(found.claims)
    raise NotBelieved("signature")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
