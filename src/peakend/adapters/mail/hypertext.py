"""HTML of strangers: made harmless with nh3, and turned into lines of text.

nh3 takes quadratic time for what is nested deeply, so its input is measured before. Nothing is
loaded from elsewhere: remote pictures have their address where nothing loads it (docs/security.md,
45 and 6.5).
"""

import html
import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import nh3

LARGEST_HTML = 1024 * 1024
DEEPEST = 200
MOST_TAGS = 60_000
MOST_ATTRIBUTES = 40_000
MOST_LINKS = 5000
# Of where a picture lies, in signs.
LONGEST_ADDRESS = 2000


def _words(text: str) -> list[str]:
    return text.split()


_TAGS = frozenset(
    _words(
        "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup "
        "dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd "
        "li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th "
        "thead time tr tt u ul var"
    )
)
_GONE = {"script", "style", "title", "template", "noscript", "svg", "math", "object", "iframe"}
_CELL = {"align", "valign", "bgcolor", "width", "height", "colspan", "rowspan"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width", "height"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"align", "valign", "bgcolor"},
    "col": {"width", "span"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
}
# No position, display, visibility, z-index, opacity: a mail neither covers nor hides anything.
_STYLES = set(
    _words(
        "background-color border border-bottom border-bottom-color border-bottom-style "
        "border-bottom-width border-collapse border-color border-left border-left-color "
        "border-left-style border-left-width border-right border-spacing border-style "
        "border-top border-width color font-family font-size font-style font-weight height "
        "letter-spacing line-height list-style-type margin margin-bottom margin-left "
        "margin-right margin-top max-width min-width padding padding-bottom padding-left "
        "padding-right padding-top text-align text-decoration text-indent vertical-align "
        "white-space width word-break word-wrap"
    )
)
_BAD_VALUE = re.compile(
    r"[\\@<>]|url|image|expression|import|var\s*\(|attr\s*\(|/\*", re.IGNORECASE
)
_NEGATIVE = re.compile(
    r"(^|[\s:;(])-\s*[\d.]|(?<![\d.])0*[1-9]\d{4,}|font-size\s*:\s*0*(?:\.0+)?\s*(?:[a-z%]|;|$)",
    re.I,
)

# What browsers close by themselves does not nest, however often it is opened.
_FLAT = frozenset(
    _words("p li td tr th dd dt tbody thead option br hr img input meta link col base area wbr o:p")
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})([^<>]{0,20000})")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = re.compile(
    r"</(?:style|script|title|textarea|xmp|iframe|noembed|noframes|noscript|template)", re.I
)
_PLAIN_TAG = re.compile(r"<[^<>]{0,20000}>")
_TOKEN = re.compile(r"<(/?)([a-z0-9]+)(?: class=\"(quoted|tight)\")?[^>]*>|([^<]+)")
_QUOTES = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|OutlookMessageHeader"
    r"|isReplyContent|divRplyFwdMsg|appendonsend|ntes-quote|mail-editor-reference"
    r"|^cite$|reply-intro|ori_mail|history_mail",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    _words(
        "address blockquote center dd div dl dt figure h1 h2 h3 h4 h5 h6 hr li ol p pre "
        "table tr ul br caption figcaption"
    )
)


def bounded(source: str) -> str | None:
    """Return why this is too much for one look, None where it is not."""
    if len(source) > LARGEST_HTML:
        return "html_too_large"
    depth = attributes = links = 0
    for tags, match in enumerate(_TAG.finditer(_uncommented(source))):
        name = match[2].lower()
        if name not in _FLAT:
            depth = max(depth + (-1 if match[1] else 1), 0)
        attributes += match[3].count("=")
        links += name == "a"
        if depth > DEEPEST:
            return "html_too_deep"
        if tags > MOST_TAGS or attributes > MOST_ATTRIBUTES or links > MOST_LINKS:
            return "html_too_large"
    return None


def _uncommented(source: str) -> str:
    """Leave comments out (Outlook keeps hundreds of XML tags there), where they surely are some.

    Inside a style or a script the same signs mean nothing, and so could hide what is nested.
    """
    kept, at = [], 0
    while (begin := source.find("<!--", at)) >= 0:
        close = _COMMENT_END.search(source, begin + 4)
        if close is None:
            break
        end = begin + 4 if source.startswith((">", "->"), begin + 4) else close.end()
        hiding = _RAW_END.search(source, begin, end)
        kept.append(source[at : end if hiding else begin])
        at = end
    return "".join([*kept, source[at:]])


