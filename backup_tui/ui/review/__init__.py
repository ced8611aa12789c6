"""The review of a change, and its outcome."""
