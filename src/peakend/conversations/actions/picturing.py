"""Pictures of mails: fetched for the agent, so that nobody outside learns who looks.

What comes is decoded and written again; copies stay a while in memory and on no disk, so that
there is nothing to erase.
"""

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from uuid import UUID

from peakend.conversations.queries.mails import picture_of
from peakend.conversations.rules.paper import Picture
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import NotFound
from peakend.kernel.files import path_of
from peakend.kernel.outgoing import Answer, NotEncrypted, Outgoing, safe_fetch
from peakend.kernel.pictures import Cleaned, FileBroken, FileTooLarge, still

MOST_BYTES = 5 * 1024 * 1024
TIMEOUT_S = 8.0
MOST_REDIRECTS = 3
# What is kept of pictures written anew, in all and for how long.
KEPT_BYTES = 32 * 1024 * 1024
KEPT_S = 3600.0
_ACCEPT = {"accept": "image/png,image/jpeg,image/webp,image/gif"}


class PictureNotShown(NotFound):
    """The picture does not come, or is none; never what the other server said."""

    wording = "conversations.mail_picture_not_shown"


class _Copies:
    """The pictures last asked for, by the digest of where they lie."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Cleaned]] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> Cleaned | None:
        found = self._kept.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: str, picture: Cleaned) -> None:
        self._drop(key)
        self._kept[key] = (time.monotonic() + KEPT_S, picture)
        self._bytes += len(picture.data)
        while self._bytes > KEPT_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        found = self._kept.pop(key, None)
        self._bytes -= len(found[1].data) if found else 0


_copies = _Copies()
# Unpacking a picture takes memory: so many at once in a process.
_unpacking = asyncio.Semaphore(2)


async def show_picture(
    database: Database, *, conversation_id: UUID, message_id: UUID, number: int, by: Actor
) -> Cleaned:
    """Return a picture of a mail, written anew. Outside of any transaction: it asks a server.

    Counts: 5 MB, 1600 pixels a side. Units: 8 seconds at most.
    Errors: ConversationNotFound, MailGone, PictureNotShown.
    """
    async with database.transaction(by) as tx:
        picture = await picture_of(tx, conversation_id, message_id, number, by)
    place = f"{by.organisation_id}\x1f{picture.kind}\x1f{picture.place}"
    key = hashlib.sha256(place.encode()).hexdigest()
    found = _copies.get(key)
    if found is not None:
        return found
    try:
        data = await _bytes(picture)
        async with _unpacking:
            made = await asyncio.to_thread(still, data)
    except (Outgoing, FileBroken, FileTooLarge, OSError) as error:
        raise PictureNotShown from error
    made.thumb = None
    _copies.put(key, made)
    return made


async def _bytes(picture: Picture) -> bytes:
    if picture.kind == "inside":
        return await asyncio.to_thread(path_of(picture.place).read_bytes)
    try:
        answer = await _asked(picture.place)
    except NotEncrypted:
        # Who shows a picture in plain http mostly has it encrypted, too.
        answer = await _asked(re.sub(r"(?i)^http:", "https:", picture.place))
    if answer.status != 200:
        raise PictureNotShown
    return answer.body


async def _asked(address: str) -> Answer:
    return await safe_fetch(
        address,
        headers=_ACCEPT,
        timeout_s=TIMEOUT_S,
        most_bytes=MOST_BYTES,
        redirects=MOST_REDIRECTS,
    )
