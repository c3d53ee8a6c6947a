"""The demo's organisation, made by the contexts' own actions: people, settings, articles.

One transaction: a start that is broken off leaves nothing half made.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from peakend.accounts import actions as accounts
from peakend.accounts import queries as people
from peakend.accounts.actions.passwords import hash_password
from peakend.assist import actions as assist
from peakend.conversations import actions as conversations
from peakend.conversations.queries import rich_templates
from peakend.customers import actions as customers
from peakend.customers.rules import Attribute
from peakend.entry.demo import post
from peakend.entry.demo.brands import give_looks
from peakend.entry.demo.cards import name_of, save_cards
from peakend.entry.demo.compensation import set_up_compensation
from peakend.entry.demo.contacts import write_directory
from peakend.entry.demo.departments import set_up_departments
from peakend.entry.demo.desk import save_macros, save_views
from peakend.entry.demo.material import (
    CONTENT,
    Article,
    articles,
    content,
    role,
    staff,
    topics,
)
from peakend.entry.demo.material import customers as known_customers
from peakend.entry.demo.records import keep_records
from peakend.entry.demo.rights import give_roles
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.files import save_file
from peakend.kernel.words import word
from peakend.knowledge import actions as knowledge
from peakend.routing import actions as routing

Progress = Callable[[str, float], None]
Named = dict[str, UUID]

NAME = "安居家"
ZONE = "Asia/Shanghai"
BRANDS = {"gas": ("安居燃气", "#0b6b75"), "home": ("安居到家", "#8a4b12")}
CHANNELS = {
    "gas": {
        "queue": "gas",
        "hours": "gas",
        "domains": ["gas.anju.example", "*.gas.anju.example"],
        "look": {
            "colour": "#0b6b75",
            "title_zh": "安居燃气在线客服",
            "title_en": "Anju Gas support",
            "greeting_zh": "您好，请问有什么可以帮您？闻到燃气味，请先到室外再联系我们。",
            "greeting_en": "How can we help? If you smell gas, go outside first.",
            "questions_zh": "煤气灶打不着火；热水器显示E1；怎么预约安检；燃气卡怎么充值",
            "questions_en": "My hob does not light; Water heater shows E1; Book a safety check",
            "phone": "400-000-0000",
            "visitors": True,
            "invite": True,
        },
    },
    "home": {
        "queue": "repair",
        "hours": "home",
        "domains": ["home.anju.example"],
        "look": {
            "colour": "",
            "title_zh": "安居到家在线客服",
            "title_en": "Anju Home support",
            "greeting_zh": "您好，维修、清洗、配送和物业的问题都可以在这里问。",
            "greeting_en": "Ask about repairs, cleaning, deliveries and property care.",
            "questions_zh": "水管漏水多少钱；怎么改预约时间；师傅迟到怎么办；退款多久到账",
            "questions_en": "Price of a leak repair; Change my appointment; When is my refund",
            "phone": "400-000-0000",
            "visitors": True,
            "invite": True,
        },
    },
}
COLOURS = ("#b42318", "#b54708", "#0b6b75", "#175cd3", "#6941c6", "#3b7c0f", "#475467")
TEAM_OF_QUEUE = {"gas": "gas", "repair": "home", "order": "home", "property": "property"}
SINCE_D = 45
DAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}


def reason_id(organisation_id: UUID, key: str) -> UUID:
    """Return the id of a contact reason of the content."""
    return uuid5(organisation_id, f"demo/reason/{key}")


async def seed(
    database: Database,
    *,
    organisation_id: UUID,
    password: str,
    now: datetime,
    progress: Progress = lambda _, __: None,
) -> None:
    """Make the organisation as it was set up some weeks before `now`."""
    progress("entry.demo.people", 0.0)
    hashed = await hash_password(password, "")
    system = Actor.system(organisation_id)
    async with database.transaction(system, now=now - timedelta(days=SINCE_D)) as tx:
        await accounts.create_organisation(tx, name=NAME, language="zh-CN", time_zone=ZONE)
        brands = await _brands(tx)
        await post.connect(tx, brands)
        teams, members = await _people(tx, hashed)
        await give_roles(tx, members, brands)
        progress("entry.demo.settings", 0.2)
        queues = await _queues(tx, brands, members)
        await _promises(tx)
        await _channels(tx, brands, queues)
        await save_cards(tx)
        tags = await _labels(tx, teams)
        team_of = {queue: teams[slug] for queue, slug in TEAM_OF_QUEUE.items() if slug in teams}
        await save_macros(tx, team_of=team_of, queues=queues, tags=tags, reason_id=reason_id)
        await save_views(tx, team_of=team_of, members=members, tags=tags)
        progress("entry.demo.articles", 0.3)
        await set_up_compensation(tx, brands=brands, now=now, reason_id=reason_id)
        await set_up_departments(tx, members=members, hours=queues, reason_id=reason_id)
        await _articles(tx, brands, queues, progress)
        progress("entry.demo.customers", 0.8)
        for person in (*known_customers().values(), *_twins()):
            await _customer(tx, person)
        await keep_records(tx, members)
        await write_directory(
            tx, since_d=SINCE_D, members=members, teams=teams, queues=queues, reason_id=reason_id
        )


async def _brands(tx: Transaction) -> dict[str, UUID]:
    first = (await people.brands(tx))[0].id
    name, colour = BRANDS["gas"]
    await accounts.change_brand(tx, brand_id=first, name=name, slug="gas", colour=colour)
    name, colour = BRANDS["home"]
    home = await accounts.add_brand(tx, name=name, slug="home", colour=colour)
    await give_looks(tx, {"gas": first, "home": home})
    return {"gas": first, "home": home}


async def _people(tx: Transaction, hashed: str) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Return teams by slug and members by login."""
    given = content("people")
    teams = {t["slug"]: await accounts.add_team(tx, name=t["zh"]) for t in given["team"]}
    skills = {s["slug"]: await accounts.add_skill(tx, name=s["zh"]) for s in given["skill"]}
    members = {}
    for person in staff():
        members[person["login"]] = await accounts.add_member(
            tx,
            login=person["login"],
            name=person["name"],
            role=role(person),
            password_hash=hashed,
            capacity=person["capacity"],
            team_ids=[teams[person["team"]]] if role(person) != "admin" else [],
            skill_ids=[skills[slug] for slug in person["skills"]],
        )
    return teams, members


