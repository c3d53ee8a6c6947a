"""Where history begins, in the tongues and habits of mail programs."""

# ruff: noqa: E501  (bytes and lines as they are written)

import pytest

from peakend.adapters.mail.replies import reply

OLD = "> Where is my parcel?\n> Yours"


def of(text: str) -> str:
    return reply([(line, False) for line in text.split("\n")])


@pytest.mark.parametrize(
    "heading",
    [
        "在 2026年5月5日，下午3:20，客服 <s@x.example> 写道：",
        "于 2026-05-05 15:20 客服 <s@x.example> 写道:",
        "客服 <s@x.example> 于2026年5月5日周二 15:20写道：",
        "2026年5月5日 15:20，“客服”<s@x.example>写道：",
        'At 2026-05-05 15:20:11, "客服" <s@x.example> wrote:',
        "陳小姐 <s@x.example> 於 2026年5月5日 週二 下午3:20寫道：",
        "------------------ 原始邮件 ------------------",
        "------------------&nbsp;原始邮件&nbsp;------------------".replace("&nbsp;", "\xa0"),
        "-----邮件原件-----\n发件人: 客服 <s@x.example>\n发送时间: 2026年5月5日 15:20\n收件人: 我\n主题: 包裹",
        "发件人: 客服\n日期: 2026年5月5日\n收件人: 我\n主题: 包裹",
        "寄件者: 客服 <s@x.example>\n寄件日期: 2026年5月5日\n收件者: 我\n主旨: 包裹",
        "发自我的iPhone",
        "来自我的华为手机",
        "On Tue, May 5, 2026 at 3:20 PM Service <s@x.example> wrote:",
        "On Tue, May 5, 2026 at 3:20 PM Service of a House with a long Name\n<s@x.example> wrote:",
        "-----Original Message-----\nFrom: Service\nSent: Tuesday\nTo: me\nSubject: parcel",
        "From: Service <s@x.example>\nSent: Tuesday, May 5, 2026 3:20 PM\nTo: me\nSubject: parcel",
        "*From:* Service <s@x.example>\n*Date:* May 5\n*To:* me\n*Subject:* parcel",
        "________________________________\nFrom: Service\nSent: Tuesday\nTo: me",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Am 05.05.2026 um 15:20 schrieb Service <s@x.example>:",
        "Am Di., 5. Mai 2026 um 15:20 Uhr schrieb Service <s@x.example>:",
        "Von: Service\nGesendet: Dienstag, 5. Mai 2026\nAn: ich\nBetreff: Paket",
        "-----Ursprüngliche Nachricht-----",
        "Le mar. 5 mai 2026 à 15:20, Service <s@x.example> a écrit :",
        "De : Service\nEnvoyé : mardi 5 mai 2026\nÀ : moi\nObjet : colis",
        "Envoyé de mon iPhone",
        "Il giorno mar 5 mag 2026 alle ore 15:20 Service <s@x.example> ha scritto:",
        "Da: Service\nInviato: martedì 5 maggio 2026\nA: me\nOggetto: pacco",
        "El mar, 5 may 2026 a las 15:20, Service (<s@x.example>) escribió:",
        "De: Service\nEnviado: martes\nPara: mí\nAsunto: paquete",
        "Den tir. 5. maj 2026 kl. 15.20 skrev Service <s@x.example>:",
        "Fra: Service\nSendt: 5. maj 2026\nTil: mig\nEmne: pakke",
        "Den tis 5 maj 2026 kl 15:20 skrev Service <s@x.example>:",
        "Från: Service\nSkickat: den 5 maj 2026\nTill: mig\nÄmne: paket",
        "Op di 5 mei 2026 om 15:20 schreef Service <s@x.example>:",
        "Van: Service\nVerzonden: dinsdag 5 mei 2026\nAan: mij\nOnderwerp: pakket",
        "wt., 5 maj 2026 o 15:20 Service <s@x.example> napisał(a):",
        "Od: Service\nWysłano: wtorek, 5 maja 2026\nDo: ja\nTemat: paczka",
        "2026年5月5日(火) 15:20 Service <s@x.example>:",
        "2026/05/05 15:20、Service <s@x.example>のメール:",
        "差出人: Service\n送信日時: 2026年5月5日\n宛先: 私\n件名: 荷物",
        "2026년 5월 5일 (화) 오후 3:20, Service <s@x.example>님이 작성:",
        "보낸 사람: Service\n보낸 날짜: 2026년 5월 5일\n받는 사람: 나\n제목: 소포",
    ],
)
def test_history_is_folded(heading: str) -> None:
    assert of(f"It came, thanks.\n\n好的。\n\n{heading}\n\n{OLD}") == "It came, thanks.\n\n好的。"


@pytest.mark.parametrize(
    "text",
    [
        "他在信里写道：我同意。\n所以请退款。",
        "发件人信息没错，主题写错了。\n收件人也对。",
        "From: what I see the parcel is lost.\nTo be honest I am not happy.",
        "I wrote to you on 5 May and nobody answered. Please call me at 10:30.",
        "On 5 May I wrote:\nplease send it again",
        "Date: 5 May is fine for me.",
        "来自上海的包裹还没到，请帮忙查一下，谢谢。",
        "10:30 works. See you: at the shop",
        "- one\n- two\n-- three",
    ],
)
def test_what_only_looks_like_history_stays(text: str) -> None:
    assert of(text) == text


def test_answers_below_and_between_are_kept() -> None:
    said = "On May 5, 2026, at 15:20, S <s@x.example> wrote:"
    assert of(f"{said}\n{OLD}\n\nIt came.") == "It came."
    assert of(f"{said}\n> one\nyes\n> two\nno") == "yes\nno"
    assert of("> one\nyes\n\n> two\n> three") == "yes"


def test_a_forwarded_mail_is_the_message() -> None:
    text = "---------- Forwarded message ----------\nFrom: S <s@x.example>\nTo: me\n\nSee this."
    assert of(text) == text


def test_lines_that_html_marks_are_history() -> None:
    assert reply([("yes", False), ("old", True), ("older", True)]) == "yes"
    assert reply([("all", True)]) == "all"


def test_a_signature_is_folded() -> None:
    assert of("yes\n\n-- \nAnna\nAcme") == "yes"
