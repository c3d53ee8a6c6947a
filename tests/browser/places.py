"""Every page there is: axe looks at each, and permissions are tried on each."""

# Address, permission that the page needs (None: any member). {names} are ids of seeded things.
STAFF: list[tuple[str, str | None]] = [
    ("/desk/inbox", None),
    ("/desk/inbox/{conversation}?view=closed", None),
    ("/desk/customers", "customers.read"),
    ("/desk/customers/{customer}", "customers.read"),
    ("/desk/knowledge", "knowledge.read"),
    ("/desk/knowledge/categories", "knowledge.edit"),
    ("/desk/knowledge/{article}", "knowledge.read"),
    ("/desk/wallboard", "insight.wallboard"),
    ("/desk/interventions", "conversations.take_over"),
    ("/desk/admin/organisation", "settings.manage"),
    ("/desk/admin/members", "accounts.manage"),
    ("/desk/admin/roles", "accounts.manage"),
    ("/desk/admin/proposals", "accounts.manage"),
    ("/desk/admin/teams", "accounts.manage"),
    ("/desk/security", None),
    ("/desk/admin/sign-in", "settings.manage"),
    ("/desk/admin/audit", "audit.read"),
    ("/desk/admin/canned-replies", "canned.own"),
    ("/desk/admin/macros", "canned.own"),
    ("/desk/admin/reasons", "settings.manage"),
    ("/desk/admin/tags", "settings.manage"),
    ("/desk/admin/watch", "settings.manage"),
    ("/desk/admin/wording", "settings.manage"),
    ("/desk/admin/channels", "channels.manage"),
    ("/desk/admin/channels/{channel}", "channels.manage"),
    ("/desk/admin/queues", "routing.manage"),
    ("/desk/admin/hours", "settings.manage"),
    ("/desk/admin/sla", "settings.manage"),
    ("/desk/admin/hours/{hours}", "settings.manage"),
    ("/desk/no-such-page", None),
]

# Open without signing in.
PUBLIC = [
    "/desk/login",
    "/desk/setup/none",
    "/desk/invitation/none",
    "/help",
    "/help/search?q=灶台",
    "/help/a/hob-does-not-light",
    "/help/c/hob",
    "/w/{key}",
    "/w/{key}?large=1",
    "/shop",
]
