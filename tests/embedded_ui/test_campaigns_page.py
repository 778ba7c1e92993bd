"""Campaigns in the panel: begun for a segment, planned, sent by the real jobs, and what came of it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

from channels.base import Channel
from channels.console import ConsoleChannel
from jobs import campaigns, deliver, intake, launch, segments
from jobs.runtime import Runtime
from marketing.model import ChannelName
from storage.campaigns import CampaignState
from storage.database import Database
from storage.schema import customers
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import runtime_of, settings_of
from tests.embedded_ui.framed import (
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    empty,
    look,
    maple,
    open_page,
)
from tests.seeding import SmallStore

__all__ = ["admin", "database_url", "empty", "maple", "open_page"]
pytestmark = IN_A_BROWSER
BIG = {"name": "Big spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
