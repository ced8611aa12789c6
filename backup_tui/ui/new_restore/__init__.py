"""The form of a new restore, its names and its picker."""
