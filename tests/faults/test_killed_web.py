"""A web process that is killed while it accepts: what heard 200 is there, and nothing is twice."""

import base64
import hashlib
import hmac
import http.client
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.ports import free_port
from storage import schema
from tests.faults.harness import Processes, processes, wait_until
from tests.jobs.stage import Stage

WEBHOOKS, SENDERS = 200, 8
PATIENCE = 60.0
BODY = b'{"id": 1}'


class Platform:
    """Sends webhooks as a platform does: the same one again until it hears 200."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: Counter[str] = Counter()
        self.lost = 0

    def deliver(self, webhook_id: str) -> None:
        give_up = time.monotonic() + PATIENCE
        while not self._is_taken(webhook_id):
            assert time.monotonic() < give_up, f"{webhook_id} was never taken"
            time.sleep(0.1)

    def _is_taken(self, webhook_id: str) -> bool:
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            door.request("POST", "/webhooks/shopify", BODY, _signed(webhook_id))
            status = door.getresponse().status
        except (OSError, http.client.HTTPException):
            self.lost += 1
            return False
        finally:
            door.close()
        self.heard[str(status)] += 1
        return status == 200


def _signed(webhook_id: str) -> dict[str, str]:
    mac = hmac.new(b"secret", BODY, hashlib.sha256).digest()
    return {
        "X-Shopify-Topic": "moons/full",
        "X-Shopify-Hmac-Sha256": base64.b64encode(mac).decode(),
        "X-Shopify-Shop-Domain": "maple.myshopify.com",
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": webhook_id,
    }


def web(hands: Processes, port: int, **more: str) -> "subprocess.Popen[bytes]":
    """Start the Procfile's web process."""
    options = ("--interface", "wsgi", "--factory", "--blocking-threads", "8")
    return hands.start(
        "granian", *options, "--host", "127.0.0.1", "--port", str(port), "app:create_app", **more
    )


@pytest.mark.slow
def test_a_web_process_killed_while_accepting_loses_and_doubles_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    port = free_port()
    platform = Platform(port)
    with processes(stage, tmp_path) as hands, ThreadPoolExecutor(SENDERS) as senders:
        dying = web(hands, port, FAULT_POINT="web_accept:50")
        sent = [senders.submit(platform.deliver, f"w-{n}") for n in range(WEBHOOKS)]
        wait_until(lambda: dying.poll() is not None, PATIENCE, "the kill")
        web(hands, port)
        for one in sent:
            one.result()
    kept = Counter(row.webhook_id for row in stage.rows(schema.inbox))
    assert kept == dict.fromkeys((f"w-{n}" for n in range(WEBHOOKS)), 1)
    assert platform.lost > 0
    assert set(platform.heard) == {"200"}
