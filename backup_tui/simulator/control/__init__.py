"""Telling a running service what to do, and how to misbehave."""
