"""Defining links and panels; a secret is shown once, and the old one signs along for a day."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import seal, token
from peakend.kernel.settings import settings
from peakend.profiles.events import ContextLinkChanged
from peakend.profiles.models.links import ContextLink
from peakend.profiles.queries.links import links, need_link, secret_place
from peakend.profiles.rules.fields import plain_line
from peakend.profiles.rules.links import (
    MOST_LINKS,
    MOST_VARIABLES,
    OLD_SECRET_LIFE,
    is_variable,
    link_url,
)


class WrongLink(Invalid):
    """A name, address or value of a link cannot be used."""

    wording = "profiles.wrong_link"


class LinkStale(Conflict):
    """The link was changed since it was looked at."""

    wording = "profiles.link_stale"


class TooManyLinks(Invalid):
    """There are as many links as there may be."""

    wording = "profiles.too_many_links"


class MadeLink(msgspec.Struct, frozen=True):
    """A link and its secret, which is shown this once."""

    link: ContextLink
    secret: str


async def add_link(tx: Transaction, **given: Any) -> MadeLink:
    """Define a link or panel: kind, of, name_zh, name_en, url, variables, height.

    Errors: WrongLink, TooManyLinks.
    """
    known = await links(tx)
    if sum(one.archived_at is None for one in known) >= MOST_LINKS:
        raise TooManyLinks(most=MOST_LINKS)
    link = _checked(
        ContextLink(
            id=new_id(), position=len(known) + 1, old_until=None, archived_at=None, version=1,
            **given,
        )
    )  # fmt: skip
    secret = token()
    await tx.run(
        """
        INSERT INTO context_link
            (id, kind, of, name_zh, name_en, url, variables, height, position, secret)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        link.id,
        link.kind,
        link.of,
        link.name_zh,
        link.name_en,
        link.url,
        link.variables,
        link.height,
        link.position,
        seal(secret.encode(), secret_place(tx.organisation_id, link.id)),
    )
    await _tell(tx, link.id, "created")
    return MadeLink(link, secret)


async def change_link(
    tx: Transaction, *, link_id: UUID, changes: dict[str, Any], version: int
) -> None:
    """Change some of name_zh, name_en, url, variables, height, archived.

    Errors: LinkNotFound, LinkStale, WrongLink.
    """
    old = await need_link(tx, link_id)
    changes = dict(changes)
    archived = changes.pop("archived", None)
    what = "updated"
    if archived is not None and archived != (old.archived_at is not None):
        what = "archived" if archived else "restored"
        changes["archived_at"] = tx.now if archived else None
    new = _checked(msgspec.structs.replace(old, **changes))
    changed = await tx.run(
        """
        UPDATE context_link SET name_zh = $3, name_en = $4, url = $5, variables = $6, height = $7,
            archived_at = $8, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
        """,
        link_id,
        version,
        new.name_zh,
        new.name_en,
        new.url,
        new.variables,
        new.height,
        new.archived_at,
    )
    if not changed:
        raise LinkStale(version=old.version)
    await _tell(tx, link_id, what)


async def new_link_secret(tx: Transaction, *, link_id: UUID) -> MadeLink:
    """Make a new secret; addresses carry both signatures for a day. Errors: LinkNotFound."""
    await need_link(tx, link_id)
    secret = token()
    await tx.run(
        """
        UPDATE context_link SET old_secret = secret, old_until = $3, secret = $2,
            version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        link_id,
        seal(secret.encode(), secret_place(tx.organisation_id, link_id)),
        tx.now + OLD_SECRET_LIFE,
    )
    await _tell(tx, link_id, "secret")
    return MadeLink(await need_link(tx, link_id), secret)


def _checked(link: ContextLink) -> ContextLink:
    url = link_url(link.url, urlsplit(str(settings.public_url or "")).hostname or "")
    names = plain_line(link.name_zh), plain_line(link.name_en)
    if url is None:
        raise WrongLink(fields={"url": "wrong"})
    if not all(names):
        raise WrongLink(fields={"name_zh": "empty"})
    wanted = list(dict.fromkeys(link.variables))
    if len(wanted) > MOST_VARIABLES or not all(is_variable(one, link.of) for one in wanted):
        raise WrongLink(fields={"variables": "wrong"})
    return msgspec.structs.replace(
        link, url=url, name_zh=names[0], name_en=names[1], variables=wanted
    )


async def _tell(tx: Transaction, link_id: UUID, what: str) -> None:
    await record(tx, ContextLinkChanged(link_id=link_id, what=what))
    await audit(tx, f"context_link.{what}", "context_link", link_id, {})
