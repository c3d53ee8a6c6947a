import pytest

from peakend.language import rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("煤气灶打不着火", "zh-CN"),
        ("My gas hob does not light", "en"),
        ("E1故障怎么办", "zh-CN"),
        ("WiFi 连不上 APP", "zh-CN"),
        ("hello", "en"),
        ("", "zh-CN"),
        ("12345", "zh-CN"),
        ("Where is my order 安居家?", "en"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert rules.detected_language(text) == expected


def test_two_character_words_are_found_by_their_pair() -> None:
    assert rules.bigrams("退款 Refund到账") == ["退款", "refund", "到账"]
    assert rules.bigrams("火") == ["火"]


def test_terms_leave_out_what_has_no_topic() -> None:
    found = rules.terms("请问我的退款什么时候到账？")
    assert "退款" in found
    assert "的" not in found
    assert rules.terms("refunds") == rules.terms("Refund")


def test_initials() -> None:
    assert rules.initials("转接") == "zj"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13800002086谢谢", "电话138****2086谢谢"),
        ("+86 138-0000-2086", "138****2086"),
        ("身份证11010519491231002X", "身份证110***********002X"),
        ("订单110105194912310021", "订单110105194912310021"),
        ("卡号4111 1111 1111 1111", "卡号**** **** **** 1111"),
        ("单号4111 1111 1111 1112", "单号4111 1111 1111 1112"),
        ("写到 chen.mo@example.com 吧", "写到 c***@example.com 吧"),
        ("燃气表读数 1234.5", "燃气表读数 1234.5"),
        ("400-000-0000", "400-000-0000"),
    ],
)
def test_masking(text: str, expected: str) -> None:
    assert rules.masked(text) == expected


def test_odd_text_is_no_trouble() -> None:
    for text in ("\x00", "\U00020000𠀀", "👩‍👩‍👧", "a" * 100_000, "1" * 10_000, "@" * 1000):
        rules.masked(text)
        rules.terms(text[:5000])
        rules.detected_language(text)


def test_shortened() -> None:
    assert rules.shortened("一 二\n三", 10) == "一 二 三"
    assert rules.shortened("一二三四五", 3) == "一二…"
