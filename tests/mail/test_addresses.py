"""Who wrote: an address is what stands in the header, never what a name decodes to."""

import base64

import pytest

from peakend.adapters.mail import Mail, read


def mail(*lines: str | bytes, encoding: str = "utf-8") -> Mail:
    head = [line if isinstance(line, bytes) else line.encode(encoding) for line in lines]
    return read(b"\r\n".join([*head, b"Subject: x", b"", b"text"]))


def codes(found: Mail) -> set[str]:
    return {reason.code for reason in found.reasons}


def b64(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


# A name that passes for an address: what the header says, address and name that are shown.
NAMES = [
    ("=?utf-8?q?boss=40bank=2Ecom=3E?= <evil@x.example>", "boss@bank.com>"),
    ("=?utf-8?q?boss=40bank=2Ecom?= <evil@x.example>", "boss@bank.com"),
    ("=?utf-8?q?boss=40bank=2Ecom?=<evil@x.example>", "boss@bank.com"),
    ("=?utf-8?q?=3Cboss=40bank=2Ecom=3E?= <evil@x.example>", "<boss@bank.com>"),
    ("=?utf-8?q?Boss_=3Cboss=40bank=2Ecom=3E=2C?= <evil@x.example>", "Boss <boss@bank.com>"),
    ("=?utf-8?q?a=40bank=2Ecom=2C?= =?utf-8?q?b=40bank=2Ecom?= <evil@x.example>",
     "a@bank.com,b@bank.com"),
    ("=?utf-8?q?=22boss=40bank=2Ecom=22_=3Cboss=40bank=2Ecom=3E?= <evil@x.example>",
     "boss@bank.com <boss@bank.com>"),
    (f"{b64('老板 <boss@bank.com>')} <evil@x.example>", "老板 <boss@bank.com>"),
    (f"{b64('老板 <boss@bank.com>', 'gb18030')} <evil@x.example>", "老板 <boss@bank.com>"),
    (f'"{b64("boss@bank.com>")}" <evil@x.example>', "boss@bank.com>"),
    ("=?utf-7?q?+ADw-boss+AEA-bank.com+AD4-?= <evil@x.example>", "<boss@bank.com>"),
    ('"boss@bank.com" <evil@x.example>', "boss@bank.com"),
    ('"<boss@bank.com>" <evil@x.example>', "<boss@bank.com>"),
    (r'"Boss \"<boss@bank.com>\", x" <evil@x.example>', "Boss <boss@bank.com>, x"),
    ('"boss@bank.com, x" <evil@x.example>', "boss@bank.com, x"),
    ("(boss@bank.com) <evil@x.example>", "(boss@bank.com)"),
    ("(<boss@bank.com>) Boss <evil@x.example>", "(<boss@bank.com>) Boss"),
    ("evil@x.example (boss@bank.com)", "boss@bank.com"),
    ("evil@x.example (Boss (really) <boss@bank.com>)", "Boss (really) <boss@bank.com>"),
    ("(boss@bank.com) evil@x.example", "boss@bank.com"),
    ("evil@x.example (=?utf-8?q?boss=40bank=2Ecom?=)", "boss@bank.com"),
    ("=?utf-8?q?boss=40bank=2Ecom?= evil@x.example", "boss@bank.com"),
    ("=?utf-8?q?Doe=2C_John?= <evil@x.example>", "Doe, John"),
    ("Doe, John <evil@x.example>", "Doe, John"),
    ("=?utf-8?q?evil=40x=2Eexample?= <evil@x.example>", ""),
]  # fmt: skip


@pytest.mark.parametrize(("header", "name"), NAMES)
def test_no_name_passes_for_an_address(header: str, name: str) -> None:
    found = mail(f"From: {header}")
    assert (found.from_email, found.from_name) == ("evil@x.example", name)
    assert codes(found) == set()


# Several mailboxes, or signs that others may read differently: the first, and it is said.
SEVERAL = [
    ("evil@x.example, boss@bank.com", "evil@x.example"),
    ("Evil <evil@x.example>, Boss <boss@bank.com>", "evil@x.example"),
    ("Team: Evil <evil@x.example>, boss@bank.com;", "evil@x.example"),
    ("boss@bank.com <evil@x.example>", "evil@x.example"),
    ("Boss <boss@bank.com> <evil@x.example>", "boss@bank.com"),
    ('"Boss <boss@bank.com> <evil@x.example>', "boss@bank.com"),
    ("(Boss <boss@bank.com> <evil@x.example>", "boss@bank.com"),
    ("=?utf-8?q? <evil@x.example> ?= <boss@bank.com>", "boss@bank.com"),
    ("=?utf-8?q?boss@bank.com?= <evil@x.example>", "evil@x.example"),
    ("\x1b$B<evil@x.e>\x1b(B <boss@bank.com>", "boss@bank.com"),
]


@pytest.mark.parametrize(("header", "email"), SEVERAL)
def test_several_senders_are_said(header: str, email: str) -> None:
    found = mail(f"From: {header}")
    assert found.from_email == email
    assert codes(found) == {"from_several"}
    assert found.whole


def test_a_second_from_is_said() -> None:
    found = mail("From: Evil <evil@x.example>", "From: Boss <boss@bank.com>")
    assert (found.from_email, found.from_name) == ("evil@x.example", "Evil")
    assert codes(found) == {"from_several"}
    # Also where both name the same: servers and people see one of them each.
    assert codes(mail("From: a@x.example", "From: <a@x.example>")) == {"from_several"}


# No address that can be read: nothing is taken out of what is encoded, broken or hidden.
NOWHERE = [
    "=?utf-8?q?boss=40bank=2Ecom?=",
    "<=?utf-8?q?boss=40bank=2Ecom?=>",
    "Boss <=?utf-8?q?boss=40bank=2Ecom?=>",
    b64("Boss <boss@bank.com>"),
    "boss@=?utf-8?q?bank=2Ecom?=",
    "=?utf-8?q?boss?=@bank.com",
    "<boss@bank.com=?utf-8?q?x?=>",
    "<boss@bank.com\x00.x.example>",
    "<boss@bank.com\u200b>",
    "<boss@bank\u202e.com>",
    "Boss <>",
    "Boss",
    '"a""b"@bank.com',
]


@pytest.mark.parametrize("header", NOWHERE)
def test_what_is_no_address_gives_none(header: str) -> None:
    found = mail(f"From: {header}")
    assert "@" not in found.from_email
    if not found.from_email:
        assert codes(found) == {"from_none"}
        assert not found.whole
    other = mail(f"From: {header}", "Reply-To: Evil <evil@x.example>")
    if not found.from_email:
        assert (other.from_email, other.from_name) == ("evil@x.example", "Evil")
        assert codes(other) == {"from_unclear"}


def test_no_from_at_all() -> None:
    for nobody in (mail("To: a@x.example"), mail("From: <>"), mail('From: ""')):
        assert codes(nobody) == {"from_none"}
        assert nobody.whole
    found = mail("Sender: a@x.example")
    assert found.from_email == "a@x.example"
    assert codes(found) == {"from_unclear"}


# What people and programs write, and what stays readable.
USUAL = [
    ("<A.B@X.Example>", "a.b@x.example", ""),
    ("张三 <a@x.example>", "a@x.example", "张三"),
    ("“张三” <a@x.example>", "a@x.example", "“张三”"),
    ("用户@例子.公司", "用户@例子.公司", ""),
    ('"john doe"@x.example', '"john doe"@x.example', ""),
    ('"a" "b"@x.example', '"b"@x.example', "a"),
    ("<@hop.example,@b.example:a@x.example>", "a@x.example", ""),
    ("Team: A <a@x.example>;", "a@x.example", "A"),
    ("A <a@x.example", "a@x.example", "A"),
    ("a@x.example (A)", "a@x.example", "A"),
    ("MAILER-DAEMON (Mail Delivery System)", "mailer-daemon", "Mail Delivery System"),
    ("Root <root>", "root", "Root"),
    ('"Shop" <>, "LTD" <a@x.example>', "a@x.example", "LTD"),
]


@pytest.mark.parametrize(("header", "email", "name"), USUAL)
def test_usual_senders(header: str, email: str, name: str) -> None:
    found = mail(f"From: {header}")
    assert (found.from_email, found.from_name) == (email, name)
    assert codes(found) == set()


@pytest.mark.parametrize(
    ("charset", "name"),
    # Second bytes that look like a backslash or an @.
    [("big5", "許功蓋"), ("gbk", "丂張"), ("gb18030", "李娜"), ("shift_jis", "表示ァ")],
)
def test_raw_names_keep_their_addresses(charset: str, name: str) -> None:
    found = mail(f'From: "{name}" <a@x.example>', encoding=charset)
    assert found.from_email == "a@x.example"
    assert codes(found) == set()


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("=?utf-8?q?boss=40bank=2Ecom?= <a@x.example>", '"boss@bank.com" <a@x.example>'),
        ("=?utf-8?q?Boss_=3Cboss=40bank=2Ecom=3E=2C?= <a@x.example>",
         '"Boss <boss@bank.com>," <a@x.example>'),
        ('"=?utf-8?q?x=22_=3Cboss=40bank=2Ecom=3E?=" <a@x.example>',
         '"x <boss@bank.com>" <a@x.example>'),
        (f"{b64('张三')} <a@x.example>, b@x.example", "张三 <a@x.example>, b@x.example"),
        ("=?utf-8?q?boss=40bank=2Ecom?=", ""),
        ("undisclosed-recipients:;", ""),
    ],
)  # fmt: skip
def test_recipients_read_as_they_are(header: str, shown: str) -> None:
    assert mail("From: a@x.example", f"To: {header}").to == shown


@pytest.mark.parametrize("piece", ['"\\', "(", "<", "<a@b,", ",;", '"\\"(', "=?a?q?", "a@b ", "@"])
def test_a_long_header_is_no_trap(piece: str) -> None:
    found = mail(f"From: {piece * 8000}", "Sender: a@x.example")
    assert found.from_email
