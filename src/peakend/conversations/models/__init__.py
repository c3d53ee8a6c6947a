"""Tables of conversations and the rows they give."""

from peakend.conversations.models import (
    browsing,
    finding,
    following,
    joining,
    mails,
    rich,
    scanning,
)
from peakend.conversations.models.records import (
    CHANNEL_COLUMNS,
    CONVERSATION_COLUMNS,
    MESSAGE_COLUMNS,
    ChannelRecord,
    ConversationRecord,
    MessageRecord,
)
from peakend.conversations.models.tables import (
    conversation_table,
    conversation_tag_table,
    due_table,
)
from peakend.conversations.models.views import VIEW_COLUMNS, ViewRecord
from peakend.kernel.personal import plain

__all__ = [
    "CHANNEL_COLUMNS",
    "CONVERSATION_COLUMNS",
    "MESSAGE_COLUMNS",
    "VIEW_COLUMNS",
    "ChannelRecord",
    "ConversationRecord",
    "MessageRecord",
    "ViewRecord",
    "browsing",
    "conversation_table",
    "conversation_tag_table",
    "due_table",
    "finding",
    "following",
    "joining",
    "mails",
    "rich",
    "scanning",
]

plain(
    "settings",
    "channel",
    "tag",
    "contact_reason_version",
    "contact_reason",
    "canned_reply",
    "conversation_view",
    "conversation_view_place",
    "rich_template",
)
plain(
    "numbers",
    "conversation_number",
    "conversation_due",
    "conversation_tag",
    "conversation_follower",
    "conversation_pin",
    "conversation_link",
    "chat_invitation",
)
