"""DKIM: mails are signed with keys of RSA that were made here.

dkimpy and the keys' arithmetic are loaded when somebody signs: few houses do, and they cost time.
"""

from peakend.mail.ports import SigningKey, Unwritable

BITS = 2048
_SIGNED = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to",
    b"references", b"mime-version", b"content-type", b"content-transfer-encoding",
    b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
# Named once more than they stand there, so that nobody adds one.
_SEALED = (b"from", b"to", b"cc", b"subject", b"date", b"reply-to", b"content-type")


class Seals:
    """Signs mails with keys of RSA."""

    def make(self) -> tuple[str, str]:
        """Return a new key, and the record by which others check what it signed."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        lines = public.decode().strip().split("\n")[1:-1]
        return pem, f"v=DKIM1; k=rsa; p={''.join(lines)}"

    def sign(self, raw: bytes, key: SigningKey) -> bytes:
        """Return a mail with its signature. Errors: Unwritable."""
        import dkim

        try:
            mail = dkim.DKIM(raw)
            there = {name.lower() for name, _ in mail.headers}
            names = [name for name in _SIGNED if name in there] + list(_SEALED)
            field = mail.sign(
                key.selector.encode(), key.domain.encode(), key.pem.encode(),
                canonicalize=(b"relaxed", b"relaxed"), include_headers=names,
            )  # fmt: skip
        except (dkim.DKIMException, ValueError) as error:
            raise Unwritable("signature") from error
        return bytes(field) + raw
