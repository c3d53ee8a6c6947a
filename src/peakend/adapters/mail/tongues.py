"""How mail programs of many languages begin what they quote; one table, zh and en first."""

# ruff: noqa: E501  (lines of words, as they are written)

import re

# language → (the verb of an attribution, the fields of a header block, of which the first ones
# may begin it, the name of an original, a forwarded one, a mobile's signature)
_TABLE: dict[str, tuple[str, str, str, str, str, str]] = {
    "zh": (
        "写道|寫道|写到|寫到|写|的邮件|來信|来信",
        "发件人|寄件者|寄件人|發件人",
        "发送时间|发件时间|发送日期|日期|时间|收件人|抄送|主题|傳送時間|寄件日期|收件者|副本|主旨|密送|寄送日期|回复|附件",
        "原始邮件|原邮件|邮件原件|原始郵件|原始信件|原郵件|回复的原邮件|回复邮件|邮件原文|原始邮件信息|原文",
        "转发的邮件|转发邮件|轉寄郵件|转发邮件信息|已转发的邮件|轉寄的郵件",
        "发自我的|发自|从我的.{1,20}发送|從我的.{1,20}傳送|來自我的|传自我的|寄自我的|來自|"
        "发送自|发送自我的|从 ?(?:Windows|Outlook|QQ邮箱|网易)|由.{1,15}(?:手机|邮箱|邮件大师)发送|"
        "通过.{1,15}(?:手机|客户端|邮箱)发送|此邮件(?:由|来自).{1,20}(?:手机|客户端)|"
        "来自.{0,12}(?:iPhone|手机|邮箱|邮件|邮箱大师|华为|小米|vivo|OPPO|企业微信|HUAWEI)",
    ),
    "en": (
        "wrote|writes|said|has written",
        "From|Message from",
        "Sent|Date|To|Cc|Subject|Received|Reply-To|Importance|Attachments|Sent at",
        "Original Message|Original|Original Email|Original mail|Original Appointment|Reply message|Reply above this line",
        "Forwarded message|Begin forwarded message|Forwarded by.{0,60}",
        "Sent from|Sent via|Sent using|Get Outlook for|Envoyed from|Sent with",
    ),
    "de": (
        "schrieb|geschrieben|schreibt|schrieben",
        "Von",
        "Gesendet|Datum|An|Cc|Kopie|Betreff",
        "Ursprüngliche Nachricht|Original-Nachricht|Originalnachricht|Original Nachricht|Ursprüngl\\. Nachricht",
        "Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht",
        "Gesendet von|Von meinem .{1,40} gesendet|Gesendet mit|Diese Nachricht wurde von meinem",
    ),
    "fr": (
        "a écrit|écrit|a ecrit",
        "De|Message du|Expéditeur",
        "Envoyé|Envoyé le|Date|À|A|Cc|Copie à|Objet|Sujet|Pour",
        "Message d['’]origine|Message original|Message initial",
        "Message transféré|Début du message transféré|Message réexpédié",
        "Envoyé de|Envoyé depuis|Envoyé à partir|Télécharger Outlook|Obtenez Outlook|Envoyé avec",
    ),
    "it": (
        "ha scritto|scrive",
        "Da",
        "Inviato|Data|A|Cc|Oggetto",
        "Messaggio originale|Messaggio Originale",
        "Messaggio inoltrato|Inizio messaggio inoltrato",
        "Inviato da|Inviato dal|Inviato con|Scarica Outlook",
    ),
    "es": (
        "escribió|escribio|escribe",
        "De",
        "Enviado|Enviado el|Fecha|Para|CC|Asunto",
        "Mensaje original",
        "Mensaje reenviado|Inicio del mensaje reenviado",
        "Enviado desde|Enviado con|Obtener Outlook|Obtén Outlook",
    ),
    "pt": (
        "escreveu|escreve",
        "De",
        "Enviado|Enviada em|Data|Para|Cc|Assunto",
        "Mensagem original|Mensagem Original",
        "Mensagem reencaminhada|Mensagem encaminhada",
        "Enviado do|Enviado de|Enviado via|Obter o Outlook",
    ),
    "da": (
        "skrev|skrev følgende",
        "Fra",
        "Sendt|Dato|Til|Cc|Emne",
        "Oprindelig meddelelse|Original meddelelse",
        "Videresendt besked|Videresendt meddelelse",
        "Sendt fra|Sendt via|Hent Outlook",
    ),
    "sv": (
        "skrev|skriver",
        "Från",
        "Skickat|Skickades|Datum|Till|Kopia|Ämne",
        "Ursprungligt meddelande|Originalmeddelande",
        "Vidarebefordrat meddelande|Vidarebefordrat brev",
        "Skickat från|Skickades från|Hämta Outlook",
    ),
    "no": (
        "skrev",
        "Fra",
        "Sendt|Dato|Til|Kopi|Emne",
        "Opprinnelig melding|Original melding",
        "Videresendt melding|Videresendt e-post",
        "Sendt fra|Sendt med|Skaff deg Outlook",
    ),
    "nl": (
        "schreef|heeft het volgende geschreven|geschreven",
        "Van",
        "Verzonden|Datum|Aan|CC|Onderwerp",
        "Oorspronkelijk bericht|Origineel bericht|Oorspronkelijk Bericht",
        "Doorgestuurd bericht|Begin doorgestuurd bericht",
        "Verzonden vanaf|Verstuurd vanaf|Verzonden met|Outlook voor .{1,20} downloaden",
    ),
    "pl": (
        "napisał|napisała|napisał\\(a\\)|napisał/a|pisze",
        "Od",
        "Wysłano|Wysłane|Data|Do|DW|Temat",
        "Oryginalna wiadomość|Wiadomość oryginalna|Wiadomość oryginalna",
        "Przekazana wiadomość|Treść przekazanej wiadomości|Wiadomość przekazana",
        "Wysłane z|Wysłano z|Pobierz program Outlook",
    ),
    "fi": (
        "kirjoitti",
        "Lähettäjä",
        "Lähetetty|Päivämäärä|Vastaanottaja|Kopio|Aihe",
        "Alkuperäinen viesti",
        "Välitetty viesti",
        "Lähetetty",
    ),
    "cs": (
        "napsal|napsala|napsal\\(a\\)",
        "Od",
        "Odesláno|Datum|Komu|Kopie|Předmět",
        "Původní zpráva|Původní e-mail",
        "Přeposlaná zpráva",
        "Odesláno z",
    ),
    "ru": (
        "написал|написала|написал\\(а\\)|пишет",
        "От|От кого",
        "Отправлено|Дата|Кому|Копия|Тема",
        "Исходное сообщение|Первоначальное сообщение",
        "Пересылаемое сообщение|Пересланное сообщение",
        "Отправлено с|Отправлено из",
    ),
    "ja": (
        "さんは書きました|のメール|書きました|さんのメッセージ|のメッセージ",
        "差出人|送信者|From",
        "送信日時|日時|宛先|件名|送信日|Cc|日付",
        "元のメッセージ|オリジナルメッセージ|Original Message",
        "転送されたメッセージ|転送メッセージ|Forwarded message",
        "iPhoneから送信|iPadから送信|Androidから送信|スマートフォンから送信|私の.{1,20}から送信",
    ),
    "ko": (
        "님이 작성|작성|님이 씀|님의 말",
        "보낸 사람|보낸사람|발신",
        "보낸 날짜|보낸날짜|날짜|받는 사람|받는사람|참조|제목|보냄",
        "원본 메시지|원본 메일|원본메시지|원본 이메일",
        "전달된 메시지|전달된 메일",
        "나의 .{1,20}에서 보냄|내 .{1,20}에서 보냄|iPhone에서 보냄|.{1,20}에서 보낸 메일|에서 보냄",
    ),
}


def _any(column: int) -> str:
    words = {
        one for row in _TABLE.values() for one in row[column].split("|") if "(?:" not in row[column]
    }
    whole = [row[column] for row in _TABLE.values() if "(?:" in row[column]]
    return "|".join([*whole, *sorted(words, key=len, reverse=True)])


WROTE = _any(0)
FIRST_FIELDS = _any(1)
FIELDS = f"{_any(1)}|{_any(2)}"
ORIGINAL = _any(3)
FORWARDED = _any(4)
MOBILE = _any(5)
# Words that only a date has, for attributions without a verb.
TELL = re.compile(
    r"\b(?:AM|PM|GMT|UTC|from|von|de|da)\b|[+-]\d{4}|年|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    re.IGNORECASE,
)
