"""Roles, sessions, names, passwords, preferences."""

from datetime import UTC, datetime, timedelta

import pytest

from peakend.accounts.rules import (
    ROLES,
    audit_link,
    built_in_rights,
    clean_name,
    contrast,
    cookie_name,
    covers,
    is_login,
    is_readable_colour,
    is_slug,
    is_time_zone,
    is_weak_password,
    login_key,
    preferences_after,
    session_end_at,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_each_role_holds_all_of_the_one_below() -> None:
    assert ROLES["agent"] < ROLES["supervisor"] < ROLES["admin"]


@pytest.mark.parametrize("own", ["agent", "supervisor", "admin"])
@pytest.mark.parametrize("wanted", ["agent", "supervisor", "admin", "owner", "", "Admin"])
def test_nobody_grants_what_he_does_not_have(own: str, wanted: str) -> None:
    order = ["agent", "supervisor", "admin"]
    allowed = wanted in order and order.index(wanted) <= order.index(own)
    if wanted in ROLES:
        assert covers(built_in_rights(own), built_in_rights(wanted)) is allowed
    else:
        assert built_in_rights(wanted).permissions == frozenset()


@pytest.mark.parametrize(
    ("role", "idle", "whole"),
    [
        ("admin", timedelta(minutes=30), timedelta(hours=12)),
        ("supervisor", timedelta(hours=12), timedelta(days=7)),
        ("agent", timedelta(hours=12), timedelta(days=7)),
        ("unheard-of", timedelta(minutes=30), timedelta(hours=12)),
    ],
)
def test_a_session_ends_idle_or_old(role: str, idle: timedelta, whole: timedelta) -> None:
    assert session_end_at(role, NOON, NOON) == NOON + idle
    assert session_end_at(role, NOON, NOON + whole) == NOON + whole


def test_the_cookie_is_bound_to_the_host_over_https() -> None:
    assert cookie_name(True) == "__Host-peakend"
    assert cookie_name(False) == "peakend"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  林  夕 ", "林 夕"),
        ("a\x00b\r\nc", "a b c"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("👩‍👧 妈妈", "👩‍👧 妈妈"),
        ("\u2066\u200f", ""),
    ],
)
def test_a_name_stands_on_one_line(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    ("given", "key"),
    [("Lin@Example.COM ", "lin@example.com"), ("ＬＩＮ", "lin"), ("STRASSE", "strasse")],
)
def test_logins_are_compared_without_case_and_width(given: str, key: str) -> None:
    assert login_key(given) == key


@pytest.mark.parametrize("login", ["", "x", " ", "a b", "a\x00b", "a\nb", "x" * 101, "a\u202eb"])
def test_what_no_login_is(login: str) -> None:
    assert not is_login(login)


@pytest.mark.parametrize(
    "password",
    ["", "short", "123456789", "1234567890", "aaaaaaaaaaaaaa", "abababababab", "Password123",
     "lin@example.com", "x1y2z3" * 30],
)  # fmt: skip
def test_weak_passwords(password: str) -> None:
    assert is_weak_password(password, "lin@example.com")


@pytest.mark.parametrize(
    "password", ["床前明月光疑是地上霜", "correct horse battery", "Xk3-fj29-qp"]
)
def test_good_passwords(password: str) -> None:
    assert not is_weak_password(password, "lin@example.com")


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a b", "a/b", "..", "中", "a" * 41])
def test_what_no_address_part_is(slug: str) -> None:
    assert not is_slug(slug)


def test_white_text_must_be_readable_on_a_brand() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert is_readable_colour("#0b6b75")
    assert not is_readable_colour("#ffd400")
    assert not is_readable_colour("red")
    assert not is_readable_colour("#0b6b75;}")


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "Europe/London"])
def test_time_zones(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "/etc/localtime", "a\x00"])
def test_what_no_time_zone_is(name: str) -> None:
    assert not is_time_zone(name)


def test_preferences_are_laid_over_and_taken_away() -> None:
    assert preferences_after(
        {"theme": "dark", "sounds": True}, {"theme": None, "density": "c"}
    ) == {
        "sounds": True,
        "density": "c",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"__proto__": {"admin": True}},
        {"constructor.x": 1},
        {"A": 1},
        {"a" * 41: 1},
        {"x": "a\x00"},
        {"x": "a" * 9000},
        {"x": {"a": {"b": {"c": {"d": {"e": 1}}}}}},
        {"x": 10**30},
        {"x": list(range(201))},
    ],
)
def test_preferences_refused(changes: dict[str, object]) -> None:
    assert preferences_after({}, changes) is None


def test_each_seal_depends_on_all_before() -> None:
    first = audit_link(b"", {"id": 1})
    assert audit_link(first, {"id": 2}) != audit_link(b"", {"id": 2})
    assert audit_link(first, {"b": 1, "a": 2}) == audit_link(first, {"a": 2, "b": 1})
