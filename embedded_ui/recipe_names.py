"""What a recipe that nobody published yet is called: for each reader in their own language."""

from dataclasses import replace
from typing import TypeVar

from doors.spoken import the_language
from marketing import recipes
from storage.flows import StoredFlow
from storage.reports_flows import FlowLine

Kept = TypeVar("Kept", StoredFlow, FlowLine)


def called(kept: Kept) -> Kept:
    """Give a flow as its reader calls it: once it was live, its names are what they are."""
    recipe = kept.recipe
    if recipe is None or _was_live(kept) or recipe not in recipes.names():
        return kept
    draft = recipes.called_in(recipe, dict(kept.draft), the_language())
    return replace(kept, name=draft.get("name", kept.name), draft=draft)


def _was_live(kept: StoredFlow | FlowLine) -> bool:
    live = kept.live_version if isinstance(kept, FlowLine) else kept.live_version_id
    return live is not None
