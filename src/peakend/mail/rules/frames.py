"""How a mail looks: its text in a plain frame that old mail programs show as new ones do.

Tables, styles beside what they are about, no script, no picture but the brand's own logo, which
travels inside the mail.
"""

import re
from html import escape

import msgspec

LOGO_CID = "logo"
_LINK = re.compile(r"https?://[^\s<>\"'，。；、（）]+")
_TEXT = "font-family:'PingFang SC','Microsoft YaHei','Segoe UI',Helvetica,Arial,sans-serif"


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand's frame is made of; `logo` is where the picture is, `footer` its own words."""

    name: str
    colour: str
    language: str
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0
    footer: str = ""
    note: str = ""


def framed(text: str, look: Look, *, link: str = "", button: str = "") -> str:
    """Return a text as HTML in a brand's frame; a line that is the link alone becomes a button."""
    blocks = [
        _block(part, look.colour, link, button) for part in re.split(r"\n[ \t]*\n", text.strip())
    ]
    small = "".join(
        f'<p style="margin:0 0 4px;font-size:12px;line-height:18px;color:#6b7280">{_lines(one)}</p>'
        for one in (look.footer, look.note)
        if one.strip()
    )
    cell = '<td style="padding:16px 32px 20px;border-top:1px solid #e5e7eb">'
    foot = f"<tr>{cell}{small}</td></tr>" if small else ""
    return (
        f'<!doctype html><html lang="{escape(look.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>'
        '<body style="margin:0;padding:0;background:#f3f4f6">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"'
        ' style="background:#f3f4f6"><tr><td align="center" style="padding:24px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"'
        f' style="max-width:600px;background:#ffffff;border-top:4px solid {escape(look.colour)};'
        f'{_TEXT};color:#1f2937">'
        f'<tr><td style="padding:20px 32px 0">{_head(look)}</td></tr>'
        f'<tr><td style="padding:16px 32px 12px">{"".join(blocks)}</td></tr>{foot}'
        "</table></td></tr></table></body></html>"
    )


def _head(look: Look) -> str:
    name = escape(look.name)
    if not look.logo:
        return f'<div style="font-size:16px;line-height:24px;font-weight:600">{name}</div>'
    width = f' width="{look.logo_width}"' if look.logo_width else ""
    height = f' height="{look.logo_height}"' if look.logo_height else ""
    return (
        f'<img src="{escape(look.logo)}" alt="{name}"{width}{height}'
        ' style="display:block;border:0;max-width:100%;height:auto">'
    )


def _block(part: str, colour: str, link: str, button: str) -> str:
    if link and button and part.strip() == link:
        address = escape(link)
        return (
            f'<p style="margin:20px 0"><a href="{address}" style="display:inline-block;'
            f"padding:10px 20px;border-radius:6px;background:{escape(colour)};color:#ffffff;"
            f'text-decoration:none;font-size:15px;line-height:22px">{escape(button)}</a></p>'
            '<p style="margin:0 0 16px;font-size:12px;line-height:18px;color:#6b7280;'
            f'word-break:break-all">{address}</p>'
        )
    return f'<p style="margin:0 0 14px;font-size:15px;line-height:24px">{_lines(part.strip())}</p>'


def _lines(text: str) -> str:
    return "<br>".join(_linked(line) for line in text.strip().split("\n"))


def _linked(line: str) -> str:
    made, last = "", 0
    for found in _LINK.finditer(line):
        address = escape(found.group())
        made += escape(line[last : found.start()])
        made += f'<a href="{address}" style="color:#1d4ed8">{address}</a>'
        last = found.end()
    return made + escape(line[last:])
