"""Bytes to text when the label is wrong, unknown or missing.

Chinese comes first: every gb label means GB18030, and what is not declared is weighed by how
common its characters are. What is neither Unicode nor East Asian goes to charset-normalizer.
"""

import codecs
import re
from functools import cache

from charset_normalizer import from_bytes

# How much of a long text is weighed.
_SAMPLE = 16_384


def _words(text: str) -> list[str]:
    return text.split()


_ALIASES = {
    **dict.fromkeys(
        _words(
            "gb2312 gbk xgbk gb18030 gb180302000 gb180302005 cp936 ms936 windows936 xcp936 "
            "euccn gb xgb2312 chinese csgb2312 gb231280 isoir58 xeuccn gb23121980 zhcn csgbk "
            "eucgb2312cn gbk936 936"
        ),
        "gb18030",
    ),
    **dict.fromkeys(["hz", "hzgb2312", "hzgb"], "hz"),
    **dict.fromkeys(
        _words("big5 big5hkscs cp950 xbig5 csbig5 big5tw cnbig5 big5eten windows950 ms950 950"),
        "big5hkscs",
    ),
    **dict.fromkeys(
        _words("shiftjis sjis xsjis cp932 windows31j ms932 csshiftjis mskanji windows932"),
        "cp932",
    ),
    **dict.fromkeys(
        _words("euckr ksc56011987 ksc5601 cp949 uhc windows949 ksc56011989 korean"),
        "cp949",
    ),
    **dict.fromkeys(["eucjp", "xeucjp", "ujis"], "euc_jp"),
    **dict.fromkeys(
        _words(
            "iso88591 latin1 l1 usascii ascii cp1252 windows1252 ansi ansix341968 iso885915 "
            "iso646us us iso8859 cp819"
        ),
        "cp1252",
    ),
    **dict.fromkeys(["iso88599", "latin5", "windows1254", "cp1254"], "cp1254"),
    **dict.fromkeys(["tis620", "iso885911", "windows874"], "cp874"),
    **dict.fromkeys(
        _words("utf8 unicode11utf8 xunicode20utf8 xutf8 utf8mb4 cp65001 65001"), "utf-8"
    ),
    **dict.fromkeys(["utf7", "unicode11utf7", "csunicode11utf7", "xunicode20utf7"], "utf-7"),
    **dict.fromkeys(
        ["iso2022jp", "csiso2022jp", "iso2022jpms", "cp50220", "cp50221"], "iso-2022-jp"
    ),
    "xmaccyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
    "xmacroman": "mac-roman",
    "iso88598i": "iso8859-8",
    "iso88598e": "iso8859-8",
}
_VAGUE = {"", "unknown", "unknown8bit", "8bit", "7bit", "default", "xuserdefined", "none", "binary"}
# Labels that programs write without looking.
_CARELESS = {"cp1252", "cp1254"}

_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过"
    "发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本"
    "前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很"
    "最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度"
    "门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电"
    "数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马"
    "科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万"
    "取拉格望觉术领共确传师观清今切院让识候带导争运笔您邮箱件请谢感复购买订单退货款客服您好联系售"
    "這個們來為國說時會對過發後裡麼學現當沒動還進樣開從實軍無與長機業將兩間問並應戰頭體見產話"
    "給門處條氣題別變總電數報結務場計資許統區隊決馬書則聽卻達強難權設記類據邊張該規萬覺術領確傳"
    "師觀讓識帶導爭運請謝復購買訂單貨聯繫您郵件"
)
_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
# Windows-1252 with its five free places filled as browsers fill them.
_WESTERN = "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in range(256))
_ESC_JP = re.compile(rb"(\x1b\$[@B]|\x1b\([BJI]|\x1b\$\(D)")


def labelled(label: str) -> str | None:
    """Return the codec that a charset label means, None where nobody knows it."""
    short = re.sub(r"[^a-z0-9]", "", label.lower())
    if short in _VAGUE:
        return None
    if found := _ALIASES.get(short):
        return found
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError, UnicodeError):
        return None
    return info.name if getattr(info, "_is_text_encoding", True) else None


def decoded(raw: bytes, label: str = "", hint: str = "") -> tuple[str, bool]:
    """Return a text, and whether all of its bytes could be read.

    `hint` is the label of another part of the same mail.
    """
    codec = labelled(label)
    if raw.isascii():
        return _seven_bits(raw, codec), True
    unicode = _as_unicode(raw)
    strict = _strictly(raw, codec) if codec and codec not in (*_CARELESS, "utf-8") else None
    if unicode is not None:
        doubtful = strict is not None and _weight(strict, codec or "") >= _weight(unicode, "utf-8")
        return (strict or "" if doubtful else unicode), True
    if strict is not None:
        return strict, True
    told = labelled(hint) if codec is None else None
    if told and told not in _CARELESS:
        text = _strictly(raw, told)
        if text is not None and _weight(text, told) > -0.2:
            return text, True
    best = guessed(raw, [one for one in (codec, labelled(hint)) if one])
    text = _strictly(raw, best)
    return (text, True) if text is not None else (raw.decode(best, "replace"), False)


def _seven_bits(raw: bytes, codec: str | None) -> str:
    """Read what has no high byte: plain, unless it switches to and fro (ISO-2022, HZ, UTF-7)."""
    if b"\x1b$" in raw and not (codec or "").startswith("iso2022"):
        codec = "iso-2022-jp"
    elif codec is None and b"~{" in raw:
        codec = "hz"
    stateful = codec in ("hz", "utf-7", "iso-2022-jp") or (codec or "").startswith("iso2022")
    if stateful or (codec and codec.startswith("utf-") and b"\x00" in raw):
        return _strictly(raw, codec or "") or raw.decode("ascii")
    return raw.decode("ascii")


