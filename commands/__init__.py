"""The nouns of the `reprise` command: stores, keys, flows, splits, campaigns, segments, events."""
