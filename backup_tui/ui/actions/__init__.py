"""What can be done with a restore session or a unit from any list of them: commands with their handlers."""
