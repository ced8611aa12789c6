"""The use cases as plain commands: data on stdout, narration on stderr, an exit code for the outcome."""
