"""What is left of a restore for others: reports, their check sums, hand-over cards, drills."""
