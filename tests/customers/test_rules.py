"""Host-signed identities, normal forms, masks, grams, page addresses."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.customers.rules import (
    Attribute,
    clean_text,
    grams,
    identity_text,
    masked,
    masked_text,
    normal,
    page_url,
    preferences_after,
    shown,
    sought_grams,
    verify_identity,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = int((NOW + timedelta(hours=1)).timestamp())
SECRET = "a-secret-of-this-channel"


def signed(secret: str = SECRET, **fields: Any) -> dict[str, Any]:
    """Sign as the documentation tells a host page to, without our own code."""
    fields = {"id": "u1", "exp": LATER} | fields
    fields = {key: value for key, value in fields.items() if value is not None}
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return fields | {"hash": hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()}


def test_a_good_signature_is_believed() -> None:
    claim = verify_identity(
        SECRET, signed(name="林夕 🍃", email="Lin@QQ.com", phone="+86 138-0000-1234"), NOW
    )
    assert claim.verified
    assert claim.id == "u1"
    assert claim.name == "林夕 🍃"
    assert claim.email == "lin@qq.com"
    assert claim.phone == "13800001234"


def test_the_text_to_sign_is_the_documented_one() -> None:
    text = identity_text({"name": "林夕", "id": "u1", "exp": 1767225600, "email": None})
    assert text == '{"exp":1767225600,"id":"u1","name":"林夕"}'


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (None, "unsigned"),
        ("", "unsigned"),
        ("0" * 64, "wrong_hash"),
        ("A" * 64, "wrong_hash"),
        ("x", "wrong_hash"),
        ("a" * 1_000_000, "wrong_hash"),
        ("０" * 64, "wrong_hash"),
        ([], "wrong_hash"),
        (["0" * 64], "wrong_hash"),
        ({"$ne": ""}, "wrong_hash"),
        (True, "wrong_hash"),
        (0, "wrong_hash"),
        ("0" * 63 + "\n", "wrong_hash"),
    ],
)
def test_no_wrong_hash_is_believed(wrong: Any, reason: str) -> None:
    claim = verify_identity(SECRET, signed(email="lin@qq.com") | {"hash": wrong}, NOW)
    assert not claim.verified
    assert claim.id is None
    assert claim.reason == reason
    assert claim.email == "lin@qq.com"


@pytest.mark.parametrize("secret", ["", "another-channels-secret", SECRET + " ", SECRET.upper()])
def test_another_secret_is_not_this_channels(secret: str) -> None:
    assert not verify_identity(secret, signed(), NOW).verified
    assert not verify_identity(SECRET, signed(secret), NOW).verified


@pytest.mark.parametrize(
    "change",
    [{"id": "u2"}, {"name": "别人"}, {"email": "victim@qq.com"}, {"phone": "13911112222"},
     {"exp": LATER + 1}],
)  # fmt: skip
def test_what_was_signed_cannot_be_changed(change: dict[str, Any]) -> None:
    assert not verify_identity(SECRET, signed(name="林夕") | change, NOW).verified


@pytest.mark.parametrize(
    ("expires", "reason"),
    [
        (int(NOW.timestamp()), "expired"),
        (int(NOW.timestamp()) - 1, "expired"),
        (int((NOW + timedelta(hours=24, seconds=1)).timestamp()), "expires_too_late"),
        (None, "no_expiry"),
        (str(LATER), "no_expiry"),
        (float(LATER), "no_expiry"),
        (True, "no_expiry"),
        ([LATER], "no_expiry"),
        (-1, "no_expiry"),
        (10**30, "no_expiry"),
    ],
)
def test_an_identity_expires_within_a_day(expires: Any, reason: str) -> None:
    assert verify_identity(SECRET, signed(exp=expires), NOW).reason == reason


@pytest.mark.parametrize("name", [None, "", "  "])
def test_without_an_id_nobody_is_known(name: str | None) -> None:
    assert verify_identity(SECRET, signed(id=name), NOW).reason == "no_id"


@pytest.mark.parametrize(
    "payload",
    [None, [], "x", 7, [signed()], {"id": ["u1"]}, {"id": {"a": 1}}, {"id": 7}, {"id": "a" * 201},
     {"name": "a\u2028b"}, {"name": "a\x00"}, {"email": "a\r\nb@c.d"}, {"id": "\ud800"}],
)  # fmt: skip
def test_malformed_identities_are_nobody(payload: Any) -> None:
    claim = verify_identity(SECRET, payload, NOW)
    assert not claim.verified
    assert claim.id is None


@given(
    st.one_of(
        st.none(),
        st.dictionaries(
            st.sampled_from(["id", "name", "email", "phone", "exp", "hash", "__proto__"]),
            st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text()), st.booleans()),
        ),
    )
)
def test_no_input_breaks_it_or_is_believed(payload: Any) -> None:
    assert not verify_identity(SECRET, payload, NOW).verified


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60))
def test_any_name_can_be_signed(name: str) -> None:
    assert verify_identity(SECRET, signed(name=name), NOW).verified


def test_other_languages_sign_the_same() -> None:
    # Made with the PHP and JavaScript lines of the documentation.
    fields = {"email": "a/b@例.cn", "exp": LATER, "id": 'x"y\\z', "name": "林/夕 <b>🍃</b>"}
    text = f'{{"email":"a/b@例.cn","exp":{LATER},"id":"x\\"y\\\\z","name":"林/夕 <b>🍃</b>"}}'
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert verify_identity(SECRET, fields | {"hash": digest}, NOW).verified


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("phone", "+86 138 0000 1234", "13800001234"),
        ("phone", "008613800001234", "13800001234"),
        ("phone", "１３８００００１２３４", "13800001234"),
        ("phone", "021-6543 2100", "02165432100"),
        ("phone", "+44 20 7946 0000", "+442079460000"),
        ("phone", "12", None),
        ("phone", "138000012x4", None),
        ("phone", "1" * 33, None),
        ("email", " Lin@QQ.com ", "lin@qq.com"),
        ("email", "lin@qq", None),
        ("email", "a b@qq.com", None),
        ("email", "<a@b.c>", None),
        ("login", " u1 ", "u1"),
        ("login", "U1", "U1"),
        ("login", "", None),
        ("login", "a\nb", None),
    ],
)
def test_normal_forms(kind: str, given: str, kept: str | None) -> None:
    assert normal(kind, given) == kept


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("phone", "13800001234", "138****1234"),
        ("phone", "+8613800001234", "+86138****1234"),
        ("phone", "95588", "9****8"),
        ("email", "lin@qq.com", "l***@qq.com"),
        ("login", "u1001", "u****1"),
        ("wechat", "abc", "****"),
        ("wechat", "wxid_abcdefgh123", "wx****h123"),
    ],
)
def test_masks(kind: str, value: str, seen: str) -> None:
    assert masked(kind, value) == seen


@given(st.text(min_size=1, max_size=60))
def test_a_mask_never_shows_the_whole(value: str) -> None:
    assert masked_text(value) != value or value == "****"


def test_attributes_are_shown_by_how_private_they_are() -> None:
    assert shown(Attribute("city", "城市", "上海市")) == ("上海市", False)
    assert shown(Attribute("address", "地址", "浦东新区世纪大道100号", "personal"))[1]
    assert shown(Attribute("id_number", "证件", "110101199001011234", "sensitive")) == (
        "****",
        True,
    )


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("王小明", "小明", True),
        ("王小明", "王", True),
        ("王小明", "明小", False),
        ("Anna Müller", "anna", True),
        ("Anna Müller", "na m", True),
        ("ＡＢＣ公司", "abc公", True),
    ],
)
def test_names_are_found_by_their_grams(name: str, query: str, found: bool) -> None:
    wanted = sought_grams(query)
    assert wanted
    assert (set(wanted) <= grams(name)) is found


@given(st.text(min_size=1, max_size=30), st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(name) - 1))
    part = name[begin : data.draw(st.integers(begin + 1, len(name)))]
    from peakend.customers.rules import folded

    if folded(part) and folded(part) in folded(name):
        assert set(sought_grams(part)) <= grams(name)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://shop.example/a?token=1#x", "https://shop.example/a"),
        ("https://user:pw@shop.example:8443/a", "https://shop.example:8443/a"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//evil.example/a", None),
        ("file:///etc/passwd", None),
        ("http://a:99999/", None),
        ("", None),
        ("https://a/" + "x" * 2000, "https://a/" + "x" * 490),
    ],
)
def test_page_addresses_carry_nothing(given: str, kept: str | None) -> None:
    assert page_url(given) == kept


def test_preferences_of_customers() -> None:
    assert preferences_after({"large_type": True}, {"large_type": None, "language": "en"}) == {
        "language": "en"
    }
    for wrong in ({"__proto__": 1}, {"a": []}, {"a": {}}, {"a": "x" * 201}, {"a": 2**60}):
        assert preferences_after({}, wrong) is None
    assert preferences_after({}, {f"k{n}": 1 for n in range(21)}) is None


def test_texts_keep_their_lines_and_lose_their_controls() -> None:
    assert clean_text(" a\nb\tc\x00\x1b[31m\ud800 ") == "a\nb\tc[31m"
