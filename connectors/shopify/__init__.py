"""Shopify: installing, calling, listening, and mapping what it says into our words."""
