"""The form of a new restore and the draft that is made of it."""
