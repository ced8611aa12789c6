"""Times as people type them, and the restore point that each unit goes back to."""
