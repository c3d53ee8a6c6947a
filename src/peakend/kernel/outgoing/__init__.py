"""The one way out: requests to other servers go through `safe_fetch`, other lines `safe_line`."""

from peakend.kernel.outgoing.addresses import is_listed, is_public, needed_line, needed_target
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
from peakend.kernel.outgoing.fetching import Answer, safe_fetch, tls
from peakend.kernel.outgoing.lines import LineSilent, safe_line
from peakend.kernel.outgoing.names import NamesSilent, name_records, txt_records

__all__ = [
    "AddressMalformed",
    "AddressRefused",
    "Answer",
    "AnswerBroken",
    "AnswerTooLarge",
    "AnswerTooSlow",
    "HostUnknown",
    "LineSilent",
    "NamesSilent",
    "NotEncrypted",
    "NotReached",
    "Outgoing",
    "PortRefused",
    "Redirected",
    "TlsFailed",
    "is_listed",
    "is_public",
    "name_records",
    "needed_line",
    "needed_target",
    "safe_fetch",
    "safe_line",
    "tls",
    "txt_records",
]
