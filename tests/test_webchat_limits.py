"""Who floods the website chat with addresses has few asked by mail, and keeps nobody else's."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app import create_app
from tests.jobs.inbound import Inbound
from tests.jobs.stage import Stage
from tests.test_webchat_door import ID, OURS, stage

__all__ = ["stage"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_network_types_so_many_addresses_into_chats_and_keeps_nobody_elses_from_it(
    stage: Stage,
) -> None:
    runtime = Inbound(stage).runtime
    app = create_app(replace(runtime, settings=replace(runtime.settings, proxies=1)))
    client = app.test_client()

    def post(address: str, path: str, **said: Any) -> Any:
        headers = {"Origin": OURS, "X-Forwarded-For": address}
        where = f"/webchat/{stage.store_id}/{path}"
        return client.post(where, data=json.dumps(said), headers=headers)

    def types(address: str, text: str) -> int:
        token = post(address, "visitors").get_json()["token"]
        told = {"token": token, "id": ID.format(1), "text": text}
        return int(post(address, "said", **told).status_code)

    hosts = [f"203.0.113.{number}" for number in range(1, 16)]
    answers = [types(host, f"It is a{host}@example.com") for host in hosts]
    assert answers == [202] * 12 + [429] * 3
    assert types(hosts[0], "Do you ship to Wien?") == 202, "words without an address go on"
    assert types("192.0.2.7", "ada@example.com") == 202
