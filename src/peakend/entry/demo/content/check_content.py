"""Prove that the demo's content parses and that names used in one file exist in another."""

import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
HAN = "\u4e00-\u9fff"
HALF_WIDTH = re.compile(rf"[{HAN}」）][,:;?!(]|[,:;?!)][{HAN}「（]")
UNWANTED = re.compile("[！哦\U0001f300-\U0001faff]|亲(?=[，。、]|$)")
SPEAKERS = {"customer", "agent", "digital", "note", "digital_wait"}
VARIABLES = {"customer.name", "agent.name", "conversation.number", "brand.name"}
ACTS = {"ask_person", "leaves", "sends_picture", "chooses"}
OUTCOMES = {"digital", "agent", "abandons", "leaves_message"}
BRANDS = {"gas", "home", "all"}
KNOWN_PHONES = {"400-000-0000", "400-000-0001"}

wrong: list[str] = []


def expect(holds: object, what: str) -> None:
    """Note a failure and go on, so that one run shows all of them."""
    if not holds:
        wrong.append(what)


def load(name: str) -> dict:
    """Read one TOML file of this folder."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def expect_words(text: str, where: str, spoken_by_customer: bool = False) -> None:
    """Check punctuation and tone; customers may shout."""
    expect(not HALF_WIDTH.search(text), f"{where}: half-width punctuation")
    expect(spoken_by_customer or not UNWANTED.search(text), f"{where}: tone")
    phones = set(re.findall(r"400-\d{3}-\d{4}", text))
    expect(phones <= KNOWN_PHONES, f"{where}: unknown telephone number")


def check_articles(categories: dict[str, str]) -> dict[str, str]:
    """Return audience by slug."""
    audience: dict[str, str] = {}
    places: Counter[tuple[str, int]] = Counter()
    for file in sorted((HERE / "articles").glob("*.md")):
        _, front, body = file.read_text(encoding="utf-8").split("+++\n", 2)
        head, where = tomllib.loads(front), file.name
        audience[head["slug"]] = head["audience"]
        expect(head["slug"] == file.stem, f"{where}: slug")
        expect(head["brand"] in BRANDS, f"{where}: brand")
        expect(head["audience"] in {"customer", "agent"}, f"{where}: audience")
        expect(head["category"] in categories, f"{where}: category")
        brands = {head["brand"], categories.get(head["category"])}
        expect(len(brands) == 1 or "all" in brands, f"{where}: category of the other brand")
        asked = [question for question in head["questions"] if re.search(f"[{HAN}]", question)]
        expect(6 <= len(asked) <= 10, f"{where}: questions")
        expect(150 <= len(re.findall(f"[{HAN}]", body)) <= 500, f"{where}: length")
        if head["audience"] == "customer":
            in_english = len(head["questions"]) - len(asked)
            expect(5 <= in_english <= 8, f"{where}: English questions")
            expect(re.search(r"^## English: \S.*\n\n(?!#)\S", body, re.M), f"{where}: English")
        expect(
            head["audience"] == "agent" or "## 如果仍未解决" in body, f"{where}: no way to a person"
        )
        for name in [*head.get("pictures", []), *([head["video"]] if "video" in head else [])]:
            expect((HERE / "pictures" / name).is_file(), f"{where}: {name}")
        expect_words(body + head["title"] + "；".join(head["questions"]), where)
        places[head["category"], head["order"]] += 1
    twice = [place for place, n in places.items() if n > 1]
    expect(not twice, f"two articles on one place: {twice}")
    return audience


def check_reasons() -> set[str]:
    """Return the keys that may be chosen: those on the third level."""
    parents = {r["key"]: r.get("parent") for r in load("reasons.toml")["reason"]}
    expect(all(p is None or p in parents for p in parents.values()), "reasons: unknown parent")
    leaves = set(parents) - set(parents.values())
    for leaf in leaves:
        above = parents[parents[leaf]] if parents[leaf] else None
        expect(above and parents[above] is None, f"reasons: {leaf} is not on the third level")
    return leaves


def check_people() -> tuple[dict, set[str]]:
    """Return queues by slug and the keys of customers."""
    people = load("people.toml")
    skills = {s["slug"] for s in people["skill"]}
    teams = {t["slug"]: t["supervisor"] for t in people["team"]}
    queues = {q["slug"]: q for q in people["queue"]}
    products = {p["slug"] for p in people["product"]}
    logins = [s["login"] for s in people["staff"]]
    keys = [c["key"] for c in people["customer"]]
    expect(len(set(logins)) == len(logins) and len(set(keys)) == len(keys), "people: a name twice")
    expect(set(teams.values()) <= set(logins), "people: supervisor of a team")
    for person in people["staff"]:
        expect(person["team"] in teams, f"{person['login']}: team")
        expect(set(person["skills"]) <= skills, f"{person['login']}: skills")
        expect(set(person["queues"]) <= set(queues), f"{person['login']}: queues")
    for queue in queues.values():
        expect(set(queue["skills"]) <= skills and queue["hours"] in people["hours"], queue["slug"])
    for person in people["customer"]:
        expect(re.fullmatch(r"1380000\d{4}", person["phone"]), f"{person['key']}: phone")
        expect(set(person["products"]) <= products, f"{person['key']}: products")
        expect(set(person["prefers"]) <= set(people["prefer"]), f"{person['key']}: prefers")
        expect(person["tier"] in people["tier"], person["key"])
    return queues, set(keys)


def check_dialogues(
    articles: dict[str, str], reasons: set[str], queues: dict, customers: set[str]
) -> None:
    """Check every name in a dialogue, and that its end fits its turns."""
    tags = {t["key"] for t in load("tags.toml")["tag"]}
    dialogues = load("dialogues.toml")["dialogue"]
    expect(len({d["key"] for d in dialogues}) == len(dialogues), "dialogues: a key twice")
    unheard = reasons - {d["reason"] for d in dialogues}
    expect(not unheard, f"reasons without a dialogue: {sorted(unheard)}")
    for told in dialogues:
        where, said = told["key"], {t["who"] for t in told["turns"]}
        expect(told["reason"] in reasons and set(told["tags"]) <= tags, f"{where}: reason or tag")
        expect(told["outcome"] in OUTCOMES, f"{where}: outcome")
        expect(queues[told["queue"]]["brand"] == told["brand"], f"{where}: brand")
        expect(articles.get(told["article"]) == "customer", f"{where}: article")
        expect("customer" not in told or told["customer"] in customers, f"{where}: customer")
        expect(told.get("rating", 5) in range(1, 6), f"{where}: rating")
        expect(("agent" in said) == (told["outcome"] == "agent"), f"{where}: agent and outcome")
        expect(told["outcome"] != "digital" or "digital_wait" in said, f"{where}: nobody answered")
        for turn in told["turns"]:
            expect(turn["who"] in SPEAKERS, f"{where}: who")
            expect(turn.get("does") in {None, *ACTS}, f"{where}: act")
            expect_words(turn.get("text", ""), where, spoken_by_customer=turn["who"] == "customer")


def check_rest(articles: dict[str, str], queues: dict, customers: set[str]) -> None:
    """Check saved replies, the shop and the pictures."""
    canned = load("canned.toml")["canned"]
    cards = {card["key"] for card in load("cards.toml")["card"]}
    expect(len({c["shortcut"] for c in canned}) == len(canned), "canned: a shortcut twice")
    for reply in canned:
        expect(reply["scope"] in {"all", *queues}, f"{reply['shortcut']}: scope")
        expect_words(reply["body_zh"] + reply["title"]["zh"], f"canned {reply['shortcut']}")
        variables = [
            set(re.findall(r"{{ (.+?) }}", reply[body])) for body in ("body_zh", "body_en")
        ]
        expect(variables[0] <= VARIABLES, f"{reply['shortcut']}: variable")
        expect(variables[0] == variables[1], f"{reply['shortcut']}: zh and en differ")
        expect(reply.get("card") in {None, *cards}, f"{reply['shortcut']}: card")
    for macro in load("macros.toml")["macro"]:
        expect(macro["scope"] in {"all", *queues}, f"{macro['shortcut']}: scope")
        expect(macro.get("to", "gas") in queues, f"{macro['shortcut']}: to")
        expect(macro.get("card") in {None, *cards}, f"{macro['shortcut']}: card")
        expect_words(macro["reply_zh"] + macro["title"]["zh"], f"macro {macro['shortcut']}")
    for entry in load("directory.toml")["entry"]:
        where = f"directory {entry['zh']}"
        expect_words(entry["competence"] + entry["power"] + entry.get("note", ""), where)
        expect(
            entry.get("to", {}).get("key") in queues or entry.get("to", {}).get("kind") != "queue",
            where,
        )
    shop = load("shop.toml")
    services = {s["slug"] for s in shop["service"]}
    expect(all(articles.get(s["article"]) == "customer" for s in shop["service"]), "shop: article")
    expect(all(o.get("service") in {None, *services} for o in shop["order"]), "shop: order")
    expect(shop["customer"]["key"] in customers, "shop: customer")
    described = {
        p[k] for p in load("pictures.toml")["picture"] for k in ("file", "poster") if k in p
    }
    expect(
        described == {p.name for p in (HERE / "pictures").iterdir()},
        "pictures: described and present differ",
    )
    load("facts.toml")


def main() -> int:
    """Check everything and print what is wrong."""
    articles = check_articles({c["zh"]: c["brand"] for c in load("categories.toml")["category"]})
    queues, customers = check_people()
    check_dialogues(articles, check_reasons(), queues, customers)
    check_rest(articles, queues, customers)
    good = f"{len(articles)} articles and everything else in order"
    sys.stdout.write("\n".join(wrong or [good]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
