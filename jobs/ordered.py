"""What the engine orders, as the rows that it becomes: a message of the ledger, a discount code."""

from jobs.grants import drawn
from jobs.runtime import Runtime
from marketing.coupons import coupon_of
from marketing.enrollment import Enrollment, MakeCode, Send
from marketing.flow import Flow, SendMessage
from storage.codes import NewCode, code_id
from storage.enrollment_turns import Due
from storage.messages import NewMessage
from storage.schema import new_id


def message(runtime: Runtime, one: Due, flow: Flow, send: Send) -> NewMessage:
    """Give the row of the ledger for a message that an enrollment came to."""
    step, whose = flow.steps_by_id[send.step_id], one.enrollment
    if not isinstance(step, SendMessage):
        raise TypeError(f"step {send.step_id!r} is no message")
    # A reward may turn out to be a code.
    coupon = send.coupon_step_id or step.reward
    message_id = new_id()
    return NewMessage(
        id=message_id,
        enrollment_id=whose.id,
        flow_id=whose.flow_id,
        version_id=whose.version_id,
        step_id=send.step_id,
        customer_id=whose.customer_id,
        cart_id=one.cart_id,
        order_id=one.order_id,
        code_id=code_id(whose.id, coupon) if coupon else None,
        channel=step.channel.value,
        channels=[one.value for one in step.channels],
        kind=step.kind.value,
        due_at=send.due_at,
        expires_at=send.expires_at,
        rfc_message_id=f"<{message_id}@{sending_domain(runtime)}>",
    )


def sending_domain(runtime: Runtime) -> str:
    """Give the domain that Message-IDs are made in: that of MAIL_FROM."""
    return runtime.settings.mail_from.rpartition("@")[2].strip(" >") or "localhost"


def code(whose: Enrollment, flow: Flow, make: MakeCode) -> NewCode:
    """Give the row of a discount code that is to be made."""
    coupon = coupon_of(flow.steps_by_id[make.step_id])
    return NewCode(
        enrollment_id=whose.id,
        step_id=make.step_id,
        customer_id=whose.customer_id,
        code=drawn(make.prefix),
        off=coupon.off.value,
        percent=coupon.percent or 0,
        amount=coupon.amount,
        minimum=coupon.minimum,
        starts_at=make.starts_at,
        ends_at=make.ends_at,
        needed_by=make.needed_by,
    )
