"""Measures what the program is budgeted at; see `benchmarks.__main__`."""
