"""Facts of mail: ids and short codes, never addresses, subjects or passwords."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class MailServerChanged(Fact):
    """A brand's mail server, or its password, was set, changed, paused or removed (`what`)."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class MailTemplateChanged(Fact):
    """A brand's template of a kind and language was changed, or set back (`what`)."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    template: str
    language: str
    what: str


@dataclass(frozen=True, kw_only=True)
class MailQueued(Fact):
    """A mail waits to be sent; `about` is what it is about, by its kind."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID


@dataclass(frozen=True, kw_only=True)
class MailSent(Fact):
    """A brand's server took a mail, after so many tries."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID
    tries: int


@dataclass(frozen=True, kw_only=True)
class MailDelayed(Fact):
    """A try did not succeed, for another reason than the one before; the mail is tried again."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class MailFailed(Fact):
    """A mail was given up, for a reason as a short code."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class MailWithdrawn(Fact):
    """A mail was taken out of the outbox before anybody tried to hand it over."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID


@dataclass(frozen=True, kw_only=True)
class MailBounced(Fact):
    """A mail that a server had taken did not arrive, as a mail that came (`received_id`) says."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID
    received_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class MailRetried(Fact):
    """Somebody asked for a mail that was given up to be tried anew."""

    subject: ClassVar[str] = "mail_id"
    mail_id: UUID
    brand_id: UUID
    mail: str
    about: UUID


@dataclass(frozen=True, kw_only=True)
class MailboxChanged(Fact):
    """A brand's mailbox, or its password, was set, changed, paused or removed (`what`)."""

    subject: ClassVar[str] = "mailbox_id"
    mailbox_id: UUID
    brand_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class MailSetAside(Fact):
    """Somebody looked at a mail that could not be read and left it so, or took it up again."""

    subject: ClassVar[str] = "received_id"
    received_id: UUID
    mailbox_id: UUID
    brand_id: UUID
    aside: bool


@dataclass(frozen=True, kw_only=True)
class MailBlockChanged(Fact):
    """An address or domain was blocked or is no longer (`what`)."""

    subject: ClassVar[str] = "block_id"
    block_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class MailScreeningChanged(Fact):
    """A brand believes its mail server's marks of spam from now on, or no longer."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    believes: bool


@dataclass(frozen=True, kw_only=True)
class MailLetIn(Fact):
    """Somebody let a mail in that had been kept aside, or that a program wrote."""

    subject: ClassVar[str] = "received_id"
    received_id: UUID
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class MailPersonChanged(Fact):
    """A program's mails count as a person's from now on, or no longer (`what`)."""

    subject: ClassVar[str] = "person_id"
    person_id: UUID
    brand_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class MailMarkedSpam(Fact):
    """Somebody found a mail to be spam, or to be none after all."""

    subject: ClassVar[str] = "received_id"
    received_id: UUID
    spam: bool


@dataclass(frozen=True, kw_only=True)
class MailReceived(Fact):
    """A mail came to a brand's mailbox, and its bytes are kept.

    With `attention` nothing could be had of it, and a person has to look.
    """

    subject: ClassVar[str] = "received_id"
    received_id: UUID
    mailbox_id: UUID
    brand_id: UUID
    automatic: bool
    attention: bool


@dataclass(frozen=True, kw_only=True)
class AutomaticMailHeld(Fact):
    """An automatic mail was not sent: too many, stopped, or nobody vouches for its recipient."""

    subject: ClassVar[str] = "mailbox_id"
    mailbox_id: UUID
    brand_id: UUID
    conversation_id: UUID
    why: str


@dataclass(frozen=True, kw_only=True)
class AutomaticMailSwitched(Fact):
    """Somebody stopped every automatic mail of the house, or let them go again."""

    stopped: bool


@dataclass(frozen=True, kw_only=True)
class MailSignatureChanged(Fact):
    """What stands below a brand's answers in a language was changed."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    language: str


@dataclass(frozen=True, kw_only=True)
class MailAppChanged(Fact):
    """The house's application at a provider of mailboxes was registered, changed or removed."""

    provider: str
    what: str


@dataclass(frozen=True, kw_only=True)
class MailAccessGranted(Fact):
    """A provider gave leave to open a mailbox, or without one the brand's mail server."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    mailbox_id: UUID | None
    provider: str


@dataclass(frozen=True, kw_only=True)
class MailAccessWithdrawn(Fact):
    """Leave for a mailbox or a mail server was taken back, or went with its server."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    mailbox_id: UUID | None
    provider: str


@dataclass(frozen=True, kw_only=True)
class MailAccessFailed(Fact):
    """A provider no longer stands by the leave it gave: somebody has to sign in again."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID
    mailbox_id: UUID | None
    provider: str
    code: str
