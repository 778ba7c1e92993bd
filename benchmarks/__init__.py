"""The speed figures, each as a ratio against a ceiling measured in the same run."""
