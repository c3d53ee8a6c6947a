/** The pages of administration in their order, each with the right it needs. */
export const adminPages: { name: string; pages: [page: string, permission: string][] }[] = [
  { name: 'house', pages: [['start', 'settings.manage'], ['organisation', 'settings.manage'], ['members', 'accounts.manage'], ['roles', 'accounts.manage'], ['teams', 'accounts.manage'], ['health', 'settings.manage']] },
  { name: 'work', pages: [['queues', 'routing.manage'], ['hours', 'settings.manage'], ['sla', 'settings.manage'], ['departments', 'cases.set_up'], ['case-templates', 'cases.set_up'], ['case-times', 'cases.set_up'], ['complaint-rules', 'complaints.manage'], ['channels', 'channels.manage'], ['mail', 'channels.manage'], ['visitors', 'conversations.read']] },
  { name: 'talk', pages: [['canned-replies', 'canned.own'], ['macros', 'canned.own'], ['reasons', 'settings.manage'], ['tags', 'settings.manage'], ['watch', 'settings.manage'], ['wording', 'settings.manage'], ['helps', 'insight.wallboard'], ['approvals', 'routing.manage']] },
  { name: 'records', pages: [['fields', 'settings.manage'], ['links', 'integrations.manage'], ['exchange', 'settings.manage']] },
  { name: 'safety', pages: [['sign-in', 'settings.manage'], ['sso', 'settings.manage'], ['proposals', 'accounts.manage'], ['audit', 'audit.read'], ['erasures', 'privacy.manage'], ['retention', 'privacy.manage']] },
  { name: 'interfaces', pages: [['api-keys', 'integrations.manage'], ['webhooks', 'integrations.manage']] },
]
