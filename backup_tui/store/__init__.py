"""The reactive state store: one truth in memory, compared before listeners hear of it, and pure views of it. No I/O.
`store` has the `Store`, `updates` its input, `changes` its output, `views` and `summary` what screens ask for."""
