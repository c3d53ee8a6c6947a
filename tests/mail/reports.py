"""Reports of mails that did not arrive, as servers and programs send them, in any number.

Written for this suite after the forms of Postfix, Sendmail, qmail, Exchange, QQ and 163; nobody in
them exists. The last forms come from programs that say nothing of it: they look like a person's.
"""

import base64
from collections.abc import Callable

TO = "service@mail.example.com"


def _heads(sender: str, subject: str, number: int, *more: str) -> str:
    word = subject
    if not subject.isascii():
        word = f"=?gb18030?B?{base64.b64encode(subject.encode('gb18030')).decode()}?="
    # Which the mailbox's own server found out: that it is believed makes the storm harder.
    domain = sender.rpartition("@")[2].rstrip(">")
    lines = [
        f"Authentication-Results: mx.house.example; dmarc=pass header.from={domain}",
        f"From: {sender}", f"To: {TO}", f"Subject: {word}",
        f"Message-ID: <{number}.{len(subject)}@{domain}>", *more,
    ]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def _parts(*parts: tuple[str, str]) -> str:
    inside = "".join(f"--b\r\nContent-Type: {kind}\r\n\r\n{body}\r\n" for kind, body in parts)
    return f"\r\n{inside}--b--\r\n"


_REPORT = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
_MIXED = 'Content-Type: multipart/mixed; boundary="b"'


def _status(action: str, code: str, to: str) -> tuple[str, str]:
    return (
        "message/delivery-status",
        f"Reporting-MTA: dns; mx.x.example\r\n\r\nFinal-Recipient: rfc822; {to}\r\n"
        f"Action: {action}\r\nStatus: {code}\r\nDiagnostic-Code: smtp; 550 {code} unknown\r\n",
    )


def postfix(number: int, about: str) -> str:
    heads = _heads(
        "MAILER-DAEMON@mx.x.example", "Undelivered Mail Returned to Sender", number,
        "Auto-Submitted: auto-replied", _REPORT,
    )  # fmt: skip
    return heads + _parts(
        ("text/plain", "This is the mail system at host mx.x.example."),
        _status("failed", "5.1.1", f"a{number}@x.example"),
        ("text/rfc822-headers", f"Message-ID: <{about}>\r\nSubject: Re: x\r\n"),
    )


def sendmail(number: int, about: str) -> str:
    heads = _heads(
        "Mail Delivery Subsystem <mailer-daemon@y.example>", "Warning: could not send message",
        number, _REPORT,
    )  # fmt: skip
    return heads + _parts(
        ("text/plain", "The original message is delayed."),
        _status("delayed", "4.4.1", f"b{number}@y.example"),
        ("message/rfc822", f"From: {TO}\r\nMessage-ID: <{about}>\r\n\r\nx"),
    )


def qmail(number: int, about: str) -> str:
    return (
        _heads("MAILER-DAEMON@q.example", "failure notice", number) + "\r\n"
        f"Hi. This is the qmail-send program at q.example.\r\n<c{number}@q.example>:\r\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy\r\n\r\n"
        f"Message-ID: <{about}>\r\n\r\nx\r\n"
    )


def exchange(number: int, about: str) -> str:
    heads = _heads(
        "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example", "无法投递: 维修", number,
        f"In-Reply-To: <{about}>", _REPORT,
    )  # fmt: skip
    return heads + _parts(
        ("text/plain; charset=utf-8", "未能向下列收件人或组传递邮件:"),
        _status("failed", "5.1.10", f"d{number}@corp.example"),
        ("message/rfc822", f"From: {TO}\r\nMessage-ID: <{about}>\r\n\r\nx"),
    )


def qq(number: int, about: str) -> str:
    text = "抱歉，您的邮件被退回来了……退信原因：收件人邮件地址不存在，邮件无法送达。"
    body = base64.encodebytes(text.encode("gb18030")).decode().replace("\n", "\r\n")
    heads = _heads(
        "PostMaster@qq.example", "系统退信/Systems bounce", number,
        'Content-Type: text/html; charset="gb18030"', "Content-Transfer-Encoding: base64",
    )  # fmt: skip
    return f"{heads}\r\n{body}"


def netease(number: int, about: str) -> str:
    heads = _heads("Postmaster@163.example", "系统退信", number, _MIXED)
    return heads + _parts(
        ("text/plain; charset=utf-8", "抱歉，您的邮件被退回来了。原因：550 User not found"),
        ("message/rfc822", f"From: {TO}\r\nMessage-ID: <{about}>\r\n\r\nx"),
    )


def absence(number: int, about: str) -> str:
    heads = _heads(f"away{number}@x.example", "自动回复：维修", number, f"In-Reply-To: <{about}>")
    return f"{heads}Content-Type: text/plain; charset=utf-8\r\n\r\n您好，我在外地出差。\r\n"


def receipt(number: int, about: str) -> str:
    heads = _heads(
        f"read{number}@x.example", "Read: Re: x", number,
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"',
    )  # fmt: skip
    return heads + _parts(
        ("text/plain", "Your message was read."),
        ("message/disposition-notification", f"Original-Message-ID: <{about}>\r\n"),
    )


def unmarked(number: int, about: str) -> str:
    """An absence in words that nobody knows, of one of forty people, in no thread."""
    who = number // 50 % 40
    heads = _heads(f"Mail {who} <quiet@z{who}.example>", f"您的来信 {number}", number)
    return f"{heads}Content-Type: text/plain; charset=utf-8\r\n\r\n人不在，过几天再看。\r\n"


def clerk(number: int, about: str) -> str:
    """A mail room that complains by hand, or seems to: always the same one."""
    heads = _heads("Room <room@corp.example>", "Your mail", number)
    return f"{heads}\r\nWe do not know who that is for. Who sent this?\r\n"


RECOGNISED: tuple[Callable[[int, str], str], ...] = (
    postfix, sendmail, qmail, exchange, qq, netease, absence, receipt,
)  # fmt: skip
UNRECOGNISED: tuple[Callable[[int, str], str], ...] = (unmarked, clerk)


def report(number: int, ours: list[str]) -> bytes:
    """Return the nth report of a storm: every other one is about a mail of ours.

    Of fifty, two look like a person's.
    """
    about = ours[number % len(ours)] if number % 2 else f"{number}@nobody.example"
    if number % 25 == 24:
        return UNRECOGNISED[number // 25 % 2](number, about).encode()
    # Neither even nor odd: each form is about ours, and about nothing.
    return RECOGNISED[number // 2 % len(RECOGNISED)](number, about).encode()
