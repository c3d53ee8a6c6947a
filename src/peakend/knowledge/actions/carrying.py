"""Articles carried in and out as a table, recognised by their address or else by their title."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.carrying import (
    Carried,
    CarriedOut,
    CarryColumn,
    CarryFault,
    CarryKind,
    CarryRow,
    Rule,
    alone,
    carries,
    carry_column,
    chosen_word,
    fault_of,
    said,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Refused
from peakend.kernel.ids import new_id
from peakend.knowledge.actions.carrying_files import PACK, unpack
from peakend.knowledge.actions.writing import (
    edit_article,
    publish,
    retire,
    save_category,
    write_article,
)
from peakend.knowledge.models import ArticleRecord
from peakend.knowledge.queries.carrying import articles_after, articles_named, file_hashes
from peakend.knowledge.queries.reading import categories
from peakend.knowledge.rules.carrying import pictures_of, questions_of, slug_of, with_pictures
from peakend.knowledge.rules.text import AUDIENCES, STATES

LANGUAGES = ("zh-CN", "en")
_LONGEST = {"title": 120, "body": 40_000, "category": 60, "category_en": 60}
_CHOICES = {"audience": AUDIENCES, "language": LANGUAGES, "status": STATES}


class NoPublishing(Refused):
    """Who carries may not publish or retire."""

    wording = "knowledge.carry_no_publishing"


class _Places(msgspec.Struct):
    """What rows are told in words: categories and brands by their names and addresses."""

    categories: dict[str, UUID]
    brands: dict[str, UUID]
    # Made for a row that may still be undone.
    fresh: dict[str, UUID] = {}


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of articles may hold."""
    return [
        carry_column("knowledge", "slug", matches=True),
        carry_column("knowledge", "title", needed=True, matches=True),
        carry_column("knowledge", "category"),
        carry_column("knowledge", "category_en"),
        carry_column("knowledge", "brand"),
        carry_column("knowledge", "audience"),
        carry_column("knowledge", "language"),
        carry_column("knowledge", "status"),
        carry_column("knowledge", "position"),
        carry_column("knowledge", "questions"),
        carry_column("knowledge", "video"),
        carry_column("knowledge", "body"),
    ]


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share."""
    if values.get("slug") and match != "title":
        return f"/{values['slug'].casefold()}"
    return values["title"].casefold() if values.get("title") else None


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of articles; publishing takes its own right, as at the desk."""
    places = _Places({}, {})
    for one in await categories(tx):
        for name in (one.slug, one.name_en, one.name_zh):
            places.categories[name.casefold()] = one.id
    for brand in await accounts.brands(tx):
        places.brands |= {brand.slug.casefold(): brand.id, brand.name.casefold(): brand.id}
    slugs = [row.values.get("slug", "") for row in rows]
    known = await articles_named(tx, tx.actor, slugs, [row.values["title"] for row in rows])
    done = []
    for row in rows:
        given = _given(row.values, places)
        old = given if isinstance(given, CarryFault) else _recognised(row.values, known, match)
        if isinstance(given, CarryFault) or isinstance(old, CarryFault):
            fault = given if isinstance(given, CarryFault) else old
            assert isinstance(fault, CarryFault)
            done.append(Carried(line=row.line, what="wrong", fault=fault))
            continue
        made: list[Carried] = []
        refused = await alone(tx, _put(tx, row, given, places, old, rule, made))
        if refused is None:
            places.categories |= places.fresh
            done.append(made[0])
        else:
            places.fresh = {}
            column = _column(refused.wording)
            done.append(Carried(line=row.line, what="wrong", fault=fault_of(refused, column)))
    return done


def _column(wording: str) -> str:
    """Return of which column a refusal speaks."""
    if wording.startswith("knowledge.slug"):
        return "slug"
    return "body" if wording.startswith(("kernel.file", "knowledge.pack")) else "status"


def _recognised(
    values: dict[str, str], known: Sequence[ArticleRecord], match: str
) -> ArticleRecord | CarryFault | None:
    slug, title = values.get("slug", ""), values["title"].lower()
    if slug and match != "title":
        return next((one for one in known if one.slug == slug), None)
    same = [one for one in known if one.title.lower() == title]
    if len(same) > 1:
        return CarryFault("title", "knowledge.carry_several", {"count": len(same)})
    return same[0] if same else None


def _given(values: dict[str, str], places: _Places) -> dict[str, Any] | CarryFault:
    for name, most in _LONGEST.items():
        if len(values.get(name, "")) > most:
            return CarryFault(name, "knowledge.carry_too_long", {"most": most})
    given: dict[str, Any] = {"title": values["title"]}
    for name, codes in _CHOICES.items():
        if told := values.get(name):
            code = chosen_word("knowledge", name, codes, told)
            if code is None:
                return CarryFault(name, f"knowledge.carry_wrong_{name}", {"value": told[:60]})
            given[name] = code
    if told := values.get("brand"):
        if told.casefold() not in places.brands:
            return CarryFault("brand", "knowledge.carry_no_brand", {"value": told[:60]})
        given["brand_id"] = places.brands[told.casefold()]
    if told := values.get("position"):
        if not told.lstrip("-").isascii() or not told.lstrip("-").isdigit() or len(told) > 6:
            return CarryFault("position", "knowledge.carry_wrong_position", {"value": told[:60]})
        given["position"] = int(told)
    if (told := values.get("video")) and not told.startswith("pack:"):
        try:
            given["video_id"] = UUID(told.removeprefix("file:"))
        except ValueError:
            return CarryFault("video", "knowledge.carry_no_file", {"value": told[:60]})
    if told := values.get("questions"):
        given["questions"] = questions_of(told)
        if len(given["questions"]) > 60 or any(len(one) > 200 for one in given["questions"]):
            return CarryFault("questions", "knowledge.carry_too_many", {"most": 60, "longest": 200})
    return given | {name: values[name] for name in ("slug", "body") if values.get(name)}


