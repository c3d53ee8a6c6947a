"""What a browser is asked for its passkeys, and whether its answer holds.

The library takes 0.3 s to load and is needed by few: it is, where the first passkey is used.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import structlog

from peakend.accounts.models import KnownPasskey, Passkey
from peakend.accounts.rules.passkeys import (
    CHALLENGE_BYTES,
    CHALLENGE_LIFE,
    Place,
    Purpose,
    challenge_in,
)
from peakend.kernel import clock
from peakend.kernel.db import Database
from peakend.kernel.errors import NotFound, PeakendError
from peakend.kernel.secrets import blind

log = structlog.get_logger()
T = TypeVar("T")


class WrongPasskey(PeakendError):
    """A passkey is unknown, its answer does not hold, or its owner has left: all answer alike."""

    status = 422
    wording = "accounts.wrong_passkey"


class PasskeyRefused(PeakendError):
    """What a browser made is no passkey of this house's address."""

    status = 422
    wording = "accounts.passkey_refused"


class ChallengeGone(NotFound):
    """The challenge answered is unknown, used, too old, or was somebody else's."""

    wording = "accounts.passkey_gone"


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """A browser's answer with a passkey, its parts in base64url."""

    id: str
    client_data: str
    authenticator_data: str
    signature: str
    user_handle: str | None = None


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """A browser's answer with a new passkey, its parts in base64url."""

    id: str
    client_data: str
    attestation: str
    transports: list[str] = msgspec.field(default_factory=list)


class Made(msgspec.Struct, frozen=True):
    """A new passkey that holds."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    verifies: bool
    backed_up: bool


class Proof(msgspec.Struct, frozen=True):
    """What an answer that holds says."""

    sign_count: int
    verified: bool
    backed_up: bool


async def ask(database: Database, purpose: Purpose, subject_id: UUID | None) -> bytes:
    """Return a new challenge; it is kept hashed, and good for one answer within five minutes."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    now = clock.now()
    async with database.system() as tx:
        await tx.run("DELETE FROM passkey_challenge WHERE expires_at < $1", now)
        await tx.run(
            "INSERT INTO passkey_challenge (challenge_hash, purpose, subject_id, expires_at)"
            " VALUES ($1, $2, $3, $4)",
            _hashed(challenge),
            purpose,
            subject_id,
            now + CHALLENGE_LIFE,
        )
    return challenge


async def take(
    database: Database, purpose: Purpose, subject_id: UUID | None, client_data: str
) -> bytes:
    """Return the challenge an answer is to; whatever comes of it, it is used now.

    Errors: ChallengeGone.
    """
    challenge = challenge_in(client_data)
    if challenge is None:
        raise ChallengeGone
    async with database.system() as tx:
        used = await tx.run(
            """
            DELETE FROM passkey_challenge
            WHERE challenge_hash = $1
              AND purpose = $2
              AND subject_id IS NOT DISTINCT FROM $3::uuid
              AND expires_at > $4
            """,
            _hashed(challenge),
            purpose,
            subject_id,
            clock.now(),
        )
    if not used:
        raise ChallengeGone
    return challenge


async def options_to_add(
    place: Place, challenge: bytes, *, house: str, login: str, name: str, handle: bytes,
    known: list[KnownPasskey],
) -> dict[str, Any]:  # fmt: skip
    """Return what a browser is asked to make a passkey with."""

    def made() -> dict[str, Any]:
        from webauthn import generate_registration_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        return options_to_json_dict(
            generate_registration_options(
                rp_id=place.domain,
                rp_name=house,
                user_id=handle,
                user_name=login,
                user_display_name=name,
                challenge=challenge,
                timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
                # A key without a PIN is still a good second step.
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.PREFERRED,
                    user_verification=UserVerificationRequirement.PREFERRED,
                ),
                exclude_credentials=_described(known),
            )
        )

    return await asyncio.to_thread(made)


async def options_to_prove(
    place: Place, challenge: bytes, known: list[KnownPasskey], *, verified: bool
) -> dict[str, Any]:
    """Return what a browser is asked to answer with; with none known the passkey says who it is."""

    def made() -> dict[str, Any]:
        from webauthn import generate_authentication_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import UserVerificationRequirement

        needed = UserVerificationRequirement.REQUIRED if verified else None
        return options_to_json_dict(
            generate_authentication_options(
                rp_id=place.domain,
                challenge=challenge,
                timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
                allow_credentials=_described(known) or None,
                user_verification=needed or UserVerificationRequirement.PREFERRED,
            )
        )

    return await asyncio.to_thread(made)


async def made_here(answer: Attestation, place: Place, challenge: bytes) -> Made:
    """Return the passkey that a browser made. Errors: PasskeyRefused."""
    credential = {
        "id": answer.id,
        "rawId": answer.id,
        "type": "public-key",
        "response": {"clientDataJSON": answer.client_data, "attestationObject": answer.attestation},
    }

    def checked() -> Made:
        from webauthn import verify_registration_response

        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.domain,
            expected_origin=place.origin,
        )
        return Made(
            found.credential_id,
            found.credential_public_key,
            found.sign_count,
            found.user_verified,
            found.credential_backed_up,
        )

    return await _believed(checked, PasskeyRefused)


async def proved(
    answer: Assertion, passkey: Passkey, place: Place, challenge: bytes, *, verified: bool
) -> Proof:
    """Return what an answer says; the counter is for the caller to judge. Errors: WrongPasskey."""
    credential = {
        "id": answer.id,
        "rawId": answer.id,
        "type": "public-key",
        "response": {
            "clientDataJSON": answer.client_data,
            "authenticatorData": answer.authenticator_data,
            "signature": answer.signature,
        },
    }

    def checked() -> Proof:
        from webauthn import verify_authentication_response

        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.domain,
            expected_origin=place.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=verified,
        )
        return Proof(found.new_sign_count, found.user_verified, found.credential_backed_up)

    return await _believed(checked, WrongPasskey)


async def _believed(check: Callable[[], T], otherwise: type[PeakendError]) -> T:
    """Return what a check found; whatever it stumbles over came from outside."""
    try:
        return await asyncio.to_thread(check)
    # CBOR, ASN.1, keys: each has errors of its own.
    except Exception as error:
        log.warning("a passkey's answer does not hold", error=type(error).__name__)
        raise otherwise from error


def _described(known: list[KnownPasskey]) -> list[Any]:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id,
            transports=[AuthenticatorTransport(way) for way in one.transports] or None,
        )
        for one in known
    ]


def _hashed(challenge: bytes) -> bytes:
    return blind("passkey_challenge", challenge.hex())
