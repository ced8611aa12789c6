"""Use cases around restores: names, points, drafts, review, activation, what failed."""
