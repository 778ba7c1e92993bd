"""The mind: what the app knows and decides; no I/O, no clock, no framework."""
