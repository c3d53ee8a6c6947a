/** The pages that stand side by side here, in their order, each with the right it needs and its word `cases.section_<name>`. */
export const sections: { name: string; to: string; permission: string }[] = [
  { name: 'list', to: '/desk/cases', permission: 'cases.read' },
  { name: 'board', to: '/desk/cases/board', permission: 'cases.read' },
  { name: 'promises', to: '/desk/cases/promises', permission: 'cases.read' },
  { name: 'department', to: '/desk/cases/department', permission: 'cases.department' },
  { name: 'approvals', to: '/desk/cases/approvals', permission: 'approvals.ask' },
]
