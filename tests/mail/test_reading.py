"""Shapes of mails: parts, names, broken headers, what is kept."""

# ruff: noqa: E501  (bytes and lines as they are written)

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.adapters.mail import Mail, read


def codes(mail: Mail) -> set[str]:
    return {reason.code for reason in mail.reasons}


def mixed(*parts: bytes, kind: bytes = b"mixed", end: bytes = b"--b--\r\n") -> bytes:
    head = b"From: a@x.example\r\nContent-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n'
    return head + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def test_several_texts_are_joined() -> None:
    page = b"Content-Type: text/html\r\n\r\n<p>two</p>"
    mail = read(mixed(TEXT + b"one", page, TEXT + b"three <b>"))
    assert mail.text.split() == ["one", "two", "three", "<b>"]
    assert mail.content_type == "text/html"
    assert "three &lt;b&gt;" in mail.html_safe


def test_what_is_said_twice_is_read_once() -> None:
    mail = read(
        mixed(TEXT + b"hi", b"Content-Type: text/html\r\n\r\n<b>hi</b>", kind=b"alternative")
    )
    assert (mail.text, mail.html_safe) == ("hi", "<b>hi</b>")


def test_mails_and_reports_inside_are_kept_as_they_are() -> None:
    inner = b"Subject: =?utf-8?B?5Y6f6YKu5Lu2?=\r\n\r\nbody"
    mail = read(
        mixed(
            TEXT + b"see",
            b"Content-Type: message/rfc822\r\n\r\n" + inner,
            b"Content-Type: message/delivery-status\r\n\r\nAction: failed",
            kind=b"report",
        )
    )
    assert [(one.name, one.content) for one in mail.attachments] == [
        ("原邮件.eml", inner),
        ("file.txt", b"Action: failed"),
    ]
    assert mail.automatic
    assert mail.text == "see"


def test_an_invitation_is_kept_and_named() -> None:
    ics = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:周会\\, 二楼\r\nDTSTART;TZID=Asia/Shanghai:"
        "20260506T100000\r\nLOCATION:会议室\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()
    part = b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" + ics
    mail = read(mixed(TEXT + b"come", part, kind=b"alternative"))
    assert [one.content_type for one in mail.attachments] == ["text/calendar"]
    (reason,) = mail.reasons
    assert reason.words("zh-CN") == "附有日程邀请：周会, 二楼，20260506T100000，会议室"
    assert mail.whole


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b"attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf", "发票.pdf"),
        (b"attachment; filename*0*=gbk''%B7%A2; filename*1*=%C6%B1.pdf", "发票.pdf"),
        (b'attachment; filename*0="a"; filename*1="b.pdf"', "ab.pdf"),
        (b'attachment; filename="=?gb2312?B?t6LGsQ==?=.pdf"', "发票.pdf"),
        (b'attachment; filename="' + "发票".encode("gbk") + b'.pdf"', "发票.pdf"),
        (b"attachment; filename=" + "发票.pdf".encode(), "发票.pdf"),
        (b'attachment; filename="..\\..\\etc/passwd"', "passwd"),
        (b'attachment; filename="a\\"b.txt"', 'a"b.txt'),
        ('attachment; filename="x\u202egpj.exe"'.encode(), "xgpj.exe"),
        (b"attachment", "file"),
        (b'attachment; filename=""', "file"),
        (b"attachment; filename=" + b"x" * 900 + b".pdf", "x" * 170 + ".pdf"),
    ],
)
def test_names_of_files(disposition: bytes, name: str) -> None:
    part = b"Content-Type: application/x-some\r\nContent-Disposition: " + disposition + b"\r\n\r\nx"
    assert [one.name for one in read(mixed(part)).attachments] == [name]


def test_two_files_of_one_name_are_told_apart() -> None:
    part = b'Content-Type: image/png; name="a.png"\r\n\r\nx'
    assert [one.name for one in read(mixed(part, part)).attachments] == ["a.png", "a1.png"]


