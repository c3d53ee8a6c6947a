"""Urges: what they do, when they count, and the words that are one."""

from datetime import UTC, datetime, timedelta

import pytest

from peakend.cases.rules.cases import PRIORITIES
from peakend.cases.rules.urges import counts, effect, urge_in

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "before", "after", "supervisor"),
    [
        (1, "normal", "normal", False),
        (1, "urgent", "urgent", False),
        (2, "normal", "high", False),
        (2, "high", "high", False),
        (2, "urgent", "urgent", False),
        (3, "normal", "urgent", True),
        (3, "high", "urgent", True),
        (9, "urgent", "urgent", True),
    ],
)
def test_what_the_nth_urge_does(times: int, before: str, after: str, supervisor: bool) -> None:
    found = effect(times, before)  # type: ignore[arg-type]
    assert (found.priority, found.supervisor) == (after, supervisor)
    assert PRIORITIES.index(found.priority) >= PRIORITIES.index(before)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "ago", "does"),
    [
        ("customer", None, True),
        ("customer", timedelta(), False),
        ("customer", timedelta(minutes=9, seconds=59), False),
        ("customer", timedelta(minutes=10), True),
        # The clock was put back since: the customer is not kept silent until it has caught up.
        ("customer", timedelta(minutes=-30), True),
        ("agent", timedelta(seconds=1), True),
    ],
)
def test_when_an_urge_counts(by: str, ago: timedelta | None, does: bool) -> None:
    last = None if ago is None else NOW - ago
    assert counts(by, last, NOW) is does  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("麻烦帮我催一下", "hurry"),
        ("我来催单的", "hurry"),
        ("已经催了三次了！", "hurry"),
        ("你们催师傅快点过来", "hurry"),
        ("能不能快点啊", "faster"),
        ("请尽快处理", "faster"),
        ("抓紧给我修", "faster"),
        ("麻烦加急", "faster"),
        ("等不及了", "faster"),
        ("怎么还没人联系我", "still_not"),
        ("你好，我的热水器怎么还没修好？", "still_not"),
        ("都三天了，为什么还没退款", "still_not"),
        ("到现在都没人来", "still_not"),
        ("还没处理吗", "still_not"),
        ("还没有消息吗？", "still_not"),
        ("还要等多久", "how_long"),
        ("还要多久才能好", "how_long"),
        ("我等了好几天", "how_long"),
        ("师傅什么时候能上门", "how_long"),
        ("什么时候才能退款到账？", "how_long"),
        ("我的工单进度如何", "progress"),
        ("处理到哪一步了", "progress"),
        ("有结果了吗", "progress"),
        ("请问有进展了么？", "progress"),
        ("Any update on this?", "update"),
        ("any news?", "update"),
        ("What's the status of my repair", "update"),
        ("Where is my refund?", "update"),
        ("I'm still waiting for the engineer", "still_waiting"),
        ("I haven't heard anything back", "still_waiting"),
        ("It has not been fixed yet", "still_waiting"),
        ("Nobody called me", "still_waiting"),
        ("How much longer will it take?", "how_much_longer"),
        ("When will it be fixed?", "how_much_longer"),
        ("please hurry", "hurry_up"),
        ("I need this asap", "hurry_up"),
        ("Please expedite", "hurry_up"),
        # As telephones write it: full width, upper case.
        ("ＡＮＹ　ＵＰＤＡＴＥ？", "update"),
        # The first sentence says no hurry, the second asks all the same.
        ("昨天我说不急。今天怎么还没人来？", "still_not"),
    ],
)
def test_words_that_ask_for_speed(text: str, rule: str) -> None:
    found = urge_in(text)
    assert found is not None, text
    assert found.rule == rule
    assert 0 < len(found.words) <= 40


@pytest.mark.parametrize(
    "text",
    [
        "",
        "谢谢，已经好了",
        "不急，慢慢来",
        "不用催，我明天再问",
        "我不是来催的，只想改一下地址",
        "不着急",
        "我收到了催款短信，是你们发的吗",
        "被催还款了怎么办",
        "这个催化剂多少钱",
        "催收电话骚扰我",
        "你好，我想买一台热水器",
        "怎么安装？",
        "显示 E1 是什么意思",
        "发票什么时候过期",
        "地址改成人民路 8 号",
        "我还没想好买哪一款",
        "你们几点下班？",
        "No rush, take your time",
        "It is not urgent",
        "How do I update my address?",
        "the firmware update failed",
        "Thank you, it works now",
        "Where is your shop?",
        "When are you open?",
        "I want to order two more",
    ],
)
def test_words_that_do_not(text: str) -> None:
    assert urge_in(text) is None, urge_in(text)


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert urge_in("好" * 2_000 + "。怎么还没修好？") is None
    # A text made to be slow is not.
    assert urge_in("还" * 200_000) is None
