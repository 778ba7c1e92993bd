"""Arms to customers: one folder or file a channel, all behind one protocol."""