def test_winmail_is_kept() -> None:
    mail = read(mixed(TEXT + b"x", b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx"))
    assert ([one.name for one in mail.attachments], codes(mail)) == (["winmail.dat"], {"tnef"})


@pytest.mark.parametrize(
    ("raw", "code", "whole"),
    [
        (b"", "empty", False),
        (b"\r\n\r\n", "empty", False),
        (b"From: a@x.example\r\n\r\n", "no_text", True),
        (mixed(TEXT + b"cut", end=b""), "end_missing", True),
        (
            b"Content-Type: multipart/mixed\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nhi",
            "boundary_guessed",
            True,
        ),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nonly text", "boundary_missing", False),
        (b"Content-Type: application/pkcs7-mime\r\n\r\nx", "encrypted", False),
        (mixed(b"Content-Type: message/external-body\r\n\r\nx"), "elsewhere", False),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nx", "charset_unknown", True),
        (b"Content-Transfer-Encoding: odd\r\n\r\nx", "encoding_unknown", True),
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8\r\n", "base64_damaged", False),
        (
            b"Content-Type: text/plain; charset=gbk\r\n\r\n" + b"\xff\xff\x81" * 9,
            "text_damaged",
            False,
        ),
    ],
)
def test_what_could_not_be_read_is_said(raw: bytes, code: str, whole: bool) -> None:
    mail = read(raw)
    assert code in codes(mail)
    assert mail.whole is whole
    for reason in mail.reasons:
        for language in ("zh-CN", "en"):
            assert reason.words(language) != f"adapters.mail.{reason.code}"
            assert "{" not in reason.words(language)


@pytest.mark.parametrize(
    "raw",
    [
        b"From a@x.example Wed May  6 10:00:00 2026\nFrom: A <a@x.example>\nSubject: s\n\nbody",
        b"\xef\xbb\xbfFrom: A <a@x.example>\r\nSubject: s\r\n\r\nbody",
        b"\r\n\r\nFrom: A <a@x.example>\rSubject: s\r\rbody".replace(b"\r\n\r\n", b""),
        b"From: A <a@x.example>\nX-Broken: one\ntwo without a space\nSubject: s\n\nbody",
        b"From : A <a@x.example>\nSubject: s\nbody",
        b"----- Forwarded -----\nFrom: A <a@x.example>\nTo: b@x.example\nSubject: s\n\nbody",
        b"From: [nobody]\nFrom: A <a@x.example>\nSubject: s\n\nbody",
        b'From: "" <>\nReply-To: "A" <a@x.example>\nSubject: s\n\nbody',
        b"From: a@x.example (A)\nSubject: s\n\nbody",
    ],
)
def test_broken_headers_still_tell(raw: bytes) -> None:
    mail = read(raw)
    assert (mail.from_email, mail.from_name) == ("a@x.example", "A")
    assert (mail.subject, mail.text) == ("s", "body")


def test_recipients_without_an_address_are_nobody() -> None:
    mail = read(b"To: undisclosed-recipients:;\nCc: <a@x.example>\n\nx")
    assert (mail.to, mail.cc) == ("", "a@x.example")


def bomb(kind: str) -> bytes:
    level = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n'
    return {
        "deep": lambda: b"".join(level % (at, at) for at in range(10_000)),
        "mails": lambda: mixed(b"Content-Type: message/rfc822\n\n" * 10_000),
        "parts": lambda: mixed() + b"--b\nContent-Type: text/plain\n\nx\n" * 100_000,
        "headers": lambda: b"X: y\n" * 200_000,
        "large": lambda: b"Content-Transfer-Encoding: base64\n\n" + b"QUFB" * (13 << 20),
        "divs": lambda: b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"x",
        "links": lambda: b"Content-Type: text/html\n\n" + b"<a href=https://x.example>x</a>" * 5002,
    }[kind]()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("deep", "too_deep"),
        ("parts", "too_many_parts"),
        ("headers", "headers_too_large"),
        ("large", "too_large"),
        ("divs", "html_too_deep"),
        ("links", "html_too_large"),
    ],
)
def test_bombs_are_refused_with_a_reason(kind: str, code: str) -> None:
    raw = bomb(kind)
    if kind == "parts":
        raw = raw.replace(b"--b--\r\n", b"", 1)
    mail = read(raw)
    assert code in codes(mail)
    assert not mail.whole


def test_mails_in_mails_are_one_attachment() -> None:
    assert len(read(bomb("mails")).attachments) == 1


def near_mail() -> st.SearchStrategy[bytes]:
    """Bytes that look enough like mail to reach the inner rooms."""
    pieces = st.sampled_from(
        [
            b"From: ", b"Subject: ", b"To: ", b"<a@b>", b"=?gbk?B?", b"=?utf-8?q?", b"?=", b"\r\n",
            b"\n", b"\n\n", b"--b", b"--b--", b"\r\n ", b'Content-Type: multipart/mixed; boundary="b"',
            b"Content-Type: text/html", b"Content-Type: text/plain; charset=", b"utf-7", b"hz", b"utf-16",
            b"iso-2022-jp", b"gb2312", b"Content-Transfer-Encoding: base64", b"quoted-printable",
            b"Content-Disposition: attachment; filename*0*=", b"x-uuencode", b"\x1b$B", b"~{", b"+AGE-",
            b"<div", b"<p class=MsoNormal>", b"<blockquote>", b"</", b">", b"<title>", b"&#xd800;", b"'';%",
            b"begin 644 a\nM", b"Content-Type: message/rfc822", b"Content-Type: text/calendar", b"SUMMARY:",
            "在 2026-05-05 写道：".encode(), "发件人：".encode("gbk"), b"On 2026 wrote:", b"> ", b"\xff\xfe", b"\x00",
        ]
    )  # fmt: skip
    return st.lists(st.one_of(pieces, st.binary(max_size=6)), max_size=40).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(st.one_of(near_mail(), st.binary(max_size=300)))
def test_nothing_makes_it_fail(raw: bytes) -> None:
    mail = read(raw)
    mail.shown()
    for text in (mail.subject, mail.from_name, mail.to, mail.text, mail.reply_text, mail.html_safe):
        text.encode("utf-8")
    assert "\n" not in mail.subject + mail.from_name + mail.to


def test_uuencoded_text_is_decoded() -> None:
    body = b"begin 644 a.txt\n%:&5L;&\\\n`\nend\n"
    raw = (
        b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: x-uuencode\n\n" + body
    )
    assert [(one.name, one.content) for one in read(raw).attachments] == [("a.txt", b"hello")]


def test_a_picture_in_the_text_keeps_its_id() -> None:
    page = (
        b'Content-Type: text/html\r\n\r\n<img src="cid:one@x"><img src="https://t.example/p.gif">'
    )
    image = (
        b"Content-Type: image/png\r\nContent-ID: <one@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"png")
    )
    mail = read(mixed(page, image, kind=b"related"))
    assert mail.attachments[0].content_id == "one@x"
    assert 'src="cid:one@x"' in mail.html_safe
    assert '<img data-remote="https://t.example/p.gif">' in mail.html_safe
    assert codes(mail) == {"remote_pictures"}
