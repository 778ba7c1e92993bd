"""The nouns of the `reprise` command: stores, keys, flows. They work on the database directly."""
