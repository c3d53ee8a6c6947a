"""Writing mail: what is written is read back exactly, by us and by the standard library."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.adapters.mail import compose, read
from peakend.mail.ports import Attached, Letter, Person, Unwritable, wire_address

AT = datetime(2027, 1, 8, 9, 30, tzinfo=UTC)
PLAIN = Letter(
    message_id="0192@mail.example.com",
    at=AT,
    sender=Person("service@mail.example.com", "峰终燃气 客服"),
    to=[Person("liu@example.org", "刘思雨")],
    subject="关于热水器",
    text="您好：\n师傅明天上午到。\n",
)
# What people write in names, subjects and texts; no controls, which are refused below.
VISIBLE = st.characters(
    blacklist_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co"),
    blacklist_characters="\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u202f\u205f\u3000",
)
MIXED = st.text(
    st.one_of(VISIBLE, st.sampled_from("峰终燃气刘思雨🐯é \",;<>@()\\.=?_'客服Aa1")), min_size=1,
    max_size=120,
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip


def letter(**changes: object) -> Letter:
    return Letter(**{name: changes.get(name, getattr(PLAIN, name))
                     for name in PLAIN.__struct_fields__})  # fmt: skip


def standard(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def people(raw: bytes, header: str) -> list[tuple[str, str]]:
    """Names and addresses; the newer interface puts a space between encoded words of a name."""
    plain = message_from_bytes(raw, policy=policy.compat32)[header]
    return [
        (str(make_header(decode_header(name))), address)
        for name, address in getaddresses([plain.replace("\r\n", "")])
    ]


def need_good_form(raw: bytes) -> None:
    """Seven bits, lines within bounds, every break a whole one."""
    assert raw.isascii()
    assert b"\0" not in raw
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    head = raw.split(b"\r\n\r\n")[0]
    words = re.findall(rb"=\?UTF-8\?B\?[^?]*\?=", head)
    assert all(len(word) <= 75 for word in words)


@settings(max_examples=60)
@given(subject=MIXED, sender=MIXED, name=MIXED)
def test_heads_are_read_back_exactly(subject: str, sender: str, name: str) -> None:
    raw = compose(
        letter(
            subject=subject,
            sender=Person("a@example.com", sender),
            to=[Person("b@example.com", name), Person("c@example.com")],
        )
    )
    need_good_form(raw)
    found, ours = standard(raw), read(raw)
    assert found["subject"] == ours.subject == subject
    assert people(raw, "from") == [(sender, "a@example.com")]
    assert people(raw, "to") == [(name, "b@example.com"), ("", "c@example.com")]
    # Our reader forgives so much that marks around a name do not count for it.
    if not set(sender) & set('",;<>()@\\'):
        assert (ours.from_name, ours.from_email) == (sender, "a@example.com")


@settings(max_examples=60)
@given(
    text=st.text(st.one_of(VISIBLE, st.sampled_from("\n\t =.-—峰终")), max_size=2000),
    # What a name is cleaned of at its ends is no part of it.
    name=MIXED.filter(lambda text: not set(text) & set('/\\:*?"<>|')).filter(
        lambda text: text == text.strip(" .")
    ),
    content=st.binary(max_size=3000),
)
def test_bodies_and_files_are_read_back_exactly(text: str, name: str, content: bytes) -> None:
    file = Attached(name, "application/pdf", content)
    raw = compose(letter(text=text, html=f"<p>{len(text)}</p>", attachments=[file]))
    need_good_form(raw)
    found = standard(raw)
    body = found.get_body(("plain",))
    assert body is not None
    # In canonical form lines of a text end with both characters.
    assert body.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    other = found.get_body(("html",))
    assert other is not None
    assert other.get_content().strip() == f"<p>{len(text)}</p>"
    (beside,) = list(found.iter_attachments())
    assert beside.get_filename() == name
    assert beside.get_content() == content
    (ours,) = read(raw).attachments
    assert (ours.name, ours.content) == (name, content)


@pytest.mark.parametrize("bad", ["\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b", "a\u2028b",
                                 "a\x85b", "\udcff"])  # fmt: skip
@pytest.mark.parametrize("field", ["subject", "sender", "to", "reply_to", "attachments",
                                   "message_id", "in_reply_to", "references"])  # fmt: skip
def test_nothing_gets_into_a_head_by_a_break(field: str, bad: str) -> None:
    given_ = {
        "subject": bad,
        "sender": Person("a@example.com", bad),
        "to": [Person("b@example.com", bad)],
        "reply_to": Person("b@example.com" + bad),
        "attachments": [Attached(bad, "text/plain", b"x")],
        "message_id": bad,
        "in_reply_to": bad,
        "references": [bad],
    }
    with pytest.raises(Unwritable) as caught:
        compose(letter(**{field: given_[field]}))
    assert caught.value.field == field


def test_a_name_is_no_second_recipient() -> None:
    raw = compose(letter(to=[Person("b@example.com", '"a" <x@evil.example>, c@evil.example')]))
    assert [one.addr_spec for one in standard(raw)["to"].addresses] == ["b@example.com"]


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("Li.Wen+1@Example.COM", "Li.Wen+1@example.com"),
        (" a@例子.中国 ", "a@xn--fsqu00a.xn--fiqs8s"),
        ("刘@example.com", ""),
        ("a@", ""),
        ("a", ""),
        ("a b@example.com", ""),
        ("a@exa mple.com", ""),
        ("a@b@example.com", ""),
        ("a@example.com>,<b@example.com", ""),
        ("a@example..com", ""),
        ("a" * 65 + "@example.com", ""),
    ],
)
def test_addresses_as_servers_take_them(given_: str, kept: str) -> None:
    assert wire_address(given_) == kept


def test_what_a_machine_writes_says_so() -> None:
    assert "auto-submitted" not in standard(compose(PLAIN))
    made = standard(compose(letter(automatic="generated")))
    assert made["auto-submitted"] == "auto-generated"
    assert made["x-auto-response-suppress"] == "All"
    assert "precedence" not in made
    replied = compose(letter(automatic="replied"))
    assert standard(replied)["auto-submitted"] == "auto-replied"
    assert read(replied).automatic


def test_unsubscribing_is_offered_where_it_applies_alone() -> None:
    assert "list-unsubscribe" not in standard(compose(PLAIN))
    made = standard(compose(letter(unsubscribe_url="https://example.com/out?x=1")))
    assert made["list-unsubscribe"] == "<https://example.com/out?x=1>"
    with pytest.raises(Unwritable):
        compose(letter(unsubscribe_url="http://example.com/out"))


def test_ids_and_threads() -> None:
    long = [f"{at:040d}@example.com" for at in range(40)]
    raw = compose(letter(in_reply_to=long[-1], references=long))
    need_good_form(raw)
    found = standard(raw)
    assert found["message-id"] == "<0192@mail.example.com>"
    assert found["in-reply-to"] == f"<{long[-1]}>"
    assert found["references"].split() == [f"<{one}>" for one in long]
    assert found["date"].datetime == AT


def test_a_picture_stands_inside_its_page() -> None:
    logo = Attached("logo.png", "image/png", b"\x89PNG", cid="logo")
    page = '<img src="cid:logo">'
    raw = compose(letter(html=page, attachments=[logo]))
    found = standard(raw)
    related = found.get_body(("related",))
    assert related is not None
    inside = [part for part in related.iter_parts() if part["content-id"]]
    assert [part["content-id"] for part in inside] == ["<logo>"]
    assert inside[0].get_content() == b"\x89PNG"


def test_a_mail_inside_keeps_its_bytes() -> None:
    file = Attached("alt.eml", "message/rfc822", b"From: x\n\nhi")
    (found,) = list(standard(compose(letter(attachments=[file]))).iter_attachments())
    assert found.get_content_type() == "application/octet-stream"
    assert found.get_content() == b"From: x\n\nhi"
