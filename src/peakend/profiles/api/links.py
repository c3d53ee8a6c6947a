"""Routes of links and panels for administrators."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post
from msgspec import UNSET, Meta, UnsetType

from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.profiles import actions, queries
from peakend.profiles.actions import MadeLink
from peakend.profiles.queries import ContextLink
from peakend.profiles.rules.fields import Label
from peakend.profiles.rules.links import LinkKind, LinkOf

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Url = Annotated[str, Meta(min_length=1, max_length=500)]
Variables = Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=20)]
Height = Annotated[int, Meta(ge=120, le=1200)]


class LinkGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new link or panel."""

    kind: LinkKind
    of: LinkOf = "customer"
    name_zh: Label
    name_en: Label
    url: Url
    variables: Variables = []
    height: Height = 320


class LinkChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a link or panel."""

    version: Version
    name_zh: Label | UnsetType = UNSET
    name_en: Label | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    variables: Variables | UnsetType = UNSET
    height: Height | UnsetType = UNSET
    archived: bool | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


@get("/context-links", summary="Links and panels", opt=needs("integrations.manage"))
async def link_list(tx: Transaction) -> list[ContextLink]:
    return await queries.links(tx)


@post(
    "/context-links",
    summary="Define a link or panel; its secret is shown once",
    opt=needs("integrations.manage"),
)
async def add_link(data: LinkGiven, tx: Transaction) -> MadeLink:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    return await actions.add_link(tx, **given)


@patch(
    "/context-links/{link_id:uuid}",
    summary="Change, archive or bring back a link or panel",
    opt=needs("integrations.manage"),
)
async def change_link(link_id: UUID, data: LinkChange, tx: Transaction) -> ContextLink:
    await actions.change_link(tx, link_id=link_id, changes=data.changes(), version=data.version)
    return await queries.need_link(tx, link_id)


@post(
    "/context-links/{link_id:uuid}/secrets",
    summary="Make a new secret; the old one signs along for a day",
    opt=needs("integrations.manage"),
)
async def new_secret(link_id: UUID, tx: Transaction) -> MadeLink:
    return await actions.new_link_secret(tx, link_id=link_id)


routes = [link_list, add_link, change_link, new_secret]
