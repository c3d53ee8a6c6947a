"""Keeping views: saved filters with columns and order, for oneself, a team or everybody."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import need_team
from peakend.conversations.actions.labels import checked_name
from peakend.conversations.events import ViewChanged, ViewsOrdered
from peakend.conversations.models import ViewRecord
from peakend.conversations.queries.views import (
    checked_filter,
    may_share_views,
    need_view_record,
    views,
)
from peakend.conversations.rules.views import (
    LONGEST_NAME,
    MOST_COLUMNS,
    MOST_FIELDS,
    MOST_OWN,
    MOST_SHARED,
    ViewFilter,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_COUNT = """
SELECT count(*) FROM conversation_view
WHERE organisation_id = current_organisation()
  AND CASE WHEN $1 THEN scope = 'own' AND member_id = $2 ELSE scope <> 'own' END
"""


class NotYourView(Refused):
    """Only its owner, or who leads, may change a view."""

    wording = "conversations.not_your_view"


class ViewStale(Conflict):
    """The view was changed since it was looked at."""

    wording = "conversations.view_stale"


class TooManyViews(Invalid):
    """There are as many views as there may be."""

    wording = "conversations.too_many_views"


async def add_view(
    tx: Transaction,
    *,
    name: str,
    given: ViewFilter,
    order: str,
    columns: list[str],
    scope: str,
    team_id: UUID | None,
    by: Actor,
    field_ids: list[UUID] | None = None,
) -> UUID:
    """Save a filter as a view.

    Errors: NotYourView, TooManyViews, ViewNamesGone, TeamNotFound, Invalid.
    """
    await _room(tx, scope, by)
    view_id = new_id()
    await tx.run(
        """
        INSERT INTO conversation_view
            (id, name, scope, team_id, member_id, filter, ordering, columns, field_ids, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        view_id,
        *await _kept(tx, name, given, order, columns, field_ids or [], scope, team_id, None, by),
        tx.now,
    )
    await _tell(tx, view_id, "created", scope, team_id)
    return view_id


async def change_view(
    tx: Transaction, *, view_id: UUID, changes: dict[str, Any], by: Actor, version: int | None
) -> None:
    """Change some of name, filter, order, columns, field_ids, scope, team_id.

    Errors: ViewNotFound, NotYourView, ViewStale, TooManyViews, ViewNamesGone, TeamNotFound,
    Invalid.
    """
    old = await _need_own(tx, view_id, by)
    if version is not None and old.version != version:
        raise ViewStale(version=old.version)
    if "order" in changes:
        changes = {**changes, "ordering": changes["order"]}
        del changes["order"]
    new = msgspec.structs.replace(old, **changes)
    if new.scope != old.scope:
        await _room(tx, new.scope, by)
    changed = await tx.run(
        """
        UPDATE conversation_view SET
            name = $2, scope = $3, team_id = $4, member_id = $5, filter = $6, ordering = $7,
            columns = $8, field_ids = $9, updated_at = $10, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $11
        """,
        view_id,
        *await _kept(
            tx, new.name, new.filter, new.ordering, new.columns, new.field_ids, new.scope,
            new.team_id, old.member_id, by,
        ),
        tx.now,
        old.version,
    )  # fmt: skip
    if not changed:
        raise ViewStale(version=old.version + 1)
    await _tell(tx, view_id, "updated", new.scope, new.team_id)


async def delete_view(tx: Transaction, *, view_id: UUID, by: Actor) -> None:
    """Delete a view; conversations are not touched. Errors: ViewNotFound, NotYourView."""
    old = await _need_own(tx, view_id, by)
    await tx.run(
        "DELETE FROM conversation_view WHERE organisation_id = current_organisation() AND id = $1",
        view_id,
    )
    await _tell(tx, view_id, "deleted", old.scope, old.team_id)


async def order_views(tx: Transaction, *, view_ids: list[UUID], by: Actor) -> None:
    """Keep the order of somebody's own list of views; views that are not theirs are left out."""
    assert by.id is not None
    known = {one.id for one in await views(tx, by)}
    wanted = [one for one in dict.fromkeys(view_ids) if one in known]
    await tx.run(
        "DELETE FROM conversation_view_place "
        "WHERE organisation_id = current_organisation() AND member_id = $1",
        by.id,
    )
    await tx.many(
        "INSERT INTO conversation_view_place (member_id, view_id, position) VALUES ($1, $2, $3)",
        [(by.id, view_id, at) for at, view_id in enumerate(wanted)],
    )
    await record(tx, ViewsOrdered(member_id=by.id, views=len(wanted)))


async def _need_own(tx: Transaction, view_id: UUID, by: Actor) -> ViewRecord:
    old = await need_view_record(tx, view_id, by)
    if old.scope != "own" and not may_share_views(by):
        raise NotYourView
    return old


async def _room(tx: Transaction, scope: str, by: Actor) -> None:
    own = scope == "own"
    most = MOST_OWN if own else MOST_SHARED
    if await tx.value(_COUNT, own, by.id) >= most:
        raise TooManyViews(most=most)


async def _kept(
    tx: Transaction,
    name: str,
    given: ViewFilter,
    order: str,
    columns: list[str],
    field_ids: list[UUID],
    scope: str,
    team_id: UUID | None,
    owner_id: UUID | None,
    by: Actor,
) -> tuple[Any, ...]:
    """Return the columns of a view, each checked."""
    if scope != "own" and not may_share_views(by):
        raise NotYourView
    if scope == "team":
        if team_id is None:
            raise Invalid(fields={"team_id": "required"})
        await need_team(tx, team_id)
    wanted = list(dict.fromkeys(columns))
    if len(wanted) > MOST_COLUMNS:
        raise Invalid(fields={"columns": "too_many"})
    fields = list(dict.fromkeys(field_ids))
    if len(fields) > MOST_FIELDS:
        raise Invalid(fields={"field_ids": "too_many"})
    # What is there no longer, or masked, is shown by nobody and may stay named.
    return (
        checked_name(name, LONGEST_NAME),
        scope,
        team_id if scope == "team" else None,
        (owner_id or by.id) if scope == "own" else None,
        msgspec.to_builtins(await checked_filter(tx, given, by)),
        order,
        wanted,
        fields,
    )


async def _tell(
    tx: Transaction, view_id: UUID, what: str, scope: str, team_id: UUID | None
) -> None:
    await record(
        tx,
        ViewChanged(
            view_id=view_id, what=what, scope=scope, team_id=team_id if scope == "team" else None
        ),
    )
