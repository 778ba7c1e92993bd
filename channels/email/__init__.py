"""E-mail: building a message and handing it to a provider."""
