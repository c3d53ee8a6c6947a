"""HTML of strangers: what is left of it, and what it turns into as text."""

# ruff: noqa: E501  (bytes and lines as they are written)

import pytest

from peakend.adapters.mail import read
from peakend.adapters.mail.hypertext import bounded, lines_of, safe, to_show

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,alert(1)'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='https://bank.example@evil.example/'>x</a>",
    "<a href='https:\\\\evil.example'>x</a>",
    "<form action='https://evil.example'><input name=evil.example></form>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object>",
    "<base href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<div style='background:url(https://evil.example/a.png)'>x</div>",
    "<div style='background-color:red;border-image:url(https://evil.example/a.png)'>x</div>",
    "<div style='color:\\75rl(https://evil.example/a.png)'>x</div>",
    "<table background='https://evil.example/a.png'><tr><td>x</table>",
    "<img src='https://evil.example/a.png'>",
    "<img srcset='https://evil.example/a.png 1x' src='//evil.example/a.png'>",
    "<video poster='https://evil.example/a.png'></video>",
    "<input type=image src='https://evil.example/a.png'>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_is_run_and_nothing_is_loaded(hostile: str) -> None:
    clean, _ = safe(hostile)
    for sign in (
        "alert(1)</",
        "onerror",
        "script:",
        "data:",
        "evil.example",
        "url(",
        "<svg",
        "<form",
    ):
        assert sign not in clean.replace('title="</noscript><img src=x onerror=alert(1)>"', "")


@pytest.mark.parametrize(
    "style",
    ["position:fixed", "display:none", "z-index:9", "opacity:0", "margin-top:-900px", "font-size:0",
     "width:99999px", "visibility:hidden"],
)  # fmt: skip
def test_a_mail_neither_covers_nor_hides(style: str) -> None:
    clean, _ = safe(f'<div style="{style};color:red">x</div>')
    assert clean == '<div style="color:red">x</div>'


def test_what_is_harmless_stays() -> None:
    given = (
        '<p style="color:red">你好 <b>b</b></p><table border="1"><tbody><tr><td colspan="2">x</td></tr>'
        '</tbody></table><img src="cid:a@b" alt="图">'
    )
    assert safe(given) == (given, 0)


def test_links_leave_without_a_trace() -> None:
    clean, _ = safe('<a href="https://x.example/?a=1&amp;b=2">x</a>')
    assert 'href="https://x.example/?a=1&amp;b=2"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean
    assert 'target="_blank"' in clean


def test_pictures_come_back_through_our_own_way_only() -> None:
    given = '<img src="https://x.example/a.png">'
    assert safe(given) == ("<img>", 1)
    assert safe(given, lambda url: "https://house.example/pictures/1") == (
        '<img src="https://house.example/pictures/1">',
        1,
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<img src='https://x.example/a.png?b=1&amp;c=\"2' width=3>",
         '<img data-remote="https://x.example/a.png?b=1&amp;c=&quot;2" width="3">'),
        ("<img src=' //x.example/a.png'>", '<img data-remote="https://x.example/a.png">'),
        # Nobody outside names a place himself, and words that look like a mark of ours stay words.
        ("<img data-remote='https://x.example/a.png'>", "<img>"),
        ('src="remote:https://x.example/', 'src="remote:https://x.example/'),
        ("<img src='remote:https://x.example/a.png'>", "<img>"),
        (f"<img src='https://x.example/{'a' * 2000}'>", "<img>"),
    ],
)  # fmt: skip
def test_where_a_remote_picture_lies_stands_where_nothing_loads_it(given: str, shown: str) -> None:
    assert to_show(given)[0] == shown


def test_text_keeps_its_lines_and_knows_what_is_quoted() -> None:
    page = (
        "<title>Card</title><style>p{}</style><p>one<br>two</p><ul><li>three</li></ul><pre>a\n b</pre>"
        "<table><tr><td>x</td><td>y</td></tr></table><div class=gmail_quote>old</div>"
        "<blockquote>older</blockquote>after &lt;b&gt;"
    )
    assert [line for line in lines_of(page) if line[0]] == [
        ("Card", True), ("one", False), ("two", False), ("three", False), ("a", False), (" b", False),
        ("x y", False), ("old", True), ("older", True), ("after <b>", False),
    ]  # fmt: skip


def test_paragraphs_of_outlook_are_lines() -> None:
    page = "<p class=MsoNormal>one</p><p class=MsoNormal>two</p><p>three</p><p>four</p>"
    assert [line for line, _ in lines_of(page)] == ["one", "two", "three", "", "four", ""]


def test_too_much_html_becomes_plain_text() -> None:
    mail = read(
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 999 + b"<script>x</script>hi <b>you"
    )
    assert mail.text == "hi you"
    assert mail.html_safe == "<pre>hi you</pre>"


def test_comments_do_not_count_and_do_not_hide() -> None:
    office = "<!--[if gte mso 9]><xml>" + "<w:x><w:y>" * 300 + "</xml><![endif]-->hi"
    assert bounded(office) is None
    for hidden in ("<!-->{}-->", "<style><!--</style>{}-->", "<!--{}"):
        assert bounded(hidden.format("<div>" * 999)) == "html_too_deep"
