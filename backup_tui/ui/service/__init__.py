"""The backup service of the tenant, and who gets e-mail about it."""
