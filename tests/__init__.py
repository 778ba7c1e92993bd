"""The tests: a mirror of the source, file for file, with real parts behind it."""
