"""What a restore will do, what was checked, the phrase, and the start."""
