"""What the companion plugin tells the app: queued in WordPress, signed, tried again until taken."""

import uuid
from typing import Any

import httpx
import orjson

from sandbox.state import Record
from sandbox.woo_hooks import signature
from sandbox.woo_jobs import Job, Jobs, Outcome
from sandbox.woo_site import Site

_NOTHING: Record = {
    "connected": False, "app_url": "", "store_key": "", "secret": "", "privacy_url": "",
}  # fmt: skip
RETRY_AFTER = (60.0, 300.0, 1_800.0, 7_200.0, 21_600.0)  # seconds of the store's time


class Signals:
    """The plugin's connection to the app, and what it sends there."""

    def __init__(self, site: Site, jobs: Jobs) -> None:
        self._site, self._jobs = site, jobs
        jobs.doers["signal"] = self._deliver

    @property
    def connection(self) -> Record:
        """`connected`, `app_url`, `store_key`, `secret`: as the app has handed them over."""
        found: Record = self._site.state.setting("woo_connection", _NOTHING)
        return found

    def connect(self, told: Record) -> None:
        self._site.state.set("woo_connection", {**_NOTHING, **told, "connected": True})

    def forget(self) -> None:
        self._site.state.set("woo_connection", _NOTHING)

    @property
    def is_on(self) -> bool:
        """Whether the plugin is there and knows where to send."""
        return bool(self._site.site("plugin")) and bool(self.connection["connected"])

    def send(self, topic: str, body: Any) -> None:
        """Queue one signal; without a connection nothing is told to anybody."""
        if self.is_on:
            to = {**self.connection, "delivery": str(uuid.uuid4())}
            data = orjson.dumps(to).decode()
            self._jobs.add(Job("signal", topic, body=orjson.dumps(body), data=data))

    def _deliver(self, job: Job) -> Outcome:
        to = job.told
        address = f"{to['app_url']}/webhooks/woocommerce/{to['store_key']}"
        headers = self.headers(job.topic, job.body, to)
        try:
            answer = self._jobs.http.post(address, content=job.body, headers=headers).status_code
        except httpx.HTTPError:
            answer = 0
        wait = RETRY_AFTER[job.tries] if job.tries < len(RETRY_AFTER) else None
        return Outcome(answer, is_done=200 <= answer < 300, again_in=wait)

    def headers(self, topic: str, body: bytes, to: Record) -> dict[str, str]:
        """What the plugin puts on a signal; its delivery id is the same on every try."""
        return {
            "Content-Type": "application/json",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Source": f"{self._site.url}/",
            "X-WC-Webhook-Signature": signature(to["secret"], body),
            "X-WC-Webhook-ID": "reprise",
            "X-WC-Webhook-Delivery-ID": to["delivery"],
        }
