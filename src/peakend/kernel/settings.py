"""Settings of the process: from the environment and the command line, never from the database."""

import os
import secrets
from pathlib import Path

VERSION = "0.1.0"


class Settings:
    """What an operator decides before the start."""

    def __init__(self) -> None:
        self.data_dir = Path(os.environ.get("PEAKEND_DATA_DIR") or _default_data_dir())
        self.database_url = os.environ.get("PEAKEND_DATABASE_URL", "")
        self.public_url = os.environ.get("PEAKEND_PUBLIC_URL", "").rstrip("/")
        self.trusted_proxies = frozenset(
            filter(None, os.environ.get("PEAKEND_TRUSTED_PROXIES", "").split(","))
        )
        # What requests to other servers may reach inside: hosts, hosts with a port, networks.
        self.outgoing_allowed = tuple(
            entry.strip()
            for entry in os.environ.get("PEAKEND_OUTGOING_ALLOWED", "").split(",")
            if entry.strip()
        )
        # Where mails are received by us: smtp://HOST:PORT or lmtp://HOST:PORT; nowhere without it.
        self.mail_door = os.environ.get("PEAKEND_MAIL_DOOR", "").strip()
        # Whose marks are believed of those who bring mails there: addresses and networks.
        self.mail_relays = tuple(
            entry.strip()
            for entry in os.environ.get("PEAKEND_MAIL_RELAYS", "").split(",")
            if entry.strip()
        )
        # What encrypts that: PEM files; without them nothing does.
        self.mail_door_certificate = os.environ.get("PEAKEND_MAIL_DOOR_CERTIFICATE", "")
        self.mail_door_key = os.environ.get("PEAKEND_MAIL_DOOR_KEY", "")
        # Where people sign in for their mailboxes instead of at the providers' usual places:
        # PROVIDER=AUTHORITY, perhaps followed by a blank and what the tokens are for.
        self.mail_sign_in = _named(os.environ.get("PEAKEND_MAIL_SIGN_IN", ""))
        # What looks into files from outside: clamd://HOST:PORT or unix:/PATH; nothing without it.
        self.scanner = os.environ.get("PEAKEND_SCANNER", "").strip()
        self.pool_size = int(os.environ.get("PEAKEND_POOL_SIZE", "12"))
        # For how long backups are kept elsewhere: said in the report of an erasure.
        self.backup_days = int(os.environ.get("PEAKEND_BACKUP_DAYS", "30"))
        self.demo = os.environ.get("PEAKEND_DEMO") == "1"
        # Whether this process runs the database itself; known once it has begun.
        self.embedded = False
        self._key: bytes | None = None

    @property
    def files_dir(self) -> Path:
        """Return where the bytes of files are kept."""
        return self.data_dir / "files"

    @property
    def key(self) -> bytes:
        """Return the master key: PEAKEND_SECRET_KEY (hex), or one made once in the data folder."""
        if self._key is None:
            given = os.environ.get("PEAKEND_SECRET_KEY")
            self._key = bytes.fromhex(given) if given else _kept_key(self.data_dir / "secret.key")
        return self._key


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "peakend"


def _named(text: str) -> dict[str, str]:
    """Return NAME=VALUE,NAME=VALUE taken apart. Errors: ValueError."""
    pairs = (entry.split("=", 1) for entry in text.split(",") if entry.strip())
    return {name.strip(): value.strip() for name, value in pairs}


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start at once, one makes the key and the other reads it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return bytes.fromhex(path.read_text().strip())


settings = Settings()
