"""Arms into stores: one folder a platform, all behind one protocol."""
