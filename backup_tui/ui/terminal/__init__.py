"""Between the program and the terminal: what comes in, what goes out, its modes, and the signals that concern it."""