def safe(source: str, picture: Callable[[str], str | None] = lambda _: None) -> tuple[str, int]:
    """Return HTML that can be shown, and how many pictures from elsewhere it asked for.

    `picture` returns what to load instead of a remote address; by default nothing is.
    """
    remote = 0

    def value(element: str, attribute: str, given: str) -> str | None:
        nonlocal remote
        if attribute == "style":
            return _style(given)
        if attribute == "href":
            return _link(given)
        if attribute == "src":
            if re.fullmatch(r"cid:[^\s\"'<>]{1,200}", given.strip(), re.IGNORECASE):
                return given.strip()
            if re.match(r"\s*(https?:)?//", given, re.IGNORECASE):
                remote += 1
                return picture(given)
            return None
        return None if _BAD_VALUE.search(given) and attribute not in ("alt", "title") else given

    clean = nh3.clean(
        source,
        tags=set(_TAGS),
        clean_content_tags=_GONE,
        attributes={element: set(names) for element, names in _ATTRIBUTES.items()},
        attribute_filter=value,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return clean, remote


def to_show(source: str) -> tuple[str, int]:
    """Return HTML that can be kept and shown, and how many pictures from elsewhere it asks for.

    Where such a picture lies stands in `data-remote`, which no browser and no mail program loads.
    """
    # A scheme that nobody can have written, so that nothing else is taken for a mark of ours.
    scheme = f"remote{secrets.token_hex(8)}"

    def kept(address: str) -> str | None:
        given = address.strip()
        whole = f"https:{given}" if given.startswith("//") else given
        return f"{scheme}:{whole}" if len(whole) <= LONGEST_ADDRESS else None

    clean, remote = safe(source, kept)
    return clean.replace(f'src="{scheme}:', 'data-remote="'), remote


def escaped(text: str) -> str:
    """Return plain text as HTML that reads the same."""
    return f"<pre>{html.escape(text)}</pre>"


def lines_of(source: str) -> list[tuple[str, bool]]:
    """Return the text of HTML line by line, and which lines are quoted history."""

    def marked(element: str, attribute: str, given: str) -> str | None:
        if _QUOTES.search(given):
            return "quoted"
        # Outlook's paragraphs are lines: they have no space between them.
        return "tight" if element == "p" and given.startswith("Mso") else None

    clean = nh3.clean(
        re.sub(r"(?i)</?(?:includetail|o:p)[^<>]{0,200}>", "", source),
        tags=set(_TAGS),
        clean_content_tags=_GONE,
        # The sign of a quotation may stand in any of these; it comes out as the class alone.
        attributes={"*": {"class", "id", "type", "name"}},
        attribute_filter=marked,
        link_rel=None,
    )
    clean = re.sub(r' (?:id|type|name)="quoted"', ' class="quoted"', clean)
    title = re.search(r"<title[^<>]{0,200}>([^<]{1,400})</title", source[:100_000], re.IGNORECASE)
    named = html.unescape(title[1]).split() if title else []
    # The title is part of the text, but nobody's reply.
    return [*([(" ".join(named), True)] if named else []), *_Lines().read(clean)]


def rough_lines(source: str) -> list[tuple[str, bool]]:
    """Return the text of HTML that is too much for a parser: tags cut out, nothing understood."""
    source = re.sub(
        r"(?is)<(script|style)\b[^<]{0,200000}</\1[^<>]{0,200}>", "", source[: 4 * LARGEST_HTML]
    )
    source = re.sub(r"(?i)<(?:br|/?p|/?div|/?tr|/?li)\b[^<>]{0,2000}>", "\n", source)
    text = html.unescape(_PLAIN_TAG.sub("", source))
    return [(line.strip(), False) for line in text.split("\n") if line.strip()]


class _Lines:
    """Text being gathered from clean HTML, whose tags have no attributes but the one of quotes."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []
        self.open: list[tuple[str, bool]] = []
        self.line: list[str] = []
        self.quoted = self.preformatted = 0
        self.tight = False

    def read(self, clean: str) -> list[tuple[str, bool]]:
        for closing, name, mark, text in _TOKEN.findall(clean):
            if text:
                self._text(html.unescape(text))
            elif closing:
                self._close(name)
            else:
                self._open(name, mark)
        self._end()
        return self.lines

    def _text(self, text: str) -> None:
        if self.preformatted:
            first, *others = text.split("\n")
            self.line.append(first)
            for other in others:
                self._end()
                self.line.append(other)
        else:
            self.line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def _open(self, name: str, mark: str) -> None:
        if name in _BLOCKS:
            self._end(kept=name == "br")
        if name in ("td", "th") and self.line:
            self.line.append(" ")
        if name in ("br", "hr", "img", "col"):
            return
        quoting = mark == "quoted" or name == "blockquote"
        self.open.append((name, quoting))
        self.quoted += quoting
        self.tight = mark == "tight" or (self.tight and name != "p")
        self.preformatted += name == "pre"

    def _close(self, name: str) -> None:
        if name in _BLOCKS:
            self._end()
        if self.open and self.open[-1][0] == name:
            _, quoting = self.open.pop()
            self.quoted -= quoting
            self.preformatted -= name == "pre"
        if self.tight and name == "p":
            return
        if (
            name in ("p", "h1", "h2", "h3", "table", "ul", "ol")
            and self.lines
            and self.lines[-1][0]
        ):
            self.lines.append(("", self.lines[-1][1]))

    def _end(self, kept: bool = False) -> None:
        text = "".join(self.line).rstrip() if self.preformatted else "".join(self.line).strip(" ")
        self.line = []
        if text or kept or self.preformatted:
            self.lines.append((text, self.quoted > 0))


def _style(given: str) -> str | None:
    kept = [
        rule.strip()
        for rule in given[:4000].split(";")
        if rule.strip() and not _BAD_VALUE.search(rule) and not _NEGATIVE.search(rule)
    ]
    return "; ".join(kept) or None


def _link(given: str) -> str | None:
    address = re.sub(r"[\x00-\x20]", "", given)
    if re.match(r"(mailto|tel):", address, re.IGNORECASE):
        return address
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "\\" in address:
        return None
    # `https://bank.example@evil.example` reads as another place than it leads to.
    return None if "@" in parts.netloc else address
