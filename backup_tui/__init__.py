"""Restore from Microsoft 365 Backup, in a terminal."""

__version__ = "0.2.0"
