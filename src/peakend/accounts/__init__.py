"""机构与坐席: organisations, brands, members, teams, roles, sign-in, audit log."""
