"""Pictures of members: one's own, and by admins everybody's."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

from peakend.accounts import actions, queries
from peakend.accounts.api.members import MemberView, views
from peakend.accounts.queries import Me
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.files import MAX_PORTRAIT_BYTES
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs, signed_in

# With room for the form around it, so that the limit itself answers in words.
MAX_UPLOAD = MAX_PORTRAIT_BYTES + 1024 * 1024

Form = Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)]


@post("/session/picture", status_code=200, opt=signed_in(), request_max_body_size=MAX_UPLOAD)
async def set_own_picture(actor: Actor, tx: Transaction, data: Form) -> Me:
    """Give oneself a picture: its middle square is kept."""
    assert actor.id is not None
    await actions.set_picture(tx, member_id=actor.id, data=await _sent(actor, data))
    return await queries.me(tx, actor.id)


@delete("/session/picture", status_code=200, opt=signed_in())
async def remove_own_picture(actor: Actor, tx: Transaction) -> Me:
    """Take one's own picture away."""
    assert actor.id is not None
    await actions.set_picture(tx, member_id=actor.id, data=None)
    return await queries.me(tx, actor.id)


@post(
    "/members/{member_id:uuid}/picture",
    status_code=200,
    opt=needs("accounts.manage"),
    request_max_body_size=MAX_UPLOAD,
)
async def set_picture(actor: Actor, tx: Transaction, member_id: UUID, data: Form) -> MemberView:
    """Give a member a picture: its middle square is kept."""
    await queries.need_member(tx, member_id)
    await actions.set_picture(tx, member_id=member_id, data=await _sent(actor, data))
    return (await views(tx, actor, [await queries.need_member(tx, member_id)]))[0]


@delete("/members/{member_id:uuid}/picture", status_code=200, opt=needs("accounts.manage"))
async def remove_picture(actor: Actor, tx: Transaction, member_id: UUID) -> MemberView:
    """Take a member's picture away."""
    await actions.set_picture(tx, member_id=member_id, data=None)
    return (await views(tx, actor, [await queries.need_member(tx, member_id)]))[0]


async def _sent(actor: Actor, form: dict[str, UploadFile]) -> bytes:
    await spend(f"picture:{actor.organisation_id}:{actor.id}", rate=0.2, burst=20)
    part = form.get("file")
    if not isinstance(part, UploadFile):
        raise actions.NoPicture
    return await part.read()


routes: list[Any] = [set_own_picture, remove_own_picture, set_picture, remove_picture]
