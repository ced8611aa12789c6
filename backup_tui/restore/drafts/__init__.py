"""The form of a new restore and the draft made from it."""
