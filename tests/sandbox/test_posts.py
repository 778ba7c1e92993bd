"""The sandbox's posts: anybody comments there, and takes it back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox import mailbox, meta_pages
from sandbox.meta import Meta
from tests.channels.meta_stand import meta

__all__ = ["meta"]


@pytest.fixture
def client(meta: Meta) -> FlaskClient:
    app = Flask(mailbox.__name__)
    meta_pages.add_pages(app, meta)
    return app.test_client()


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_whoever_comments_is_seen_under_the_post_until_they_take_it_back(
    client: FlaskClient, meta: Meta, platform: str
) -> None:
    page = f"/phones/posts/{platform}"
    assert "has not asked to be told" in client.get(page).text
    answer = client.post(page, data={"person": "Ada", "said": "Which <size>?"})
    assert (answer.status_code, answer.location) == (302, page)
    assert "Which &lt;size&gt;?" in client.get(page).text
    [comment] = meta.chats(platform)
    client.post(page, data={"person": "Ada", "deed": "take_back", "said": comment["mid"]})
    assert "Which" not in client.get(page).text
    assert "Deleted a comment" in client.get(f"/phones/chat/{platform}?person=Ada").text


def test_a_comment_has_somebody_who_says_something(client: FlaskClient) -> None:
    for form in ({"person": "Ada"}, {"said": "Hi"}, {"person": " ", "said": "Hi"}):
        assert client.post("/phones/posts/instagram", data=form).status_code == 400
    assert client.get("/phones/posts/whatsapp").status_code == 404
