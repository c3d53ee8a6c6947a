"""Asks the house's own system for a voucher, by a signed request.

Every try of one grant carries the same `webhook-id` and `idempotency-key`; the receiver issues
once for each. Source: the Standard Webhooks specification (headers, signature).
"""

import msgspec
from standardwebhooks import Webhook as Signer

from peakend.complaints.ports import (
    ANSWER_BYTES,
    TIMEOUT_S,
    VoucherAsk,
    VoucherFailed,
    VoucherWay,
)
from peakend.kernel import clock
from peakend.kernel.outgoing import (
    AnswerBroken,
    AnswerTooLarge,
    AnswerTooSlow,
    Outgoing,
    Redirected,
    safe_fetch,
)

# The request may have been read before the line broke.
_UNKNOWN = (AnswerTooSlow, AnswerBroken, AnswerTooLarge)
_LATER = frozenset({408, 409, 425, 429})


class _Answer(msgspec.Struct):
    number: str = ""


class WebhookVouchers:
    """Speaks to one address of the house, signed."""

    async def grant(self, ask: VoucherAsk, way: VoucherWay) -> str:
        """Ask for a voucher and return the number that came back. Errors: VoucherFailed."""
        at, signed_as = clock.now(), f"grant_{ask.once_key.hex}"
        data = {name: value for name, value in msgspec.to_builtins(ask).items() if value}
        told = {"type": "voucher.grant", "timestamp": at.isoformat(), "data": data}
        body = msgspec.json.encode(told)
        headers = {
            "content-type": "application/json",
            "idempotency-key": str(ask.once_key),
            "webhook-id": signed_as,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Signer(way.secret).sign(signed_as, at, body.decode()),
        }
        try:
            answer = await safe_fetch(
                way.url, method="POST", headers=headers, body=body, timeout_s=TIMEOUT_S,
                most_bytes=ANSWER_BYTES, cut=True,
            )  # fmt: skip
        except _UNKNOWN as error:
            raise VoucherFailed("unknown", error.wording) from error
        except Redirected as error:
            raise VoucherFailed("refused", error.wording) from error
        except Outgoing as error:
            raise VoucherFailed("later", error.wording) from error
        return _number(answer.status, answer.body)


def _number(status: int, body: bytes) -> str:
    if status >= 500:
        raise VoucherFailed("unknown", "adapters.vouchers.broken")
    if status in _LATER:
        raise VoucherFailed("later", "adapters.vouchers.busy")
    if not 200 <= status < 300:
        raise VoucherFailed("refused", "adapters.vouchers.refused")
    try:
        return msgspec.json.decode(body, type=_Answer).number.strip()
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ""
