"""The mail channel: reading, writing, handing over to a server, fetching and receiving."""

from peakend.adapters.mail.cells import Cells
from peakend.adapters.mail.composing import compose
from peakend.adapters.mail.door import SmtpDoor
from peakend.adapters.mail.fetching import ImapPostbox
from peakend.adapters.mail.letter import Attachment, Mail, Reason
from peakend.adapters.mail.naming import DnsNames
from peakend.adapters.mail.reading import read
from peakend.adapters.mail.sealcells import SealCells
from peakend.adapters.mail.sending import SmtpPost
from peakend.adapters.mail.signing import Seals
from peakend.adapters.mail.writing import written

__all__ = [
    "Attachment",
    "Cells",
    "DnsNames",
    "ImapPostbox",
    "Mail",
    "Reason",
    "SealCells",
    "Seals",
    "SmtpDoor",
    "SmtpPost",
    "compose",
    "read",
    "written",
]
