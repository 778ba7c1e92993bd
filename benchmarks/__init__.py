"""The speed figures, each as a ratio against a ceiling that is measured in the same run."""
