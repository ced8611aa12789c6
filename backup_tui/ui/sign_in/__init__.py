"""Signing in, the tenant screen, and switching profiles."""