async def _put(
    tx: Transaction,
    row: CarryRow,
    given: dict[str, Any],
    places: _Places,
    old: ArticleRecord | None,
    rule: Rule,
    made: list[Carried],
) -> None:
    if old is not None and rule == "skip":
        made.append(Carried(line=row.line, what="same", id=old.id))
        return
    status = given.pop("status", None)
    if row.values.get("category"):
        given["category_id"] = await _category(tx, row.values, places)
    if row.pack is None:
        await _own_files(tx, given, old)
    else:
        given |= await unpack(tx, row.pack, row.values, old)
        if old is not None and given.get("body") == old.body.strip("\n"):
            del given["body"]
    if old is None:
        article_id = await write_article(tx, by=tx.actor, **given)
        await _stand(tx, article_id, status, "draft", changed=True)
        made.append(Carried(line=row.line, what="new", id=article_id))
        return
    changes = {
        name: value
        for name, value in given.items()
        if value != getattr(old, name) and (rule == "overwrite" or _is_empty(old, name))
    }
    if changes:
        await edit_article(tx, article_id=old.id, version=old.version, by=tx.actor, **changes)
    stood = False
    if rule == "overwrite" and status:
        fresh = bool(changes) or old.published_edit != old.version
        stood = await _stand(tx, old.id, status, old.state, changed=fresh)
    made.append(Carried(line=row.line, what="changed" if changes or stood else "same", id=old.id))


def _is_empty(old: ArticleRecord, name: str) -> bool:
    return name not in ("audience", "language", "position") and not getattr(old, name)


async def _category(tx: Transaction, values: dict[str, str], places: _Places) -> UUID:
    """Return the category of this name; one that is not there is made."""
    name, slug = values["category"], values.get("category_slug", "")
    found = places.categories.get(slug.casefold()) or places.categories.get(name.casefold())
    if found is not None:
        return found
    english = values.get("category_en", "")
    slug = slug or slug_of(english)
    if not slug or slug in places.categories:
        slug = f"category-{new_id().hex[-10:]}"
    told = values.get("category_position", "")
    made = await save_category(
        tx, slug=slug, name_zh=name, name_en=english,
        position=int(told) if told.isdigit() and len(told) < 7 else len(places.categories),
        brand_id=places.brands.get(values.get("category_brand", "").casefold()),
    )  # fmt: skip
    places.fresh = {name.casefold(): made, slug: made}
    return made


async def _own_files(tx: Transaction, given: dict[str, Any], old: ArticleRecord | None) -> None:
    """Keep the pictures that an article shows; the same bytes as before are the same file."""
    shown = pictures_of(given.get("body", ""))
    video = given.get("video_id")
    before = [*old.picture_ids, *([old.video_id] if old.video_id else [])] if old else []
    hashes = await file_hashes(tx, [*shown, *before, *([video] if video else [])])
    mine = {hashes[one]: one for one in reversed(before) if one in hashes}
    same = {one: mine.get(hashes[one], one) for one in [*shown, video] if one in hashes}
    if "body" in given:
        given["body"] = with_pictures(given["body"], {a: f"file:{b}" for a, b in same.items()})
        rest = [one for one in before if old and one in old.picture_ids]
        kept = list(dict.fromkeys(same[one] for one in shown if one in same))
        # What the text did not show before stays with the article.
        was_shown = set(pictures_of(old.body)) if old else set()
        given["picture_ids"] = kept + [
            one for one in rest if one not in kept and one not in was_shown
        ]
    if video:
        if video not in same:
            del given["video_id"]
        else:
            given["video_id"] = same[video]


async def _stand(
    tx: Transaction, article_id: UUID, status: str | None, state: str, *, changed: bool
) -> bool:
    """Publish or retire where it is asked for; say whether something was done."""
    if status == "published" and (changed or state != "published"):
        if not tx.actor.may("knowledge.publish"):
            raise NoPublishing
        await publish(tx, article_id=article_id, by=tx.actor)
        return True
    if status == "retired" and state != "retired":
        if not tx.actor.may("knowledge.publish"):
            raise NoPublishing
        await retire(tx, article_id=article_id, by=tx.actor)
        return True
    return False


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of working copies; one that is not what is published says draft."""
    own = {one.id: one for one in await categories(tx)}
    brands = {one.id: one.slug for one in await accounts.brands(tx)}
    after = UUID(cursor) if cursor else None
    found = await articles_after(tx, tx.actor, after, most, search)
    language = tx.actor.language
    rows = []
    for one in found:
        category = own.get(one.category_id) if one.category_id else None
        unread = one.state == "published" and one.published_edit != one.version
        state = "draft" if unread else one.state
        values = {
            "slug": one.slug,
            "title": one.title,
            "category": category.name_zh if category else "",
            "category_en": category.name_en if category else "",
            "brand": brands.get(one.brand_id, "") if one.brand_id else "",
            "audience": said("knowledge", "audience", one.audience, language),
            "language": said("knowledge", "language", one.language, language),
            "status": said("knowledge", "status", state, language),
            "position": str(one.position) if one.position else "",
            "questions": "\n".join(one.questions),
            "video": f"file:{one.video_id}" if one.video_id else "",
            "body": one.body,
        }
        rows.append((one.id, values))
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


carries(
    CarryKind(
        code="articles", position=30, permission="knowledge.edit", columns=columns, put=carry_in,
        give=carry_out, key_of=key_of, pack=PACK, portion=20,
    )
)  # fmt: skip
