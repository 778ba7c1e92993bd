"""What each address of the panel's API asks of whoever calls it.

An address that is named nowhere here wants `READ` to be looked at and `EDIT` to be changed, so a
new one is never open by mistake; a test holds the names against the addresses there are.
"""

from typing import Final

from marketing.team import Right

ASKING: Final = frozenset(
    {
        "/campaigns/check",
        "/flows/check",
        "/flows/sentence",
        "/segments/check",
        "/segments/count",
        "/templates/check",
        "/templates/convert",
        "/templates/preview",
        "/segments/estimate",
    }
)
"""Sent by POST because what is asked is long: nothing changes by it."""

PUBLISHING: Final = frozenset(
    {
        "/campaigns/<uuid:campaign_id>/schedule",
        "/campaigns/<uuid:campaign_id>/cancel",
        "/campaigns/<uuid:campaign_id>/unschedule",
        "/campaigns/<uuid:campaign_id>/pause",
        "/campaigns/<uuid:campaign_id>/resume",
        "/customers/<uuid:customer_id>/flows/<uuid:flow_id>/remove",
        "/channels/<channel>",
        "/channels/<channel>/keyword",
        "/channels/<channel>/test",
        "/channels/whatsapp/templates/test",
        "/customers/<uuid:customer_id>/erase",
        "/flows/<uuid:flow_id>/publish",
        "/flows/<uuid:flow_id>/versions/<int:number>/publish",
        "/flows/<uuid:flow_id>/pause",
        "/flows/<uuid:flow_id>/resume",
        "/flows/<uuid:flow_id>/splits/<split_id>/winner",
        "/flows/<uuid:flow_id>/enrol",
        "/flows/<uuid:flow_id>/backfill",
        "/dashboard/retry",
        "/intakes/<uuid:intake_id>/cancel",
        "/keys",
        "/keys/<uuid:key_id>/revoke",
        "/settings",
        "/settings/brand",
        "/settings/brand/from-store",
        "/settings/conversations",
        "/settings/signup-form",
        "/setup/sending",
        "/store/disconnect",
        "/stores",
        "/stores/code",
        "/stores/<uuid:other_id>/unlink",
        "/suppressions",
        "/team",
        "/team/<uuid:member_id>",
    }
)
"""What customers or other programs feel at once, and what says who may do what.

An editor changes a segment or campaign only as long as nothing live asks about it; the views
of these see to it.
"""

ANSWERING: Final = frozenset(
    {
        "/conversations/<uuid:customer_id>/assign",
        "/conversations/<uuid:customer_id>/close",
        "/conversations/<uuid:customer_id>/hand-back",
        "/conversations/<uuid:customer_id>/read",
        "/conversations/<uuid:customer_id>/reopen",
        "/conversations/<uuid:customer_id>/replies",
        "/conversations/<uuid:customer_id>/replies/<uuid:reply_id>/retry",
        "/conversations/<uuid:customer_id>/take-over",
        "/conversations/<uuid:customer_id>/test",
        "/conversations/<uuid:customer_id>/writing",
        "/conversations/test",
        "/conversations/test/lines",
        "/conversations/test/said",
        "/conversations/<uuid:customer_id>/calls/<uuid:call_id>/judge",
        "/customers/<uuid:customer_id>/hand-back",
        "/customers/<uuid:customer_id>/not-needed",
        "/saved-replies",
        "/saved-replies/<uuid:saved_id>",
    }
)
"""What whoever answers customers does."""

UNNOTED: Final = frozenset(
    {
        "/conversations/<uuid:customer_id>/read",
        "/conversations/<uuid:customer_id>/writing",
        "/conversations/test/lines",
        "/conversations/test/said",
    }
)
"""No change that anybody would look for in the log."""

NOTED: Final = frozenset({"/customers/<uuid:customer_id>/export"})
"""What is only looked at, yet stands in the log: by it a customer's data leave the store."""

SECRET: Final = frozenset({"/settings/webhook-secret", "/customers/<uuid:customer_id>/export"})
"""What even to look at wants `PUBLISH`."""


def right_for(rule: str, method: str) -> Right:
    """Give the right that a request needs; `rule` is the address below `/panel/api`."""
    if rule in SECRET:
        return Right.PUBLISH
    if method in {"GET", "HEAD", "OPTIONS"} or rule in ASKING:
        return Right.READ
    if rule in ANSWERING:
        return Right.ANSWER
    return Right.PUBLISH if rule in PUBLISHING else Right.EDIT
