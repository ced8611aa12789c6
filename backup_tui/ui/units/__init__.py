"""Screen 4, Units, and their restore points."""
