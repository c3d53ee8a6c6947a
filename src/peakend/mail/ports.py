"""What mail needs from outside: who writes a mail down, sends, fetches, receives and reads.

`entry/wiring.py` sets them in `provided`; without them nothing is sent.
"""

import asyncio
import re
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import msgspec

# How the line to a server is encrypted: from the first byte, by STARTTLS, or not at all, which
# only servers get that the operator listed.
Tls = Literal["implicit", "starttls", "none"]
# A machine wrote it by itself, or in answer to somebody; nothing where a person did.
# Source: RFC 3834.
Automatic = Literal["", "generated", "replied"]
# What tells that a program wrote a mail; nothing where a person did.
AutomaticBy = Literal["", "header", "bulk", "report", "sender", "subject", "text"]
# How a try ended: taken; perhaps later; never; nobody knows, as the line broke after the last dot.
Result = Literal["sent", "later", "never", "uncertain"]
# What a name may have. Of mail exchangers the names come, the preferred one first.
NameKind = Literal["TXT", "A", "AAAA", "MX", "PTR"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class Unwritable(ValueError):
    """A field of a mail would break its header, or is no address; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Person(msgspec.Struct, frozen=True):
    """Somebody with an address, and perhaps a name."""

    email: str
    name: str = ""


class Attached(msgspec.Struct, frozen=True):
    """A file of a mail; with a `cid` it is a picture inside the HTML."""

    name: str
    content_type: str
    content: bytes
    cid: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as plain data; `message_id` stands without its angle brackets."""

    message_id: str
    at: datetime
    sender: Person
    to: list[Person]
    cc: list[Person] = []
    reply_to: Person | None = None
    subject: str
    text: str
    html: str = ""
    attachments: list[Attached] = []
    automatic: Automatic = ""
    # Where one who no longer wants such mails says so; only for what was not asked for.
    unsubscribe_url: str = ""
    in_reply_to: str = ""
    references: list[str] = []


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server, and how one is known to it: no login where it asks none; token or password."""

    host: str
    port: int
    tls: Tls
    login: str = ""
    password: str = ""
    token: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a try ended; `code` says why, `status` and `said` are the server's own answer.

    `of_server` where the server as a whole did not do, not this one mail.
    """

    result: Result
    code: str = ""
    status: int | None = None
    said: str = ""
    of_server: bool = False


class Post(Protocol):
    """Hands mails to a server."""

    async def send(self, server: Server, sender: str, to: list[str], raw: bytes) -> Outcome:
        """Hand a mail over. Never raises for what a server or the way to it does."""

    async def knock(self, server: Server, sender: str) -> Outcome:
        """Go as far as a server that sends nothing would notice: also the sender is asked for."""


class Inbox(Server, frozen=True, kw_only=True):
    """A mailbox at a server, and which of its folders is meant."""

    folder: str = "INBOX"


class BoxTrouble(Exception):
    """A mailbox cannot be read; `code` says why, `said` is the server's own answer."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code, self.said = code, said


class OpenBox(Protocol):
    """A folder of a mailbox, open. All of it raises BoxTrouble."""

    # Another number tells that the folder's mails are numbered anew.
    validity: int

    async def uids(self, ranges: list[tuple[int, int]], after: int) -> list[int]:
        """Return the numbers of the mails in these stretches and of all later ones, ascending."""

    async def fetch(self, uid: int, most: int) -> bytes | None:
        """Return so many bytes of a mail at most; None where it is gone."""

    async def mark(self, uids: list[int]) -> None:
        """Tell the server that mails were read."""

    async def wait(self, seconds: float) -> None:
        """Wait until the server says that something happened, or that long."""

    def close(self) -> None:
        """Close the line, whatever is being said."""


class Postbox(Protocol):
    """Opens mailboxes."""

    async def open(self, inbox: Inbox) -> OpenBox:
        """Open a mailbox at its folder. Errors: BoxTrouble."""


class ReadFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a mail that came; with a `cid` the HTML may show it."""

    name: str
    content_type: str
    content: bytes
    cid: str = ""


class Bounce(msgspec.Struct, frozen=True, kw_only=True):
    """A report on mails that were sent. Source: RFC 3464 for `action` and `status`."""

    action: str
    status: str = ""
    message_ids: list[str] = []


class ReadMail(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail says; `code` says why there is nothing to be had of it.

    `html` is cleaned; ids of other mails stand without their brackets, the newest last;
    `recipients` are those addresses that carry a tag.
    """

    message_id: str = ""
    from_email: str = ""
    from_name: str = ""
    subject: str = ""
    automatic: bool = False
    automatic_by: AutomaticBy = ""
    whole: bool = False
    code: str = ""
    to_line: str = ""
    cc_line: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    reference_ids: list[str] = []
    recipients: list[str] = []
    text: str = ""
    reply_text: str = ""
    html: str = ""
    has_remote: bool = False
    files: list[ReadFile] = []
    reasons: list[str] = []
    bounce: Bounce | None = None
    spam: str = ""  # which header says so


class Reader(Protocol):
    """Reads a mail within a budget of its own."""

    async def read(self, raw: bytes) -> ReadMail:
        """Return what a mail says. Never raises for what is in it."""

    async def close(self) -> None:
        """End what it keeps ready; the next mail begins anew."""


# Of HTML that somebody of the house writes, in signs.
LONGEST_WRITTEN = 300_000


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """HTML that somebody of the house wrote, as it may travel.

    `own` is its text without what it quotes, `pictures` the files that it shows.
    """

    html: str
    text: str
    own: str
    pictures: list[UUID]


class Cleaner(Protocol):
    """Makes HTML of people of the house fit to travel."""

    def __call__(self, source: str, /) -> Written | None:
        """Return it by the policy that holds for strangers; None where it is too much."""


class NamesUnknown(Exception):
    """The name system gave no answer: neither that there is something nor that there is none."""


class Names(Protocol):
    """Asks the world's name system, for a bounded time."""

    async def ask(self, name: str, kind: NameKind, *, fresh: bool = False) -> list[str]:
        """Return what a name has of a kind; nothing where it is not there.

        `fresh` for somebody who has just changed it. Errors: NamesUnknown.
        """


class Finding(msgspec.Struct, frozen=True):
    """What a server found out about a sender, by one method; `note` is its own remark."""

    method: str
    result: str
    properties: dict[str, str] = {}
    note: str = ""


class Statement(msgspec.Struct, frozen=True):
    """What a mail says that a server found out; anybody can write that. None: not readable."""

    server: str
    findings: list[Finding] | None


class Signature(msgspec.Struct, frozen=True):
    """Who says that he signed a mail; `usable` where it covers what is shown of it."""

    place: int
    domain: str
    selector: str
    usable: bool


class Heads(msgspec.Struct, frozen=True, kw_only=True):
    """What the head of a mail says about who sent it; no domain where that is unclear."""

    from_domain: str = ""
    statements: list[Statement] = []
    signatures: list[Signature] = []


class Checker(Protocol):
    """Reads who a mail claims to be from, and proves signatures, within a budget of its own."""

    async def heads(self, raw: bytes) -> Heads | None:
        """Return what the head says; None where it could not be read within the budget."""

    async def signed(self, raw: bytes, keys: dict[int, str]) -> list[int]:
        """Return the places of signatures that hold, by the records of their keys."""

    async def close(self) -> None:
        """End what it keeps ready; the next mail begins anew."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """Who handed a mail to us: from where he connected, how he greeted, and for whom."""

    address: str
    greeting: str = ""
    mail_from: str = ""


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """By what a domain signs its mails."""

    domain: str
    selector: str
    pem: str


class Sign(Protocol):
    """Signs mails, and makes the keys."""

    def make(self) -> tuple[str, str]:
        """Return a new key, and the record by which others check what it signed."""

    def sign(self, raw: bytes, key: SigningKey) -> bytes:
        """Return a mail with its signature. Errors: Unwritable."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where our own receiver listens, what it speaks, and under which name."""

    speaks: Literal["smtp", "lmtp"]
    host: str
    port: int
    name: str = "localhost"
    # PEM files; without them nothing is encrypted.
    certificate: str = ""
    key: str = ""


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as a server brought it, and what was said beside it.

    `sender` may be empty, as of bounces; `peer` is the address of who brought it.
    """

    raw: bytes
    sender: str
    to: list[str]
    peer: str = ""
    greeted: str = ""


class Taker(Protocol):
    """Says whose mails are taken, and keeps them."""

    async def known(self, address: str) -> bool:
        """Say whether mails to an address are taken here."""

    async def take(self, brought: Brought) -> list[bool]:
        """Keep a mail for each of its recipients, and say of each whether it is kept."""


class Door(Protocol):
    """Lets servers bring mails."""

    async def stay(self, place: Place, taker: Taker, stop: asyncio.Event) -> None:
        """Listen until `stop` is set. Errors: OSError, ssl.SSLError."""


class Compose(Protocol):
    """Writes a mail down."""

    def __call__(self, letter: Letter, /) -> bytes:
        """Return the mail as it travels. Errors: Unwritable."""


def wire_address(email: str) -> str:
    """Return an address as servers take it, its host in ASCII; nothing for what is none.

    Counts: 254 characters. Source: RFC 5321; names before the @ beyond ASCII are not taken.
    """
    local, at, host = email.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64:
        return ""
    try:
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    made = f"{local}@{plain}"
    return made if _HOST.fullmatch(plain) and len(made) <= 254 else ""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    post: Post
    compose: Compose
    cleaner: Cleaner
    postbox: Postbox
    reader: Reader
    names: Names
    checker: Checker
    sign: Sign
    door: Door


provided = Provided()
