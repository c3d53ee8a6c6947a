"""The route of the servers that are believed about senders."""

from typing import Annotated, Any
from uuid import UUID

from litestar import put
from msgspec import Meta, Struct

from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.mail import actions


class TrustedServers(Struct, forbid_unknown_fields=True):
    """Names under which a mailbox's own servers write what they found out."""

    servers: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=253)]], Meta(max_length=10)
    ]


@put(
    "/mailboxes/{mailbox_id:uuid}/trusted-servers",
    summary="Name the servers that are believed about senders",
    opt=needs("channels.manage"),
)
async def trust_servers(tx: Transaction, mailbox_id: UUID, data: TrustedServers) -> TrustedServers:
    kept = await actions.trust_servers(tx, mailbox_id=mailbox_id, servers=data.servers)
    return TrustedServers(kept)


routes: list[Any] = [trust_servers]
