"""WooCommerce: calling a store, listening to it, and mapping what it says into our words."""
