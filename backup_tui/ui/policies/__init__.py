"""Screen 2, Policies."""
