"""Who may do what: permissions, roles, the document that binds people to them, and the decision with its reason."""
