"""Secrets: sealing of stored values, signatures of links, opaque tokens."""

import base64
import hashlib
import hmac
import os
import secrets as standard
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from peakend.kernel.errors import Invalid
from peakend.kernel.settings import settings

_KEY_ID = b"\x01"


def key_for(purpose: str, master: bytes | None = None) -> bytes:
    """Return a key of its own for each purpose, derived from the master key."""
    return _derived(purpose, master or settings.key)


# A table of a million customers asks six times for each of them.
@lru_cache(maxsize=256)
def _derived(purpose: str, master: bytes) -> bytes:
    info = f"peakend/{purpose}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(master)


def resealed(sealed: bytes, aad: str, master: bytes) -> bytes:
    """Return what was sealed under another master key, sealed under ours.

    Errors: InvalidTag where it was moved, changed, or sealed under a third one.
    """
    return seal(
        AESGCM(key_for("seal", master)).decrypt(sealed[1:13], sealed[13:], aad.encode()), aad
    )


def seal(value: bytes, aad: str) -> bytes:
    """Encrypt a value for one place: `aad` names tenant, table, column and row."""
    nonce = os.urandom(12)
    return _KEY_ID + nonce + AESGCM(key_for("seal")).encrypt(nonce, value, aad.encode())


def unseal(sealed: bytes, aad: str) -> bytes:
    """Decrypt a sealed value. Errors: InvalidTag where it was moved or changed."""
    return AESGCM(key_for("seal")).decrypt(sealed[1:13], sealed[13:], aad.encode())


def blind(purpose: str, value: str) -> bytes:
    """Return an index value that finds equal secrets without showing them."""
    return hmac.digest(key_for(f"blind/{purpose}"), value.encode(), "sha256")


def sign(purpose: str, *parts: object) -> str:
    """Return a short signature over parts, bound to its purpose."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hmac.digest(key_for(f"sign/{purpose}"), text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()


def verify(signature: str, purpose: str, *parts: object) -> bool:
    """Say in constant time whether a signature is ours."""
    if not isinstance(signature, str) or len(signature) > 64 or not signature.isascii():
        return False
    return hmac.compare_digest(signature, sign(purpose, *parts))


def token() -> str:
    """Return an unguessable token of 256 bits."""
    return standard.token_urlsafe(32)


def token_hash(value: str) -> bytes:
    """Return what is stored of a token. Errors: Invalid for what cannot be a token."""
    if not value or len(value) > 128 or not value.isascii():
        raise Invalid
    return hashlib.sha256(value.encode()).digest()


def challenge(verifier: str) -> str:
    """Return the PKCE challenge of a verifier (S256). Source: RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
