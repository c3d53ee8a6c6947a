"""客户: persons, their identities, attributes, notes and the customer card."""
