"""Forty mails as QQ, 163, Foxmail, Outlook, Tencent Exmail and phones in China write them.

Written for this suite, byte by byte as those programs do it: their headers, charsets (also the
wrong ones), transfer encodings and the ways they quote. Nobody in them exists.
"""

# ruff: noqa: E501  (lines of words, as they are written)

import base64
import quopri
from collections.abc import Callable
from dataclasses import dataclass, field

ASKED = "您好，您的退款申请已经提交，预计三个工作日内到账。\n跨越商城客服中心"
HOUSE = "跨越商城客服"
HOUSE_MAIL = "service@kuayue.example"


@dataclass
class Letter:
    """A mail and what reading it must give."""

    client: str
    name: str
    email: str
    subject: str
    reply: str
    raw: bytes
    files: list[str] = field(default_factory=list)


def word(text: str, label: str, codec: str | None = None) -> bytes:
    """An encoded word in base64, as nearly all Chinese programs write it."""
    content = base64.b64encode(text.encode(codec or label))
    return b"=?" + label.encode() + b"?B?" + content + b"?="


def halved(text: str, label: str) -> bytes:
    """Two words with one sign cut in the middle, as old programs fold."""
    content = text.encode(label)
    middle = len(content) // 2
    middle += 1 - (middle % 3 if label == "utf-8" else middle % 2)
    return b"\r\n ".join(
        b"=?" + label.encode() + b"?B?" + base64.b64encode(half) + b"?="
        for half in (content[:middle], content[middle:])
    )


def based(text: str, codec: str) -> bytes:
    return base64.encodebytes(text.encode(codec)).replace(b"\n", b"\r\n")


def quoted(text: str, codec: str) -> bytes:
    return quopri.encodestring(text.replace("\n", "\r\n").encode(codec))


def text_part(kind: str, text: str, label: str, codec: str, way: str) -> bytes:
    declared = f'; charset="{label}"' if label else ""
    content = {"base64": based, "quoted-printable": quoted}.get(way)
    body = content(text, codec) if content else text.replace("\n", "\r\n").encode(codec)
    head = f"Content-Type: text/{kind}{declared}\r\nContent-Transfer-Encoding: {way}\r\n\r\n"
    return head.encode() + body


def several(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    head = f'Content-Type: multipart/{kind};\r\n\tboundary="{boundary}"\r\n\r\n'.encode()
    lead = b"This is a multi-part message in MIME format.\r\n\r\n"
    inside = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + lead + inside + b"--" + boundary.encode() + b"--\r\n"


def html(text: str) -> str:
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in text.split("\n"))
    return f'<div style="font-family: 微软雅黑; font-size: 14px;">{lines}</div>'


def headed(sender: bytes, subject: bytes, *more: bytes) -> bytes:
    lines = [
        b"From: " + sender,
        b"To: " + word(HOUSE, "utf-8") + b" <" + HOUSE_MAIL.encode() + b">",
        b"Subject: " + subject,
        b"Date: Wed, 6 May 2026 10:12:30 +0800",
        b"Mime-Version: 1.0",
        *more,
    ]
    return b"\r\n".join(lines) + b"\r\n"


def qq(name: str, email: str, subject: str, reply: str) -> bytes:
    """QQ on the web: gb18030, plain and HTML, a dashed line and a grey box."""
    heads = (
        f'"{HOUSE}" <{HOUSE_MAIL}>;',
        "2026年5月5日(星期二) 下午3:20",
        f'"{name}"<{email}>;',
        subject.removeprefix("回复："),
    )
    names = ("发件人:", "发送时间:", "收件人:", "主题:")
    plain = "".join(f"{a}&nbsp;{b}\n" for a, b in zip(names, heads, strict=True))
    rows = "".join(
        f"<div><b>{a}</b>&nbsp;{b.replace('<', '&lt;').replace('>', '&gt;')}</div>"
        for a, b in zip(names, heads, strict=True)
    )
    dashes = "------------------&nbsp;原始邮件&nbsp;------------------"
    page = (
        f"{html(reply)}<div><br></div><div><br></div><div style='font-size: 12px;'>{dashes}</div>"
        f'<div style="background:#efefef;padding:8px;">{rows}</div><div><br></div>{html(ASKED)}'
        "<style>.qmbox style, .qmbox script { display: none !important; }</style>"
    )
    text = f"{reply}\n\n\n{dashes}\n{plain}\n{ASKED}"
    parts = [
        text_part(k, t, "gb18030", "gb18030", "base64")
        for k, t in (("plain", text), ("html", page))
    ]
    sender = b'"' + word(name, "gb18030") + b'" <' + email.encode() + b">"
    mailer = b"X-QQ-MIME: TCMime 1.0 by Tencent\r\nX-Mailer: QQMail 2.x"
    return headed(sender, word(subject, "gb18030"), mailer) + several(
        "alternative", "----=_NextPart_5F3A_0B1C_QQ", parts
    )