def guessed(raw: bytes, likely: list[str] | None = None) -> str:
    """Return the codec whose reading of these bytes looks most like somebody's language."""
    if b"\x1b$" in raw and raw.isascii():
        return "iso-2022-jp"
    sample = raw[:_SAMPLE]
    if _mostly_unicode(sample):
        return "utf-8"
    likely = likely or []
    weights = {}
    for codec in dict.fromkeys([*likely, *_ASIAN]):
        if codec in _CARELESS or codec == "utf-8":
            continue
        text = sample.decode(codec, "replace")
        weights[codec] = _weight(text, codec) + (0.15 if codec in likely else 0)
    best = max(weights, key=lambda codec: weights[codec])
    if weights[best] > 0.35 and _paired(sample):
        return best
    if likely and likely[0] != "utf-8" and (likely[0] not in _ASIAN or _paired(sample)):
        return likely[0]
    high = sum(byte > 127 for byte in sample)
    if high >= 24 and (found := from_bytes(sample[:4096]).best()) is not None:
        return found.encoding
    return "cp1252"


def _as_unicode(raw: bytes) -> str | None:
    """Return the text when the bytes can hardly be anything but Unicode."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(codec, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mostly_unicode(sample: bytes) -> bool:
    """Say whether this is UTF-8 with a few damaged places, such as a cut end."""
    try:
        begun = codecs.getincrementaldecoder("utf-8")().decode(sample)
        return not begun.isascii()
    except UnicodeDecodeError:
        pass
    damaged = sample.decode("utf-8", "replace")
    good = sum(ord(sign) > 127 and sign != "\ufffd" for sign in damaged)
    return good > 3 and damaged.count("\ufffd") * 10 <= good


def _paired(sample: bytes) -> bool:
    """Say whether high bytes come as East Asian text has them, not one by one as accents."""
    runs = re.findall(rb"[\x80-\xff](?:[\x80-\xff]|[@-~](?=[\x80-\xff]))*", sample)
    single = sum(len(run) == 1 for run in runs)
    return bool(runs) and single * 3 <= len(runs)


def _strictly(raw: bytes, codec: str) -> str | None:
    if codec == "iso-2022-jp":
        return _japanese(raw)
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError):
        if codec != "cp1252":
            return None
    return codecs.charmap_decode(raw, "strict", _WESTERN)[0]


def _japanese(raw: bytes) -> str | None:
    """Read ISO-2022-JP with the signs of Windows (①), which Python's own codec refuses."""
    found, state = [], b"\x1b(B"
    for piece in _ESC_JP.split(raw):
        if _ESC_JP.fullmatch(piece):
            state = piece
        elif state in (b"\x1b$B", b"\x1b$@"):
            pairs = [piece[at : at + 2] for at in range(0, len(piece), 2)]
            found.append("".join(_kuten(pair) for pair in pairs))
        elif state == b"\x1b(I":
            found.append(bytes(byte | 128 for byte in piece).decode("cp932", "replace"))
        elif state == b"\x1b$(D":
            found.append("\ufffd" * (len(piece) // 2))
        else:
            found.append(piece.decode("cp932", "replace"))
    return "".join(found)


def _kuten(pair: bytes) -> str:
    """Return one double-byte sign, moved from JIS to where Shift-JIS has it."""
    if len(pair) < 2 or not (0x21 <= pair[0] <= 0x7E and 0x21 <= pair[1] <= 0x7E):
        return pair.decode("ascii", "replace")
    row, cell = pair[0] - 0x21, pair[1]
    lead = (row >> 1) + (0x81 if row < 0x3E else 0xC1)
    trail = cell + 0x7E if row & 1 else cell + (0x1F if cell < 0x60 else 0x20)
    return bytes([lead, trail]).decode("cp932", "replace")


@cache
def _everyday(codec: str) -> frozenset[str]:
    """The characters of a national standard's first level: what nearly all text is written in."""
    leads, trails = (
        (range(0xB0, 0xD8), range(0xA1, 0xFF))
        if codec == "gb18030"
        else (range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    )
    signs = (bytes([a, b]).decode(codec, "ignore") for a in leads for b in trails)
    return frozenset("".join(signs))


def _weight(text: str, codec: str) -> float:
    """Return how much a reading looks like a language: about 1 for good, below 0 for rubbish."""
    everyday = _everyday("big5hkscs" if codec == "big5hkscs" else "gb18030")
    other = _everyday("big5hkscs" if codec != "big5hkscs" else "gb18030")
    total = signs = 0.0
    for sign in text[:_SAMPLE]:
        if sign < "\x80":
            continue
        signs += 1
        total += _worth(sign, everyday, other)
    return total / signs if signs else 0.0


def _worth(sign: str, everyday: frozenset[str], other: frozenset[str]) -> float:
    code = ord(sign)
    if sign in _COMMON:
        return 1.6
    if 0x4E00 <= code <= 0x9FFF:
        return 0.7 if sign in everyday else 0.3 if sign in other else -0.8
    if 0x3040 <= code <= 0x30FF:
        return 1.3
    if sign in "，。！？：；（）、“”‘’《》【】…—·￥～　「」":
        return 1.3
    if 0xFF01 <= code <= 0xFF5E or 0x3000 <= code <= 0x303F:
        return 0.8
    if 0xAC00 <= code <= 0xD7A3:
        return 0.6
    if 0xE000 <= code <= 0xF8FF or 0x80 <= code < 0xA0 or sign == "\ufffd":
        return -3.0
    if 0xFF61 <= code <= 0xFF9F or 0x3400 <= code <= 0x4DBF or code > 0x1FFFF:
        return -1.2
    return 0.3 if sign.isalpha() else 0.0
