"""An authenticator for tests: it makes passkeys and answers with them, honestly or not."""

import base64
import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8080"
HOST = "localhost:8080"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One key of ES256 for one owner."""

    def __init__(self, *, verifies: bool = True, credential_id: bytes | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = credential_id or os.urandom(32)
        self.verifies = verifies
        self.count = 0
        self.handle = b""

    def _client_data(self, kind: str, challenge: str, origin: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, domain: str, more: bytes = b"") -> bytes:
        flags = 0x01 | (0x04 if self.verifies else 0) | (0x40 if more else 0)
        self.count += 1
        return (
            hashlib.sha256(domain.encode()).digest()
            + bytes([flags])
            + self.count.to_bytes(4, "big")
            + more
        )

    def make(
        self, options: dict[str, Any], *, origin: str = ORIGIN, name: str = "测试钥匙"
    ) -> dict[str, Any]:
        """Answer a question for a new passkey."""
        self.handle = unb64(options["user"]["id"])
        at = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(options["rp"]["id"], made)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options["challenge"], origin)
        return {
            "id": b64(self.id),
            "client_data": b64(client),
            "attestation": b64(attestation),
            "transports": ["usb", "teleport"],
            "name": name,
        }

    def answer(
        self, options: dict[str, Any], *, origin: str = ORIGIN, domain: str | None = None
    ) -> dict[str, Any]:
        """Answer a question for this passkey."""
        client = self._client_data("webauthn.get", options["challenge"], origin)
        data = self._data(domain or options["rpId"])
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        told = {"user_handle": b64(self.handle)} if self.handle else {}
        return {
            "id": b64(self.id),
            "client_data": b64(client),
            "authenticator_data": b64(data),
            "signature": b64(signed),
            **told,
        }
