"""The use cases as plain commands: data on stdout, narration on stderr, an exit code that tells how it ended."""
