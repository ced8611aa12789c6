"""`backup-tui --plain`: the jobs of the screens as questions and lines, for screen readers and plain terminals."""
