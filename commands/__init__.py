"""The nouns of the `reprise` command: stores, keys, flows, events; each works on the database."""
