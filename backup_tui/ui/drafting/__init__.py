"""What the form of a new restore does behind its fields: history, look-ups, words, the draft itself."""
