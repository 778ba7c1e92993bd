"""What the JSON doors share, the panel's and that of other programs."""
