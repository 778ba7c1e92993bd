"""Beginning an A/B test of a message: in the flow's draft, for a person to change and publish."""

from dataclasses import dataclass

from jobs import drafts
from jobs.drafts import Edit, NoSuchFlow
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing import splitting
from marketing.said import say
from storage import flows


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the test is in the draft: its split, and the copy that is to be changed."""

    flow_id: str
    split_id: str
    copy_id: str


def begin(runtime: Runtime, store_id: str, flow_id: str, step_id: str, author: str) -> Begun:
    """Split a message of a flow's draft in two, half and half; what is live stays as it is.

    Raises `NotHere` and `NotNow`.
    """
    with runtime.database.reading() as connection:
        stored = flows.get(connection, store_id, flow_id)
    if stored is None:
        raise NotHere(say("There is no such flow in this store."))
    try:
        document, split_id, copy_id = splitting.with_test(stored.draft, step_id)
        edit = Edit(author, stored.revision)
        drafts.save_draft(runtime, store_id, flow_id, document, edit, is_unfinished=True)
    except splitting.NotThere:
        raise NotNow(say("The flow's draft has this message no more.")) from None
    except splitting.IsTested:
        raise NotNow(say("This message is part of an A/B test already.")) from None
    except drafts.DraftMoved:
        raise NotNow(say("Somebody just changed this flow. Try again.")) from None
    except NoSuchFlow:
        raise NotHere(say("There is no such flow in this store.")) from None
    return Begun(flow_id, split_id, copy_id)
