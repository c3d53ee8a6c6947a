"""What a program wrote, and what only sounds like it."""

import pytest

from peakend.adapters.mail import read


def of(headers: str, text: str = "x") -> bool:
    return read(f"{headers}\n\n{text}".encode()).automatic


@pytest.mark.parametrize(
    "headers",
    [
        "From: a@x.example\nAuto-Submitted: auto-replied",
        "From: a@x.example\nAuto-Submitted: auto-generated; owner=x",
        "From: a@x.example\nPrecedence: bulk",
        "From: a@x.example\nX-Autoreply: yes",
        "From: a@x.example\nX-Failed-Recipients: b@x.example",
        "From: MAILER-DAEMON@x.example",
        "From: MAILER-DAEMON (Mail Delivery System)",
        "From: PostMaster@qq.example",
        "From: a@x.example\nContent-Type: multipart/report; boundary=b",
        "From: a@x.example\nSubject: Undelivered Mail Returned to Sender",
        "From: a@x.example\nSubject: Delivery Status Notification (Failure)",
        "From: a@x.example\nSubject: 系统退信",
        "From: a@x.example\nSubject: 自动回复: 退款",
        "From: a@x.example\nSubject: Re: 自动回复：您好",
        "From: a@x.example\nSubject: Automatic reply: Refund",
        "From: a@x.example\nSubject: Out of Office Re: Refund",
        "From: a@x.example\nSubject: Automatische Antwort: Paket",
        "From: a@x.example\nSubject: 已读: 退款",
    ],
)
def test_headers_tell(headers: str) -> None:
    assert of(headers)


@pytest.mark.parametrize(
    "text",
    [
        "您好，我最近正在休假中，无法亲自回复您的邮件。我将在假期结束后，尽快给您回复。",
        "这是来自QQ邮箱的自动回复邮件。",
        "本人正在出差，期间不能及时回复邮件，紧急事务请联系王先生。",
        "Hello, I am out of the office until 9 May and will answer when I return.",
        "I'm currently on annual leave with limited access to mail. For urgent matters call Anna.",
        "This is an automatic reply. We received your message.",
        "Ich bin derzeit nicht im Büro und ab dem 9. Mai zurück.",
        "Hi. This is the qmail-send program at x.example.",
        "抱歉，您的邮件被退回来了……退信原因：收件人邮箱不存在",
    ],
)
def test_texts_tell_where_headers_do_not(text: str) -> None:
    assert of("From: a@x.example\nSubject: Re: Refund", text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("退款进度", "你好，订单还没退款，麻烦查一下，谢谢。"),
        ("自动售货机的自动回复功能怎么开", "请问怎么开自动回复？"),
        ("Returned the parcel", "I returned the parcel yesterday, could you confirm?"),
        ("Reading the manual", "I read it, but the device does not start."),
        ("出差前想取消订单", "我下周出差，想先取消订单 118。"),
        ("Holiday booking", "I will be on holiday in June, can I move the delivery?"),
        ("Undelivered parcel", "My parcel could not be delivered to my address, unknown user?"),
        ("Delivery failed", "The delivery failed twice. Please send it again to room 550."),
        ("Delivery delayed", "Your message said it was undeliverable. Why?"),
        ("包裹未送达", "快递说收件人不存在，无法投递，请帮忙查一下。"),
        ("delivery", "My parcel could not be found. Where is it?"),
        ("Re: your mail", "> This is an automatic world\nThanks!"),
    ],
)
def test_people_are_not_programs(subject: str, text: str) -> None:
    assert not of(f"From: a@x.example\nSubject: {subject}\nAuto-Submitted: no", text)
    assert not of(f"From: a@x.example\nSubject: {subject}\nPrecedence: list\nList-Id: <l.x>", text)
