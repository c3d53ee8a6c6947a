"""Mail that a program wrote: bounces, absences, receipts. Nobody answers those.

Human mail in a list (`Precedence: list`) is none of them.
"""

# ruff: noqa: E501  (lines of words, as they are written)

import re

from peakend.adapters.mail.headers import Fields, field

_SENDERS = re.compile(
    r"^(mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|mail[-_. ]?delivery[-_. ]?(system|subsystem)"
    r"|daemon|bounces?|microsoftexchange[0-9a-f]*|double-bounce|mailerdaemon|mail-?bounces?|abuse-?report"
    r"|complaints?|feedbackloop|fbl)([-+=@]|$)",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"^\W*(?:(?:re|aw|回复|fw)\s*[:：]\s*)?\W*("
    r"undeliver(?:ed|able)|undelivered mail|delivery (?:status notification|failure|has failed|report|problem|delayed|notification)"
    r"|mail delivery (?:failed|failure|problem|system|error|status)|failure notice|returned mail|returned to sender"
    r"|delivery\s*status|non[- ]delivery|message (?:delivery|undeliverable|could not be|not delivered|delayed|blocked|you sent)"
    r"|mail (?:system|could not be|undeliverable|failure|not delivered)|nondeliverable|could not (?:send|deliver)"
    r"|warning: (?:could not send|message)|error (?:sending|delivering)|rejected mail|email (?:feedback|delivery|not delivered)"
    r"|unzustellbar|undelivrable|nicht zugestellt|onbestelbaar|mail non remis|no se (?:ha podido|pudo) entregar"
    r"|non recapitabile|недоставленное|配信不能|配信エラー|不達|系统退信|退信|投递失败|邮件投递|未送达|无法投递|無法傳遞|無法投遞|未能送达"
    r"|auto(?:matic|mated)?[-\s]?(?:reply|response|answer|responder|matische)|autoreply|auto:|out of (?:the )?office|away from|on vacation"
    r"|vacation (?:reply|response|message)|abwesenheit|automatische antwort|automatisch antwoord|réponse automatique|absence du bureau"
    r"|respuesta automática|fuera de (?:la )?oficina|risposta automatica|fuori sede|resposta automática|autosvar|automatiskt svar"
    r"|automaattinen|autoodpowiedź|odpowiedź automatyczna|自动回复|自動回覆|自動回复|自动答复|自動返信|不在通知|자동\s*응답|부재중|回执[:：]"
    r"|已读[:：]|read:|read receipt|not read:|abuse report|complaint about message|feedback report)",
    re.IGNORECASE,
)
_BOUNCES = re.compile(
    r"this is the mail system at host|this is the qmail-send program|created automatically by (?:the )?mail delivery"
    r"|mail delivery (?:software|subsystem|system)|delivery to the following recipients? (?:has |have )?(?:failed|been delayed)"
    r"|could ?n[o']t be delivered to|the following (?:address(?:es)?|recipients?)\b.{0,60}\b(?:fail|error|reject|unable)"
    r"|your message (?:to .{1,80} )?(?:was not delivered|did not reach|could not be delivered|couldn't be delivered|has been delayed)"
    r"|permanent fatal errors|undeliverable (?:message|mail|to)|delivery status notification|returned (?:message|mail) follows"
    r"|recipient(?:'s)? (?:address|mailbox) (?:rejected|unknown|full|does not exist)|user unknown|unknown user|no such user"
    r"|mailbox (?:unavailable|is full)|was undeliverable|unable to deliver (?:this|the|your)|(?:delivery|sending) failed"
    r"|无法将邮件投递|邮件未能送达|抱歉，您的邮件被退回|您的邮件.{0,40}(?:退回|无法送达|未能送达)|退信原因|收件人.{0,20}不存在"
    r"|メールを配信できません|以下のメールアドレス.{0,30}(?:配信|送信)できません|送信できませんでした"
    r"|\"notificationType\"\s*:\s*\"(?:bounce|complaint)\"|ist fehlgeschlagen|konnte nicht zugestellt|n'a pas pu être (?:remis|délivré)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"这是.{0,6}自动(?:回复|答复)|此(?:邮件|信)(?:为|是|由系统)?自动(?:回复|发送)|系统自动回复|自动回复邮件"
    r"|(?:我|本人).{0,14}(?:正在|目前在|现在|将)?(?:休假|年假|休产假|出差|外出).{0,40}(?:无法|不能|期间|紧急|返回|尽快|回复)"
    r"|(?:我|本人).{0,10}正在休假中|無法親自回覆|无法亲自回复"
    r"|\bi(?: am|['’]m| will be) (?:currently )?(?:out of (?:the )?office|away from (?:the|my) (?:office|desk)|on (?:annual |parental |maternity |sick )?leave|on vacation|on holiday)\b.{0,300}\b(?:return|until|back|urgent|limited access|contact)"
    r"|this is an automat(?:ic|ed) (?:reply|response|message)|automatically generated (?:reply|response|message)|thank you for your e?-?mail\. i am (?:currently )?(?:out|away)"
    r"|ich bin (?:derzeit|zur ?zeit|bis|vom|momentan|aktuell).{0,60}(?:nicht im (?:büro|haus)|abwesend|im urlaub)"
    r"|je suis (?:actuellement )?absente?.{0,80}(?:bureau|jusqu|retour)|automatisch generierte|この.{0,6}自動(?:返信|応答)|자동으로 (?:발송|회신)",
    re.IGNORECASE | re.DOTALL,
)


def automatic(
    fields: Fields, kind: str, sender: str, subject: str, text: str, kinds: set[str]
) -> bool:
    """Say whether a program wrote this; `kinds` are the content types of its parts."""
    return (
        _declared(fields)
        or kind == "multipart/report"
        or bool(kinds & {"message/delivery-status", "message/feedback-report"})
        or bool(_SENDERS.match(sender))
        or bool(_SUBJECTS.match(subject[:300]))
        or _sounds(text)
    )


def _declared(fields: Fields) -> bool:
    names = {name for name, _ in fields}
    submitted = field(fields, "auto-submitted").strip().lower()
    if submitted and not submitted.startswith(b"no"):
        return True
    if names & {
        "x-autoreply",
        "x-autorespond",
        "x-auto-reply",
        "x-autogenerated",
        "x-failed-recipients",
    }:
        return True
    if field(fields, "precedence").strip().lower() in (
        b"bulk",
        b"junk",
        b"auto_reply",
        b"auto-reply",
    ):
        return True
    return bool(names & {"x-ms-exchange-generated-message-source", "x-qq-autoreply"})


def _sounds(text: str) -> bool:
    """Say whether the text itself tells, for programs that send no header."""
    top = text[:700]
    return bool(_BOUNCES.search(top)) or (len(text) < 1500 and bool(_AWAY.search(top)))
