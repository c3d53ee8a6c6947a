"""What the demo remembers between two starts: its password, and up to when its past is told."""

import os
import secrets
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from peakend.kernel.settings import settings


class Kept(msgspec.Struct, kw_only=True):
    """The demo's own notes, in the data folder, for its owner's eyes only."""

    password: str
    organisation_id: UUID
    done_until: datetime
    simulated: list[str] = []
    # Where mails that the demo sends are taken.
    sink_port: int = 0
    # Whether the first mails came.
    letters: bool = False


def place() -> Path:
    """Return where the notes stand."""
    return settings.data_dir / "demo.json"


def read() -> Kept | None:
    """Return the notes of an earlier start; None where there are none that can be read."""
    try:
        return msgspec.json.decode(place().read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def write(kept: Kept) -> None:
    """Keep the notes, whole or not at all."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    temporary = place().with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(kept))
    os.replace(temporary, place())


def new_password() -> str:
    """Return a password for the people of one demo; it is printed at each start."""
    return f"anju-{secrets.token_hex(4)}"
