"""What compensation needs from outside: somebody who issues what was granted."""

from typing import Literal, Protocol
from uuid import UUID

import msgspec

# What an adapter says of a try: it can be tried again, it will never work, nobody knows.
Ending = Literal["issued", "refused", "later", "unknown"]
TIMEOUT_S = 15.0
ANSWER_BYTES = 4096


class VoucherAsk(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; `once_key` is the same for every try of one grant.

    Units: `amount` is in `unit`, `cost_fen` is what it costs the house.
    """

    once_key: UUID
    customer_id: UUID
    customer_refs: list[str]
    brand_id: UUID | None
    kind: str
    instrument_id: UUID
    amount: int
    unit: str
    cost_fen: int
    currency: str


class VoucherWay(msgspec.Struct, frozen=True):
    """How the house's system of vouchers is reached."""

    url: str = ""
    secret: str = ""


class VoucherFailed(Exception):
    """A voucher was not issued, or nobody knows; `code` is a wording."""

    def __init__(self, ending: Ending, code: str) -> None:
        super().__init__(code)
        self.ending, self.code = ending, code


class Vouchers(Protocol):
    """Give a customer something of value."""

    async def grant(self, ask: VoucherAsk, way: VoucherWay) -> str:
        """Issue once for each key and return the voucher's number, empty where there is none.

        Errors: VoucherFailed.
        """


class Provided(msgspec.Struct):
    """What was plugged in, by the name under which instruments ask for it."""

    vouchers: dict[str, Vouchers] = {}


provided = Provided()
