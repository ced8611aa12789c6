"""The reactive state store: one truth in memory, compared before it is told on, and pure views of it. No I/O. `store`
has the `Store`, `updates` what it takes in, `changes` what it tells on, `views` and `summary` what screens ask."""
