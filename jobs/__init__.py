"""Work: one file a verb; jobs carry ids, never objects."""
