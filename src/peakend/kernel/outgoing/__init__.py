"""The one way out: every request to another server goes through `safe_fetch`."""

from peakend.kernel.outgoing.addresses import is_listed, is_public, needed_target
from peakend.kernel.outgoing.errors import (
    AddressMalformed,
    AddressRefused,
    AnswerBroken,
    AnswerTooLarge,
    AnswerTooSlow,
    HostUnknown,
    NotEncrypted,
    NotReached,
    Outgoing,
    PortRefused,
    Redirected,
    TlsFailed,
)
from peakend.kernel.outgoing.fetching import Answer, safe_fetch
from peakend.kernel.outgoing.names import NamesSilent, txt_records

__all__ = [
    "AddressMalformed",
    "AddressRefused",
    "Answer",
    "AnswerBroken",
    "AnswerTooLarge",
    "AnswerTooSlow",
    "HostUnknown",
    "NamesSilent",
    "NotEncrypted",
    "NotReached",
    "Outgoing",
    "PortRefused",
    "Redirected",
    "TlsFailed",
    "is_listed",
    "is_public",
    "needed_target",
    "safe_fetch",
    "txt_records",
]
