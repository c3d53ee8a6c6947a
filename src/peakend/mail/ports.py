"""What mail needs from outside: somebody who writes a mail down, and who hands it to a server.

`entry/wiring.py` sets them in `provided`; without them nothing is sent.
"""

import re
from datetime import datetime
from typing import Literal, Protocol

import msgspec

# How the line to a server is encrypted: from the first byte, by STARTTLS, or not at all, which
# only servers get that the operator listed.
Tls = Literal["implicit", "starttls", "none"]
# A machine wrote it by itself, or in answer to somebody; nothing where a person did.
# Source: RFC 3834.
Automatic = Literal["", "generated", "replied"]
# How a try ended: taken; perhaps later; never; nobody knows, as the line broke after the last dot.
Result = Literal["sent", "later", "never", "uncertain"]

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
    """A mail server, and how one makes oneself known to it; no login where it asks for none."""

    host: str
    port: int
    tls: Tls
    login: str = ""
    password: str = ""


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


provided = Provided()
