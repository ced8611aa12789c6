"""Restores larger than one session: a plan, its waves and sessions, and what carries them out."""
