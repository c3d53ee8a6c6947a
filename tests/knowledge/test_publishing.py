"""Articles: drafts stay hidden, versions count, what may not be seen is not found."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from peakend.accounts import actions as accounts
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker
from peakend.knowledge import actions, queries
from peakend.knowledge.queries import finding

EDITOR = frozenset({"knowledge.read", "knowledge.edit", "knowledge.publish"})


def editor(organisation: UUID, *permissions: str) -> Actor:
    return Actor(
        organisation_id=organisation,
        kind="member",
        id=None,
        permissions=frozenset(permissions) or EDITOR,
        scope="all",
    )


async def write(
    database: Database, organisation: UUID, *, publish: bool = True, **fields: object
) -> UUID:
    by = editor(organisation)
    async with database.transaction(by) as tx:
        article_id = await actions.write_article(
            tx,
            by=by,
            **{  # type: ignore[arg-type]
                "title": "燃气灶打不着火怎么办",
                "slug": f"hob-{new_id().hex[-8:]}",
                "body": "先看阀门。\n\n1. 换电池。\n2. 按住再转。",
                "questions": ["煤气灶打不着火", "灶台点不着"],
                **fields,
            },
        )
        if publish:
            await actions.publish(tx, article_id=article_id, by=by)
    await Worker(database).drain()
    return article_id


async def found(
    database: Database, organisation: UUID, text: str, *, audience: str = "customer",
    brand_id: UUID | None = None,
) -> list[UUID]:  # fmt: skip
    async with database.transaction(editor(organisation)) as tx:
        candidates, _ = await queries.answer_candidates(
            tx, brand_id=brand_id, audience=audience, text=text
        )
    return [candidate.article.article_id for candidate in candidates]


async def test_a_draft_is_not_found_and_a_published_article_is(
    database: Database, organisation: UUID
) -> None:
    hidden = await write(database, organisation, publish=False)
    assert await found(database, organisation, "煤气灶打不着火") == []
    shown = await write(database, organisation)
    assert await found(database, organisation, "煤气灶打不着火") == [shown]
    assert hidden != shown


async def test_an_agents_article_is_never_seen_by_customers(
    database: Database, organisation: UUID
) -> None:
    secret = await write(database, organisation, audience="agent", title="补偿标准")
    assert await found(database, organisation, "补偿标准") == []
    assert await found(database, organisation, "补偿标准", audience="agent") == [secret]


async def test_an_edit_is_seen_after_it_is_published(
    database: Database, organisation: UUID
) -> None:
    article_id = await write(database, organisation)
    by = editor(organisation)
    async with database.transaction(by) as tx:
        await actions.edit_article(tx, article_id=article_id, version=1, by=by, audience="agent")
    await Worker(database).drain()
    assert await found(database, organisation, "煤气灶打不着火") == [article_id]
    async with database.transaction(by) as tx:
        assert await actions.publish(tx, article_id=article_id, by=by) == 2
    await Worker(database).drain()
    assert await found(database, organisation, "煤气灶打不着火") == []


async def test_a_retired_article_is_gone_at_once(database: Database, organisation: UUID) -> None:
    article_id = await write(database, organisation)
    by = editor(organisation)
    async with database.transaction(by) as tx:
        await actions.retire(tx, article_id=article_id, by=by)
    # Before the index has heard of it: rows are checked again when they are read.
    assert await found(database, organisation, "煤气灶打不着火") == []


async def test_another_brands_article_is_not_seen(database: Database, organisation: UUID) -> None:
    async with database.transaction(Actor.system(organisation)) as tx:
        gas = await accounts.add_brand(tx, name="安居燃气", slug="gas", colour="#0b6b75")
        home = await accounts.add_brand(tx, name="安居到家", slug="home", colour="#0b6b75")
    article_id = await write(database, organisation, brand_id=gas)
    assert await found(database, organisation, "煤气灶打不着火", brand_id=gas) == [article_id]
    assert await found(database, organisation, "煤气灶打不着火", brand_id=home) == []


async def test_a_stale_edit_is_refused(database: Database, organisation: UUID) -> None:
    article_id = await write(database, organisation, publish=False)
    by = editor(organisation)
    async with database.transaction(by) as tx:
        await actions.edit_article(tx, article_id=article_id, version=1, by=by, title="甲")
    with pytest.raises(actions.ArticleStale):
        async with database.transaction(by) as tx:
            await actions.edit_article(tx, article_id=article_id, version=1, by=by, title="乙")


async def test_other_organisations_see_nothing(database: Database, organisation: UUID) -> None:
    from tests.databases import make_organisation

    article_id = await write(database, organisation)
    other = await make_organisation(database, "别家")
    assert await found(database, other, "煤气灶打不着火", audience="agent") == []
    with pytest.raises(queries.ArticleNotFound):
        async with database.transaction(editor(other)) as tx:
            await queries.article_for_editor(tx, article_id, tx.actor)


async def test_readers_do_not_see_drafts(database: Database, organisation: UUID) -> None:
    article_id = await write(database, organisation, publish=False)
    reader = editor(organisation, "knowledge.read")
    async with database.transaction(reader) as tx:
        page = await queries.article_page(tx, reader)
        assert page.items == []
        with pytest.raises(queries.ArticleNotFound):
            await queries.article_for_editor(tx, article_id, reader)


async def test_one_reader_counts_once(database: Database, organisation: UUID) -> None:
    article_id = await write(database, organisation)
    async with database.transaction(editor(organisation)) as tx:
        for helpful in (True, False):
            await actions.judge(
                tx, article_id=article_id, helpful=helpful, voter="a" * 43, place="help"
            )
        article = await queries.article_for_editor(tx, article_id, tx.actor)
    assert (article.helpful, article.unhelpful) == (1, 0)


async def test_indexing_twice_changes_nothing(database: Database, organisation: UUID) -> None:
    article_id = await write(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        before = await tx.value("SELECT count(*) FROM article_passage")
        await actions.index_article(tx, article_id=article_id, vectors={})
        assert await tx.value("SELECT count(*) FROM article_passage") == before


async def test_vectors_are_made_while_no_transaction_is_open(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ones: list[int] = []
    made = finding.language.vectors

    async def watched(texts: Sequence[str]) -> Any:
        async with database.system() as tx:
            open_ones.append(
                await tx.value(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND state LIKE 'idle in transaction%'"
                )
            )
        return await made(texts)

    monkeypatch.setattr(finding.language, "vectors", watched)
    article_id = await write(database, organisation)
    assert len(open_ones) > 0
    assert set(open_ones) == {0}
    async with database.transaction(Actor.system(organisation)) as tx:
        without = await tx.value(
            "SELECT count(*) FROM article_passage WHERE article_id = $1 AND vector IS NULL",
            article_id,
        )
        assert without == 0
