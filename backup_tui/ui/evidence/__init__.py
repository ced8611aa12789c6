"""The screens of evidence: reports, the hand-over card, drills."""
