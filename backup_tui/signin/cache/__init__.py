"""What is kept of a sign-in between two runs, and where."""
