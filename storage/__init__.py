"""Memory: all SQL is here, one file a noun, the store first in every call."""
