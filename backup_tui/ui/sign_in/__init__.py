"""Signing in, the tenant screen, and going to another profile."""
