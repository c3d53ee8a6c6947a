"""邮件: how a brand writes mail; its mail server, its templates, and what waits to be sent."""
