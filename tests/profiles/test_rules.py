"""Which values fit a field, and what is shown of private ones."""

import time
from typing import Any

import pytest

from peakend.profiles.rules.fields import (
    Option,
    Shape,
    fitting,
    given_of,
    masked,
    options_after,
    shape_fault,
    spelled,
    unspelled,
)

TREE = [
    Option(key="home", zh="家电", en="Appliances"),
    Option(key="hob", zh="燃气灶", en="Hob", parent="home"),
    Option(key="fan", zh="油烟机", en="Hood", parent="home", active=False),
]


@pytest.mark.parametrize(
    ("shape", "given", "kept"),
    [
        (Shape(kind="text"), "  三号楼\n二单元 ", "三号楼 二单元"),
        (Shape(kind="text"), "", None),
        (Shape(kind="text"), "x" * 2001, None),
        (Shape(kind="text"), 3, None),
        (Shape(kind="text", pattern="[A-Z]{2}[0-9]+"), "AB12", "AB12"),
        (Shape(kind="text", pattern="[A-Z]{2}[0-9]+"), "AB12x", None),
        (Shape(kind="number"), 3, 3),
        (Shape(kind="number"), 2.5, 2.5),
        (Shape(kind="number"), True, None),
        (Shape(kind="number"), 1e16, None),
        (Shape(kind="number"), float("nan"), None),
        (Shape(kind="number", least=1, most=5), 6, None),
        (Shape(kind="date"), "2026-02-28", "2026-02-28"),
        (Shape(kind="date"), "2026-02-30", None),
        (Shape(kind="date"), "20260228", None),
        (Shape(kind="flag"), False, False),
        (Shape(kind="flag"), "yes", None),
        (Shape(kind="phone"), "+86 138-1234-5678", "+86 138-1234-5678"),
        (Shape(kind="phone"), "no", None),
        (Shape(kind="email"), "lin@qq.com", "lin@qq.com"),
        (Shape(kind="email"), "lin@qq", None),
        (Shape(kind="link"), "javascript:alert(1)", None),
        (Shape(kind="link"), "https://shop.cn/o/1", "https://shop.cn/o/1"),
        (Shape(kind="tree", options=TREE), "hob", "hob"),
        (Shape(kind="tree", options=TREE), "home", None),
        (Shape(kind="tree", options=TREE), "fan", None),
        (Shape(kind="choice", options=TREE[:1]), "home", "home"),
        (Shape(kind="choice", options=TREE[:1]), "other", None),
    ],
)
def test_what_fits(shape: Shape, given: Any, kept: Any) -> None:
    found = fitting(shape, given)
    assert (None if found is None else given_of(found)) == kept
    if found is not None:
        assert unspelled(shape.kind, spelled(found)) == found


def test_what_was_put_aside_stays_where_it_is() -> None:
    shape = Shape(kind="tree", options=TREE)
    assert fitting(shape, "fan") is None
    assert fitting(shape, "fan", known="fan") is not None
    left = options_after(TREE, TREE[:1])
    assert [(one.key, one.active) for one in left] == [
        ("home", True), ("hob", False), ("fan", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        (Shape(kind="text", pattern="(a+"), "pattern"),
        (Shape(kind="text", pattern=r"(a)\1"), "pattern"),
        (Shape(kind="text", pattern="(?=a)"), "pattern"),
        (Shape(kind="text", pattern="((a{1,100}){1,100}){1,100}"), "pattern"),
        (Shape(kind="date", pattern="a"), "pattern"),
        (Shape(kind="choice"), "options"),
        (Shape(kind="text", options=TREE), "options"),
        (Shape(kind="choice", options=TREE), "options"),
        (Shape(kind="tree", options=[*TREE, TREE[0]]), "options"),
        (Shape(kind="tree", options=[Option(key="a", zh="a", en="a", parent="a")]), "options"),
        (Shape(kind="tree", options=TREE[1:]), "options"),
        (Shape(kind="number", least=2, most=1), "least"),
        (Shape(kind="text", least=2), "least"),
        (Shape(kind="tree", options=TREE), None),
        (Shape(kind="text", pattern="[0-9]{18}"), None),
    ],
)
def test_what_a_field_may_look_like(shape: Shape, fault: str | None) -> None:
    assert shape_fault(shape) == fault


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(a|aa)+$"])
def test_no_pattern_hangs_a_desk(pattern: str) -> None:
    begun = time.perf_counter()
    fitting(Shape(kind="text", pattern=pattern), "a" * 1999 + "!")
    assert time.perf_counter() - begun < 10  # tried in full it would take longer than there is time


@pytest.mark.parametrize(
    ("kind", "privacy", "mask", "text", "shown"),
    [
        ("phone", "personal", "auto", "13812345678", "138****5678"),
        ("email", "personal", "auto", "linxi@qq.com", "l***@qq.com"),
        ("text", "personal", "auto", "110101199003070134", "11****0134"),
        ("text", "personal", "last4", "6222020200112233", "****2233"),
        ("text", "personal", "last4", "1234567", "****"),
        ("text", "personal", "first", "林夕", "林***"),
        ("text", "personal", "auto", "林夕", "****"),
        ("date", "personal", "auto", "1990-03-07", "1990-**-**"),
        ("choice", "personal", "auto", "hob", "****"),
        ("number", "personal", "last4", "123456789", "****"),
        ("phone", "sensitive", "ends", "13812345678", "****"),
        ("phone", "personal", "all", "13812345678", "****"),
    ],
)
def test_what_is_shown(kind: Any, privacy: Any, mask: Any, text: str, shown: str) -> None:
    assert masked(kind, privacy, mask, text) == shown
