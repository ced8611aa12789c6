"""Actions on a restore session or a unit from any list: commands with their handlers."""
