"""Text messages: one file a provider, each a `channels.base.Channel` of one store's account."""
