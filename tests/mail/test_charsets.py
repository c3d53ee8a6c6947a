"""Wrong, vague and missing labels."""

import base64

import pytest

from peakend.adapters.mail import read
from peakend.adapters.mail.charsets import decoded, labelled

SAID = "您好，我想咨询订单退款的进度，谢谢！"
TOLD = "您好，請問訂單退款的進度如何，謝謝您！"


@pytest.mark.parametrize(
    "label", ["gb2312", "GBK", "x-gbk", "cp936", "GB_2312-80", "gb18030", "chinese", '"gbk"']
)
def test_every_gb_label_means_gb18030(label: str) -> None:
    rare = "朱镕基、喆、啰嗦、𠮷野家"
    assert decoded(rare.encode("gb18030"), label) == (rare, True)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gbk", SAID),
        ("big5", TOLD),
        ("utf-8", SAID),
        ("shift_jis", "お世話になっております。返金についてお問い合わせです。"),
        ("euc_jp", "お世話になっております。返金についてお問い合わせです。"),
        ("iso2022_jp", "お世話になっております。"),
        ("hz", SAID),
        ("cp1252", "Grüße aus München, schöne Tage"),
        ("utf-8-sig", "Grüße"),
        ("utf-16", SAID),
    ],
)
def test_what_nobody_declared_is_read_by_its_looks(codec: str, text: str) -> None:
    found, whole = decoded(text.encode(codec))
    assert (found.lstrip("\ufeff"), whole) == (text, True)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "utf-8", SAID),
        ("us-ascii", "gbk", SAID),
        ("iso-8859-1", "gbk", SAID),
        ("utf-8", "gbk", SAID),
        ("utf-8", "big5", TOLD),
        ("big5", "utf-8", TOLD),
        ("x-unknown", "gbk", SAID),
        ("iso-8859-1", "cp1252", "“Grüße” – 5 €"),
        ("utf-7", "utf-7", "你好 & ümlaut"),
        ("hz-gb-2312", "hz", SAID),
        ("windows-1251", "cp1251", "Здравствуйте, где мой заказ?"),
    ],
)
def test_a_wrong_label_does_not_win(label: str, codec: str, text: str) -> None:
    assert decoded(text.encode(codec), label) == (text, True)


def test_the_signs_of_windows_are_in_japanese_mail() -> None:
    assert decoded("①㈱".encode("cp932"), "shift_jis") == ("①㈱", True)
    assert decoded(b"\x1b$B-!\x1b(B", "iso-2022-jp") == ("①", True)


def test_labels_that_are_none() -> None:
    for label in ("", "unknown-8bit", "base64", "rot13", "x" * 100, "a\x00b"):
        assert labelled(label) is None


def test_a_word_cut_in_the_middle_of_a_sign_is_put_together() -> None:
    content = "退款进度".encode("gb18030")
    halves = [base64.b64encode(half).decode() for half in (content[:3], content[3:])]
    subject = "\r\n ".join(f"=?gb18030?B?{half}?=" for half in halves)
    assert read(f"Subject: {subject}\r\n\r\nx".encode()).subject == "退款进度"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (b"=?utf-8?q?a_b?= =?utf-8?q?c?= d", "a bc d"),
        (b"=?UTF-8?B?5L2g5aW9?==?UTF-8?B?5ZCX?=", "你好吗"),
        (b"=?utf-8?B?5L2g5aW?=", "你�"),
        (b"=?nobody-knows?B?xOO6ww==?=", "你好"),
        (b"=?utf-8?q?two words here?=", "two words here"),
        ("退款".encode("gbk"), "退款"),
        (b"=?utf-8?q?evil=0D=0ABcc:_x?=", "evil Bcc: x"),
        (b"=?utf-8?q?broken", "=?utf-8?q?broken"),
    ],
)
def test_headers_as_they_come(written: bytes, read_as: str) -> None:
    assert read(b"Subject: " + written + b"\r\n\r\nx").subject == read_as
