"""People who work here: accounts, roles, invitations, sign-in."""
