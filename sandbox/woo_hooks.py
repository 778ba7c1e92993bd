"""WooCommerce's webhooks: made when something changes, built when they leave, one try each.

Their quirks are kept: a ping without a signature; delivery ids of one second alike; events of
one resource that wait together become one; answers from 200 to 302 count as success; the
seventh failure in a row disables.
"""

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Callable

import httpx
import orjson

from sandbox.state import Record
from sandbox.woo_jobs import Job, Jobs, Outcome
from sandbox.woo_site import WOO_VERSION, WP_VERSION, Site

_FORGIVEN = 5  # with more failures than this in a row, the next one disables
_SALT = b"the salt of this WordPress"
AGENT = f"WooCommerce/{WOO_VERSION} Hookshot (WordPress/{WP_VERSION})"
EVENTS = {
    "order": ("created", "updated", "deleted", "restored"),
    "product": ("created", "updated", "deleted", "restored", "published"),
    "customer": ("created", "updated", "deleted"),
    "coupon": ("created", "updated", "deleted", "restored"),
}
Payload = Callable[[int], Record | None]


def is_topic(topic: str) -> bool:
    """Say whether a webhook may have this topic; impossible pairs are refused."""
    resource, _, event = topic.partition(".")
    if resource == "action":
        return event.startswith(("woocommerce_", "wc_"))
    return event in EVENTS.get(resource, ())


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_success(answer: int) -> bool:
    """A redirect counts, and is not followed: what it carried is lost."""
    return 200 <= answer < 303


class Hooks:
    """The store's webhooks; their records are those of REST, with their secret and failures."""

    def __init__(self, site: Site, jobs: Jobs) -> None:
        self._site, self._jobs = site, jobs
        self.payloads: dict[str, Payload] = {}
        """How each resource is shown; filled by those who show them over REST."""
        jobs.doers["hook"] = self._deliver

    def ping(self, hook: Record) -> None:
        """Knock at the address, as WooCommerce does at creation; it is not looked who answers."""
        with contextlib.suppress(httpx.HTTPError):
            body = {"webhook_id": str(hook["id"])}
            self._jobs.http.post(hook["delivery_url"], data=body, headers={"User-Agent": AGENT})

    def tell(self, topic: str, id_: int) -> None:
        """Something happened to a resource: queue it for each webhook, unless it waits there."""
        for hook in self._site.all("woo_webhook"):
            wants = hook["topic"] == topic and hook["status"] == "active"
            if wants and not self._jobs.is_waiting(hook["id"], str(id_)):
                self._jobs.add(Job("hook", topic, hook=hook["id"], resource=str(id_)))

    def _deliver(self, job: Job) -> Outcome:
        """Bring one out; one that was disabled since it was queued is sent all the same."""
        hook = self._site.get("woo_webhook", job.hook)
        if hook is None:
            return Outcome(0, is_done=False)
        body = orjson.dumps(self._payload(job.topic, job.resource))
        answer = self._post(hook, job.topic, body)
        self._count(job.hook, answer)
        return Outcome(answer, is_done=is_success(answer))

    def _payload(self, topic: str, resource: str) -> Record:
        """As the resource is now, whatever it was when the event happened."""
        noun, _, event = topic.partition(".")
        if noun == "action":
            return {"action": event, "arg": resource}
        shown = None if event == "deleted" else self.payloads[noun](int(resource))
        return shown or {"id": int(resource)}

    def _post(self, hook: Record, topic: str, body: bytes) -> int:
        headers = self.headers(hook, topic, body)
        try:
            return self._jobs.http.post(
                hook["delivery_url"], content=body, headers=headers
            ).status_code
        except httpx.HTTPError:
            return 0

    def headers(self, hook: Record, topic: str, body: bytes) -> dict[str, str]:
        """What WooCommerce puts on a webhook."""
        noun, _, event = topic.partition(".")
        return {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "X-WC-Webhook-Source": f"{self._site.url}/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": noun,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": signature(hook["secret"], body),
            "X-WC-Webhook-ID": str(hook["id"]),
            "X-WC-Webhook-Delivery-ID": self.delivery_id(hook["id"]),
        }

    def delivery_id(self, hook: int) -> str:
        """Not unique: WordPress hashes the webhook's id and the second, and nothing else."""
        second = int(self._site.now().timestamp())
        return hmac.new(_SALT, f"{hook}{second}".encode(), "md5").hexdigest()

    def _count(self, hook_id: int, answer: int) -> None:
        """Success forgets the failures; one failure too many disables the webhook."""
        with self._site.state.transaction():
            hook = self._site.get("woo_webhook", hook_id)
            if hook is None:
                return
            if is_success(answer):
                hook["failures"] = 0
            elif hook["failures"] > _FORGIVEN:
                hook["status"] = "disabled"
            else:
                hook["failures"] += 1
            self._site.put("woo_webhook", hook)
