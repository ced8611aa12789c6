"""The review of a change, and what became of it."""
