"""The nouns of the `reprise` command: stores, keys, flows, segments, events."""
