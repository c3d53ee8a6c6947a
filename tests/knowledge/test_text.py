"""Markdown becomes safe HTML; the beginning of an article is an answer."""

import re
from uuid import UUID, uuid4

import pytest

from peakend.knowledge.rules import text
from peakend.knowledge.rules.text import Picture

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](//evil.example)",
    "[a](\\\\evil.example)",
    "![a](https://evil.example/x.png)",
    "![a](//evil.example/x.png)",
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<style>body{background:url(//evil.example)}</style>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "`<b onmouseover=alert(1)>`",
    "| <script>x</script> |\n|---|\n| <img src=x onerror=y> |",
    "# <a href=javascript:x>t</a>",
    "[x](vbscript:msgbox)",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
]


@pytest.mark.parametrize("markdown", HOSTILE)
def test_nothing_hostile_is_left(markdown: str) -> None:
    made, _ = text.html(markdown)
    tags = re.findall(r"<\s*([a-zA-Z0-9]+)([^>]*)>", made)
    assert {name for name, _ in tags} <= text.TAGS
    for _, attributes in tags:
        assert not re.search(r"\bon\w+\s*=", attributes)
        assert not re.search(r"(?:href|src)\s*=\s*[\"']?(?!/[^/]|https?:|tel:|mailto:)", attributes)
        assert "evil.example/x.png" not in attributes


def test_only_pictures_of_the_store_are_shown() -> None:
    file_id = uuid4()

    def picture(asked: UUID) -> Picture | None:
        return Picture("/files/1/a.png", "a.png", 10, 20) if asked == file_id else None

    made, _ = text.html(f"![电池盒](file:{file_id})\n\n![别的](file:{uuid4()})", picture)
    assert made.count("<img") == 1
    assert 'alt="电池盒"' in made
    assert 'width="10"' in made


def test_headings_make_a_table_of_contents() -> None:
    made, headings = text.html("# 一\n\n## 二\n\n### 三")
    assert [h.text for h in headings] == ["一", "二"]
    assert '<h2 id="s1">' in made
    assert "<h1" not in made


def test_a_number_to_call_is_a_link() -> None:
    made, _ = text.html("请拨打400-000-0001，编号1400-000-00012不是电话。")
    assert made.count("tel:4000000001") == 1
    assert made.count("<a ") == 1


def test_links_between_articles() -> None:
    assert 'href="/help/a/gas-smell"' in text.html("[看这里](article:gas-smell)")[0]


def test_the_beginning_is_an_answer() -> None:
    body = "先答。\n\n1. 第一步。\n2. 第二步。\n\n## 其他\n\n不要。"
    assert text.extract(body) == "先答。\n\n1. 第一步。\n2. 第二步。"
    assert text.readable("**先** [看](/help)\n\n1. 一\n- 二") == "先 看\n\n1. 一\n· 二"


def test_a_step_is_never_cut() -> None:
    steps = "\n".join(f"{n}. {'步' * 100}。" for n in range(1, 9))
    kept = text.extract(f"先答。\n\n{steps}", 250)
    assert kept.endswith("。")
    assert kept.count("\n") < 8


@pytest.mark.parametrize("q", ["50%", "a_b", "\\", "%%", "'; DROP TABLE article"])
def test_like_finds_signs_themselves(q: str) -> None:
    pattern = text.like(q)
    assert pattern.startswith("%")
    assert pattern.endswith("%")
    assert pattern[1:-1].replace("\\%", "%").replace("\\_", "_").replace("\\\\", "\\") == q


def test_long_bodies_are_cut_into_pieces() -> None:
    pieces = text.paragraphs("## 题\n\n" + "长" * 1000 + "\n\n短")
    assert all(len(piece) <= 320 for piece in pieces)
    assert pieces[-1] == "题 短"


BOTH = (
    "先关阀门。\n\n1. 关\n\n## 费用\n\n免费。\n\n"
    "## English: Close it\n\nClose the valve.\n\n1. Close\n"
)


def test_an_article_may_hold_another_language_at_its_end() -> None:
    own, other = text.told("关阀门", BOTH, "zh-CN")
    assert (own.language, own.title) == ("zh-CN", "关阀门")
    assert own.body.endswith("免费。")
    assert other == text.Told("en", "Close it", "Close the valve.\n\n1. Close")
    assert text.told_in([own, other], "en") is other
    assert text.told_in([own], "en") is own


def test_the_other_way_round_too_and_an_empty_part_is_none() -> None:
    parts = text.told("Close it", "Close.\r\n\r\n## 中文：关阀门\r\n\r\n关。", "en")
    assert [(part.language, part.title, part.body) for part in parts] == [
        ("en", "Close it", "Close."),
        ("zh-CN", "关阀门", "关。"),
    ]
    assert len(text.told("关", "关。\n\n## English: Nothing yet\n", "zh-CN")) == 1
    assert len(text.told("关", "## English lessons\n\n学。", "zh-CN")) == 1


def test_both_languages_are_found() -> None:
    assert text.pieces("关阀门", ["怎么关", "How to close"], BOTH, "zh-CN") == [
        ("title", "关阀门"),
        ("title", "Close it"),
        ("question", "怎么关"),
        ("question", "How to close"),
        ("paragraph", "先关阀门。"),
        ("paragraph", "关"),
        ("paragraph", "费用 免费。"),
        ("paragraph", "Close the valve."),
        ("paragraph", "Close"),
    ]