def qq_phone(name: str, email: str, subject: str, reply: str) -> bytes:
    """The QQ Mail app: an English heading and the phone's line above it."""
    page = (
        f"{html(reply)}<br><br><br>发自我的iPhone<br><br><br>"
        '<div style="font-size:70%">------------------ Original ------------------</div>'
        f"<div><b>From:</b> {HOUSE} &lt;{HOUSE_MAIL}&gt;</div>"
        f"<div><b>Date:</b> Tue,May 5,2026 3:20 PM</div><div><b>To:</b> {name} &lt;{email}&gt;</div>"
        f"<div><b>Subject:</b> Re: {subject}</div><div><br></div>{html(ASKED)}"
    )
    sender = word(name, "utf-8") + b" <" + email.encode() + b">"
    body = text_part("html", page, "utf-8", "utf-8", "base64")
    return headed(sender, halved(subject, "utf-8"), b"X-Mailer: QQMail 2.x") + body


def netease(name: str, email: str, subject: str, reply: str) -> bytes:
    """163 on the web: GBK under its own name, an attribution with an ASCII comma."""
    said = f'在 2026-05-05 15:20:11，"{HOUSE}" <{HOUSE_MAIL}> 写道：'
    text = f"{reply}\n\n\n\n\n\n\n{said}\n\n" + "\n".join(f">{line}" for line in ASKED.split("\n"))
    shown = said.replace("<", "&lt;").replace(">", "&gt;")
    page = (
        f'<div style="line-height:1.7;color:#000000">{html(reply)}</div><br><br><br>'
        f'<div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div><p>{shown}</p>'
        f'<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{html(ASKED)}</blockquote>'
    )
    parts = [text_part(k, t, "GBK", "gbk", "base64") for k, t in (("plain", text), ("html", page))]
    sender = word(name, "GBK") + b" <" + email.encode() + b">"
    return headed(sender, word(subject, "GBK"), b"X-Mailer: Coremail Webmail Server") + several(
        "alternative", "----=_Part_12345_163", parts
    )


def netease_app(name: str, email: str, subject: str, reply: str) -> bytes:
    """网易邮箱大师: a table without colons under a dashed line."""
    rows = (
        f"| 发件人 | {HOUSE}<{HOUSE_MAIL}> |\n| 日期 | 2026年05月05日 15:20 |\n"
        f"| 收件人 | {name}<{email}> |\n| 抄送至 | |\n| 主题 | {subject} |"
    )
    text = f"{reply}\n\n\n| |\n{name}\n|\n|\n{email}\n|\n---- 回复的原邮件 ----\n{rows}\n{ASKED}"
    # What the app draws around the signature is the author's own card.
    sender = word(name, "UTF-8") + b" <" + email.encode() + b">"
    body = text_part("plain", text, "UTF-8", "utf-8", "quoted-printable")
    return headed(sender, word(subject, "UTF-8"), b"X-Mailer: MailMasterAndroid/7.18") + body


def foxmail(name: str, email: str, subject: str, reply: str) -> bytes:
    """Foxmail: GB2312 on the label, GBK in the bytes, full-width colons."""
    heads = f"发件人： {HOUSE}\n发送时间： 2026-05-05 15:20\n收件人： {name}\n主题： {subject}"
    text = f"{reply}\n\n\n\n{email}\n \n{heads}\n{ASKED}"
    page = (
        f'<html><head><meta http-equiv="content-type" content="text/html; charset=GB2312">'
        f"<style>body {{ line-height: 1.5; }}</style></head><body>{html(reply)}<div><br></div>"
        f'<hr style="width: 210px; height: 1px;" color="#b5c4df" size="1" align="left">'
        f"<div><span>{email}</span></div>"
        '<blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div>'
        + "".join(
            f"<div><b>{line.partition('：')[0]}：</b>&nbsp;{line.partition('：')[2]}</div>"
            for line in heads.split("\n")
        )
        + f"{html(ASKED)}</blockquote></body></html>"
    )
    parts = [
        text_part("plain", text, "GB2312", "gbk", "base64"),
        text_part("html", page, "GB2312", "gbk", "quoted-printable"),
    ]
    sender = word(name, "GB2312", "gbk") + b" <" + email.encode() + b">"
    mailer = b"X-Mailer: Foxmail 7.2.25.228[cn]"
    return headed(sender, word(subject, "GB2312", "gbk"), mailer) + several(
        "alternative", "----=_001_NextPart_Foxmail", parts
    )


