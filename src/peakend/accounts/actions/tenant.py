"""The organisation itself: its set-up by a link printed once, and its brands."""

from datetime import datetime
from uuid import UUID

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.members import NotALogin, add_member, need_name
from peakend.accounts.actions.passwords import hash_password
from peakend.accounts.actions.sessions import NOWHERE, Device, Entry, enter
from peakend.accounts.events import (
    BrandAdded,
    BrandChanged,
    OrganisationChanged,
    OrganisationCreated,
)
from peakend.accounts.queries import (
    any_organisation,
    brands,
    known_set_up_token,
    need_brand,
    organisation,
)
from peakend.accounts.rules import (
    SET_UP_LIFE,
    is_login,
    is_readable_colour,
    is_slug,
    is_time_zone,
)
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import token, token_hash
from peakend.kernel.words import LANGUAGES

BRAND_COLOUR = "#0b6b75"
TIME_ZONE = "Asia/Shanghai"


class SetUpGone(NotFound):
    """The set-up link is unknown, used or too old, or everything is set up already."""

    wording = "accounts.set_up_gone"


class WrongSlug(Invalid):
    """The address part of a brand has other characters than a-z, 0-9 and dashes."""

    wording = "accounts.wrong_slug"


class SlugTaken(Conflict):
    """Another brand has this address part."""

    wording = "accounts.slug_taken"


class UnreadableColour(Invalid):
    """White text cannot be read on the colour."""

    wording = "accounts.unreadable_colour"


class WrongTimeZone(Invalid):
    """There is no such time zone."""

    wording = "accounts.wrong_time_zone"


async def offer_set_up(database: Database, *, another: bool = False) -> str | None:
    """Return the secret of a new set-up link, or None where an organisation exists already.

    Earlier unused links end, so that the one printed last is the only one. With `another` the link
    is for one more organisation, beside those that there are.
    """
    if not another and await any_organisation(database):
        return None
    secret = token()
    now = clock.now()
    async with database.system() as tx:
        await tx.run("DELETE FROM set_up_token WHERE used_at IS NULL")
        await tx.run(
            "INSERT INTO set_up_token (token_hash, created_at, expires_at, another)"
            " VALUES ($1, $2, $3, $4)",
            token_hash(secret),
            now,
            now + SET_UP_LIFE,
            another,
        )
    return secret


async def set_up(
    database: Database,
    *,
    secret: str,
    name: str,
    admin_name: str,
    login: str,
    password: str,
    language: str,
    time_zone: str = TIME_ZONE,
    device: Device = NOWHERE,
) -> Entry:
    """Make the organisation, its first admin and its first brand; the admin is signed in.

    A time zone that is not known here is no reason to fail: it can be chosen later.
    Errors: SetUpGone, WeakPassword, NotALogin, NameMissing.
    """
    now = clock.now()
    if not await known_set_up_token(database, secret, now):
        raise SetUpGone
    if not is_login(login):
        raise NotALogin
    need_name(name)
    need_name(admin_name)
    hashed = await hash_password(password, login, admin_name)
    if not await _use(database, secret, now):
        raise SetUpGone
    async with database.transaction(Actor.system(new_id())) as tx:
        zone = time_zone if is_time_zone(time_zone) else TIME_ZONE
        await create_organisation(tx, name=name, language=language, time_zone=zone)
        member_id = await add_member(
            tx, login=login, name=admin_name, role="admin", password_hash=hashed, language=language
        )
        return await enter(tx, member_id=member_id, device=device, way="link")


async def hold_set_up(database: Database, secret: str) -> None:
    """Let nobody else use a set-up link while an archive is put back by it. Errors: SetUpGone."""
    now = clock.now()
    if not await known_set_up_token(database, secret, now) or not await _use(database, secret, now):
        raise SetUpGone


async def release_set_up(database: Database, secret: str) -> None:
    """Let a set-up link be used again: the archive could not be put back."""
    async with database.system() as system:
        await system.run(
            "UPDATE set_up_token SET used_at = NULL WHERE token_hash = $1", token_hash(secret)
        )


async def _use(database: Database, secret: str, now: datetime) -> int:
    async with database.system() as system:
        used: int = await system.run(
            "UPDATE set_up_token SET used_at = $2"
            " WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            token_hash(secret),
            now,
        )
        return used


async def create_organisation(
    tx: Transaction, *, name: str, language: str = "zh-CN", time_zone: str = TIME_ZONE
) -> UUID:
    """Make the organisation this transaction is in, with a brand of the same name."""
    await tx.run(
        "INSERT INTO organisation (name, language, time_zone, created_at) VALUES ($1, $2, $3, $4)",
        need_name(name),
        language if language in LANGUAGES else "zh-CN",
        time_zone,
        tx.now,
    )
    await record(tx, OrganisationCreated(tenant_id=tx.organisation_id))
    await audit(tx, "organisation.created", "organisation", tx.organisation_id)
    await add_brand(tx, name=name, slug="main", colour=BRAND_COLOUR)
    return tx.organisation_id


async def change_organisation(
    tx: Transaction, *, name: str | None, language: str | None, time_zone: str | None
) -> None:
    """Change the organisation; what is None stays. Errors: WrongTimeZone, NameMissing."""
    known = await organisation(tx)
    if time_zone is not None and not is_time_zone(time_zone):
        raise WrongTimeZone
    await tx.run(
        """
        UPDATE organisation SET name = $1, language = $2, time_zone = $3
        WHERE organisation_id = current_organisation()
        """,
        need_name(name) if name is not None else known.name,
        language or known.language,
        time_zone or known.time_zone,
    )
    await record(tx, OrganisationChanged(tenant_id=tx.organisation_id))
    await audit(tx, "organisation.changed", "organisation", tx.organisation_id)


async def add_brand(tx: Transaction, *, name: str, slug: str, colour: str = BRAND_COLOUR) -> UUID:
    """Add a brand. Errors: WrongSlug, SlugTaken, UnreadableColour, NameMissing."""
    _need_look(slug, colour)
    brand_id = new_id()
    added = await tx.run(
        """
        INSERT INTO brand (id, name, slug, colour, position, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organisation_id, slug) DO NOTHING
        """,
        brand_id,
        need_name(name),
        slug,
        colour.lower(),
        len(await brands(tx)),
        tx.now,
    )
    if not added:
        raise SlugTaken
    await record(tx, BrandAdded(brand_id=brand_id))
    await audit(tx, "brand.added", "brand", brand_id)
    return brand_id


async def change_brand(
    tx: Transaction, *, brand_id: UUID, name: str | None, slug: str | None, colour: str | None
) -> None:
    """Change a brand; what is None stays. Errors: BrandNotFound and those of `add_brand`."""
    known = await need_brand(tx, brand_id)
    slug, colour = slug or known.slug, colour or known.colour
    _need_look(slug, colour)
    if any(other.slug == slug and other.id != brand_id for other in await brands(tx)):
        raise SlugTaken
    await tx.run(
        """
        UPDATE brand SET name = $2, slug = $3, colour = $4
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        brand_id,
        need_name(name) if name is not None else known.name,
        slug,
        colour.lower(),
    )
    await record(tx, BrandChanged(brand_id=brand_id))
    await audit(tx, "brand.changed", "brand", brand_id)


def _need_look(slug: str, colour: str) -> None:
    if not is_slug(slug):
        raise WrongSlug
    if not is_readable_colour(colour):
        raise UnreadableColour
