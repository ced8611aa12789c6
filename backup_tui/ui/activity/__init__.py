"""Screen 5, Activity."""
