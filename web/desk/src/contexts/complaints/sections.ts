/** The pages that stand side by side here, in their order, each with the right it needs and its word `complaints.section_<name>`. */
export const sections: { name: string; to: string; permission: string }[] = [
  { name: 'list', to: '/desk/complaints', permission: 'complaints.read' },
  { name: 'crises', to: '/desk/complaints/crises', permission: 'complaints.read' },
  { name: 'exceptions', to: '/desk/complaints/exceptions', permission: 'complaints.read' },
  { name: 'improvements', to: '/desk/complaints/improvements', permission: 'complaints.read' },
  { name: 'fairness', to: '/desk/complaints/fairness', permission: 'complaints.manage' },
  { name: 'schemes', to: '/desk/complaints/schemes', permission: 'compensation.grant' },
  { name: 'waits', to: '/desk/complaints/waits', permission: 'complaints.read' },
  { name: 'ledger', to: '/desk/complaints/ledger', permission: 'compensation.read' },
]
