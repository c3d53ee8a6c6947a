"""Routes of authority: up to how much somebody may give by himself."""

from uuid import UUID

from litestar import delete, get, post

from peakend.complaints import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


@get("/compensation/authority", summary="Limits of everybody", opt=needs("compensation.read"))
async def authority_list(tx: Transaction) -> list[queries.AuthorityView]:
    return await queries.authorities(tx)


@get(
    "/compensation/authority/mine",
    summary="What I may give by myself",
    opt=needs("compensation.grant"),
)
async def my_authority(actor: Actor, tx: Transaction) -> queries.MyAuthority:
    return await queries.authority_of(tx, actor)


@get(
    "/compensation/authority/usage",
    summary="What members used of their limits",
    opt=needs("compensation.read"),
)
async def authority_used(tx: Transaction) -> list[queries.Usage]:
    return await queries.authority_usage(tx)


@post("/compensation/authority", summary="Set limits", opt=needs("compensation.set_up"))
async def set_authority(
    data: actions.AuthorityText, tx: Transaction
) -> list[queries.AuthorityView]:
    await actions.set_authority(tx, given=data)
    return await queries.authorities(tx)


@delete(
    "/compensation/authority/{authority_id:uuid}",
    summary="Take limits away",
    opt=needs("compensation.set_up"),
)
async def remove_authority(authority_id: UUID, tx: Transaction) -> None:
    await actions.remove_authority(tx, authority_id=authority_id)


routes = [authority_list, my_authority, authority_used, set_authority, remove_authority]
