"""Screen 1, the Overview."""