async def _queues(tx: Transaction, brands: Named, members: Named) -> Named:
    given = content("people")
    hours = {slug: await _hours(tx, value) for slug, value in given["hours"].items()}
    found = {}
    for position, queue in enumerate(given["queue"]):
        settings = routing.QueueSettings(
            name=queue["zh"],
            brand_id=brands[queue["brand"]],
            hours_id=hours[queue["hours"]],
            offer_s=30,
            position=position,
        )
        queue_id = (await routing.add_queue(tx, settings)).id
        serving = [members[p["login"]] for p in staff() if queue["slug"] in p["queues"]]
        await routing.set_queue_members(tx, queue_id, member_ids=serving, team_ids=[])
        found[queue["slug"]] = queue_id
    for slug, other in (("repair", "property"), ("order", "property"), ("property", "order")):
        helped = routing.QueueSettings(
            overflow_after_s=90, overflow_over=8, overflow_queue_id=found[other]
        )
        await routing.change_queue(tx, found[slug], helped)
    found |= {f"hours/{slug}": hours_id for slug, hours_id in hours.items()}
    return found


async def _promises(tx: Transaction) -> None:
    """Give mails hours, and promise those who have been with us longest an answer sooner."""
    gold = ["gold", "platinum", "vip"]
    for name, channels, tiers, first_s, next_s, resolve_s in (
        ("routing.mail_policy", ["mail"], [], 4 * 3600, 8 * 3600, None),
        ("entry.demo.policy_gold", [], gold, 30, 120, 4 * 3600),
        ("routing.first_policy", [], [], 60, 180, None),
    ):
        await routing.add_policy(
            tx,
            routing.PolicySettings(
                name=word(name),
                channels=channels,
                tiers=tiers,
                first_reply_s=first_s,
                next_reply_s=next_s,
                resolve_s=resolve_s,
            ),
        )


async def _hours(tx: Transaction, given: dict[str, Any]) -> UUID:
    short = _intervals(given["short_day"]) if given["holidays"] == "short" else None
    row = await routing.save_hours(
        tx,
        name=given["zh"],
        time_zone=given["timezone"],
        week={short_name: _intervals(given[day]) for short_name, day in DAYS.items()},
        holidays=[
            {"on": day.isoformat(), "name": holiday["zh"], "intervals": short}
            for holiday in content("people")["holiday"]
            for day in _days(holiday["from"], holiday["to"])
        ]
        if short is not None
        else [],
    )
    return row.id


def _intervals(spans: list[str]) -> list[list[str]]:
    return [span.split("-") for span in spans]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


async def _channels(tx: Transaction, brands: dict[str, UUID], queues: dict[str, UUID]) -> None:
    for slug, channel in CHANNELS.items():
        changes: dict[str, Any] = {
            "brand_id": brands[slug],
            "queue_id": queues[str(channel["queue"])],
            "hours_id": queues[f"hours/{channel['hours']}"],
            "domains": channel["domains"],
            "look": channel["look"],
            "digital": True,
        }
        name = word(f"entry.demo.channel_{slug}")
        channel_id = await conversations.add_channel(tx, name=name, changes=changes)
        await conversations.new_identity_secret(tx, channel_id=channel_id)


