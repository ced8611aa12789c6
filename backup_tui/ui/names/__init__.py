"""Names of a list that match no unit, to work through: one screen for every list that has such names."""
