"""The mail channel; so far reading, writing, handing over to a server and fetching from one."""

from peakend.adapters.mail.cells import Cells
from peakend.adapters.mail.composing import compose
from peakend.adapters.mail.fetching import ImapPostbox
from peakend.adapters.mail.letter import Attachment, Mail, Reason
from peakend.adapters.mail.reading import read
from peakend.adapters.mail.sending import SmtpPost
from peakend.adapters.mail.writing import written

__all__ = [
    "Attachment",
    "Cells",
    "ImapPostbox",
    "Mail",
    "Reason",
    "SmtpPost",
    "compose",
    "read",
    "written",
]