async def _labels(tx: Transaction, teams: dict[str, UUID]) -> dict[str, UUID]:
    """Return the tags by key."""
    system = tx.actor
    tags = {}
    for n, tag in enumerate(content("tags")["tag"]):
        colour = COLOURS[n % len(COLOURS)]
        tags[tag["key"]] = await conversations.add_tag(tx, name=tag["zh"], colour=colour)
    reasons = content("reasons")["reason"]
    nodes = [
        conversations.ReasonNode(
            id=reason_id(tx.organisation_id, reason["key"]),
            parent_id=reason_id(tx.organisation_id, reason["parent"])
            if "parent" in reason
            else None,
            name_zh=reason["zh"],
            name_en=reason["en"],
            position=position,
            active=True,
        )
        for position, reason in enumerate(reasons)
    ]
    await conversations.publish_reasons(tx, nodes=nodes, by=system)
    cards = {one.name: one.content for one in await rich_templates(tx, system)}
    for canned in content("canned")["canned"]:
        team = teams.get(TEAM_OF_QUEUE.get(canned["scope"], ""))
        for language, short in (("zh-CN", "zh"), ("en", "en")):
            await conversations.add_canned_reply(
                tx,
                shortcut=canned["shortcut"],
                title=canned["title"][short],
                body=canned[f"body_{short}"],
                scope="team" if team else "all",
                team_id=team,
                language=language,
                by=system,
                card=cards[name_of(canned["card"], short)] if "card" in canned else None,
            )
    return tags


async def _articles(
    tx: Transaction, brands: dict[str, UUID], queues: dict[str, UUID], progress: Progress
) -> None:
    categories = {}
    for given in content("categories")["category"]:
        categories[given["zh"]] = await knowledge.save_category(
            tx,
            slug=given["slug"],
            name_zh=given["zh"],
            name_en=given["en"],
            position=given["order"],
            brand_id=brands.get(given["brand"]),
        )
    for category, queue in topics().items():
        await assist.send_topic(tx, category_id=categories[category], queue_id=queues[queue])
    files = await _files(tx)
    for n, article in enumerate(articles()):
        article_id = await knowledge.write_article(
            tx,
            title=article.title,
            slug=article.slug,
            by=tx.actor,
            category_id=categories[article.category],
            brand_id=brands.get(article.brand),
            audience=article.audience,
            language="zh-CN",
            body=_with_pictures(article, files),
            questions=article.questions,
            picture_ids=[files[name] for name in article.pictures],
            video_id=files[article.video] if article.video else None,
            position=article.order,
        )
        await knowledge.publish(tx, article_id=article_id, by=tx.actor)
        progress("entry.demo.articles", 0.3 + 0.5 * n / len(articles()))


async def _files(tx: Transaction) -> dict[str, UUID]:
    wanted = {name for one in articles() for name in (*one.pictures, one.video) if name}
    found = {}
    for name in sorted(wanted):
        data = (CONTENT / "pictures" / name).read_bytes()
        found[name] = (await save_file(tx, data, name, purpose="article", public=True)).id
    return found


def _with_pictures(article: Article, files: dict[str, UUID]) -> str:
    """Return the body with its pictures, and their words, before the first heading."""
    if not article.pictures:
        return article.body
    words = {p["file"]: p["zh"] for p in content("pictures")["picture"]}
    shown = "\n\n".join(f"![{words[name]}](file:{files[name]})" for name in article.pictures)
    answer, heading, rest = article.body.partition("\n## ")
    return f"{answer.rstrip()}\n\n{shown}\n{heading}{rest}"


def _twins() -> list[dict[str, Any]]:
    """Return customers who were met a second time under another login, with what shows it."""
    given = content("people")
    known = {person["key"]: person for person in given["customer"]}
    return [
        {"products": [], "prefers": [], "city": "", "area": "", "account": "", "phone": None}
        | {"language": "zh", **twin, **{name: known[twin["of"]][name] for name in twin["keep"]}}
        for twin in given["twin"]
    ]


async def _customer(tx: Transaction, person: dict[str, Any]) -> None:
    given = content("people")
    products = {p["slug"]: p["zh"] for p in given["product"]}
    values = [
        ("account", person["account"], "personal"),
        ("city", person["city"], "internal"),
        ("area", person["area"], "personal"),
        ("products", "、".join(products[slug] for slug in person["products"]), "internal"),
        ("note", person.get("note", ""), "internal"),
    ]
    await customers.add_customer(
        tx,
        name=person["name"],
        tier=person["tier"],
        language="en" if person["language"] == "en" else "zh-CN",
        since=datetime.combine(person["since"], time(9), ZoneInfo(ZONE)),
        identities=[
            (kind, value, trusted)
            for kind, value, trusted in (
                ("login", person["key"], True),
                ("phone", person["phone"], False),
            )
            if value
        ],
        attributes=[
            Attribute(key, word(f"entry.demo.attribute_{key}"), value, privacy)  # type: ignore[arg-type]
            for key, value, privacy in values
            if value
        ],
        preferences={"large_type" if p == "large_text" else p: True for p in person["prefers"]},
    )