def outlook(name: str, email: str, subject: str, reply: str) -> bytes:
    """Outlook in Chinese: gb2312, Word's HTML, a block of four bold lines."""
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type '
        'content="text/html; charset=gb2312"><style><!-- p.MsoNormal {margin:0cm;} --></style></head>'
        "<body lang=ZH-CN><div class=WordSection1>"
        + "".join(f"<p class=MsoNormal>{x or '<o:p>&nbsp;</o:p>'}</p>" for x in reply.split("\n"))
        + '<p class=MsoNormal><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f"<p class=MsoNormal><b>发件人<span lang=EN-US>:</span></b> {HOUSE} &lt;{HOUSE_MAIL}&gt; <br>"
        f"<b>发送时间<span lang=EN-US>:</span></b> 2026年5月5日 15:20<br><b>收件人:</b> {name} "
        f"&lt;{email}&gt;<br><b>主题:</b> {subject}</p></div>{html(ASKED)}</div></body></html>"
    )
    text = (
        f"{reply}\n\n发件人: {HOUSE} <{HOUSE_MAIL}> \n发送时间: 2026年5月5日 15:20\n"
        f"收件人: {name} <{email}>\n主题: {subject}\n\n{ASKED}"
    )
    parts = [
        text_part("plain", text, "gb2312", "gbk", "base64"),
        text_part("html", page, "gb2312", "gbk", "quoted-printable"),
    ]
    sender = word(name, "gb2312", "gbk") + b" <" + email.encode() + b">"
    return headed(
        sender, word(subject, "gb2312", "gbk"), b"X-Mailer: Microsoft Outlook 16.0"
    ) + several("alternative", "----=_NextPart_000_0012_01DABC", parts)


def exmail(name: str, email: str, subject: str, reply: str) -> bytes:
    """Tencent Exmail, the mail of WeCom: a file beside the text, its name in RFC 2231 and not."""
    page = (
        f"{html(reply)}<div><br></div><div>发自我的企业微信</div><div><br></div><div>"
        f'<div style="background:#efefef">------------------ 原始邮件 ------------------</div>'
        f"<div>发件人: &quot;{HOUSE}&quot;&lt;{HOUSE_MAIL}&gt;</div><div>发件时间: 2026年5月5日(周二) 15:20</div>"
        f"<div>收件人: &quot;{name}&quot;&lt;{email}&gt;</div><div>主题: {subject}</div></div>{html(ASKED)}"
    )
    file = (
        b'Content-Type: application/octet-stream;\r\n\tcharset="utf-8";\r\n\tname="'
        + word("订单截图.png", "utf-8")
        + b'"\r\nContent-Disposition: attachment; filename="'
        + word("订单截图.png", "utf-8")
        + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n'
    )
    parts = [text_part("html", page, "utf-8", "utf-8", "base64"), file]
    sender = b'"' + word(name, "utf-8") + b'" <' + email.encode() + b">"
    return headed(sender, word(subject, "utf-8"), b"X-Mailer: QQMail 2.x") + several(
        "mixed", "----=_NextPart_EX", parts
    )


def raw_bytes(name: str, email: str, subject: str, reply: str) -> bytes:
    """A sending script of a small shop: GBK everywhere and declared nowhere."""
    said = f"在 2026年5月5日，下午3:20，{HOUSE} <{HOUSE_MAIL}> 写道："
    text = f"{reply}\n\n从我的华为手机发送\n\n{said}\n\n> " + ASKED.replace("\n", "\n> ")
    sender = name.encode("gbk") + b" <" + email.encode() + b">"
    return (
        headed(sender, subject.encode("gbk")) + b"\r\n" + text.replace("\n", "\r\n").encode("gbk")
    )


WRITERS: list[tuple[str, Callable[[str, str, str, str], bytes], list[str]]] = [
    ("QQ", qq, []),
    ("QQ phone", qq_phone, []),
    ("163", netease, []),
    ("163 app", netease_app, []),
    ("Foxmail", foxmail, []),
    ("Outlook", outlook, []),
    ("WeCom", exmail, ["订单截图.png"]),
    ("undeclared", raw_bytes, []),
]

PEOPLE = [
    (
        "王海涛",
        "haitao.wang@qq.example",
        "回复：退款进度",
        "你好，三天了还没到账，麻烦再查一下。\n订单号 20260503-118。",
    ),
    (
        "李喆",
        "lizhe@163.example",
        "Re: 朱镕先生的发票抬头",
        "抬头写错了，应该是“上海喆昕啰嗦文化有限公司”。\n\n税号不变，谢谢！",
    ),
    (
        "陳怡君",
        "yijun@outlook.example",
        "回覆: 訂單無法付款",
        "請問為什麼付款頁面一直顯示錯誤？\n我在 5 月 1 日試過三次。",
    ),
    ("赵敏", "zhao.min@foxmail.example", "答复: 会员积分", "收到，谢谢。"),
    (
        "Anna Schmidt 安娜",
        "anna@wecom.example",
        "Re: 合同 Contract №7",
        "发件人信息没错，但主题写错了：应为“合同（二）”。\n\n--\n安娜\n采购部",
    ),
]


def letters() -> list[Letter]:
    """Every person with every program."""
    found = []
    for client, write, files in WRITERS:
        for name, email, subject, reply in PEOPLE:
            raw = write(name, email, subject, reply)
            wanted = reply.partition("\n\n--\n")[0]
            found.append(Letter(client, name, email, subject, wanted, raw, files))
    return found
