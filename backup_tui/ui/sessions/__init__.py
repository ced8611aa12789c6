"""Screen 3, Sessions, and one restore session."""
