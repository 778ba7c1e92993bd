"""Where else a store can be found: the addresses that the merchant told, by network."""

from collections.abc import Mapping
from typing import Any

NETWORKS: Mapping[str, str] = {
    "instagram_url": "Instagram",
    "facebook_url": "Facebook",
    "tiktok_url": "TikTok",
    "youtube_url": "YouTube",
    "pinterest_url": "Pinterest",
}
"""Setting -> name, in the order in which messages name them."""


def social_links(settings: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the name and the address of each network that the settings have one for."""
    return [
        {"name": name, "url": settings[key]} for key, name in NETWORKS.items() if settings.get(key)
    ]
