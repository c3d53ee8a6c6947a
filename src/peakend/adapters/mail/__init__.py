"""The mail channel; of it so far the reading, the writing and the handing over to a server."""

from peakend.adapters.mail.composing import compose
from peakend.adapters.mail.letter import Attachment, Mail, Reason
from peakend.adapters.mail.reading import read
from peakend.adapters.mail.sending import SmtpPost

__all__ = ["Attachment", "Mail", "Reason", "SmtpPost", "compose", "read"]
