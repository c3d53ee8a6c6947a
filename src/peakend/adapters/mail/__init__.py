"""The mail channel; of it so far the reading: bytes in, a `Mail` out, whatever the bytes are."""

from peakend.adapters.mail.letter import Attachment, Mail, Reason
from peakend.adapters.mail.reading import read

__all__ = ["Attachment", "Mail", "Reason", "read"]
