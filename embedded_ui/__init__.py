"""What the merchant sees: sign-in, JSON API and the page inside the store's own dashboard."""
