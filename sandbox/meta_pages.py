"""Everybody's Messenger and Instagram: chats to read and answer, and the app's dashboard."""

from collections.abc import Callable

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import meta_people, meta_threads, meta_tokens
from sandbox.faults import BadFault, read_fault
from sandbox.meta import APP_ID, FAULTS, PLATFORMS, Meta

Deed = Callable[[str, str, str], int]
"""What somebody does: the platform, who, and what they say; gives what the app answered."""


def add_pages(app: Flask, meta: Meta) -> None:
    """Add the chats' pages and their JSON to the mailbox."""
    deeds = _deeds(meta)
    _json_doors(app, meta, deeds)
    _posts(app, meta)
    _routing(app, meta)

    @app.get("/phones/chat/<any(messenger, instagram):platform>")
    def chat(platform: str) -> str:
        account = PLATFORMS[platform]
        meta_tokens.keep_fresh(meta)
        person = request.args.get("person", "")
        if person:
            meta_people.read(meta, platform, person)
        return render_template(
            "chats.html", meta=meta, platform=account, platforms=PLATFORMS, app_id=APP_ID,
            person=person, people=meta.people(platform), told=request.args.get("told", ""),
            chats=meta.chats(platform, person) if person else [],
            buttons_of=meta_people.buttons_of, has_routing=meta_threads.has_routing(meta),
            leader=_named(meta_threads.leader(meta, platform, person), platform),
        )  # fmt: skip

    @app.post("/phones/chat/<any(messenger, instagram):platform>")
    def chat_deed(platform: str) -> AnyResponse:
        person = request.form.get("person", "").strip()
        deed = deeds.get(request.form.get("deed", ""))
        if deed is None or not person:
            abort(400, "Say who does what.")
        deed(platform, person, request.form.get("said", ""))
        return redirect(url_for("chat", platform=platform, person=person))

    @app.post("/phones/chat/<any(messenger, instagram):platform>/dashboard")
    def chat_dashboard(platform: str) -> AnyResponse:
        url, word = request.form.get("url", "").strip(), request.form.get("verify_token", "")
        is_theirs = meta.set_callback(platform, url, word.strip())
        words = "The callback was verified." if is_theirs else "The callback did not answer."
        return redirect(url_for("chat", platform=platform, told=words))

    @app.post("/phones/chat/<any(messenger, instagram):platform>/forge")
    def chat_forge(platform: str) -> AnyResponse:
        words = f"The app answered the forged webhook with {meta_people.forge(meta, platform)}."
        return redirect(url_for("chat", platform=platform, told=words))


def _routing(app: Flask, meta: Meta) -> None:
    """Let the page have this app as its default app, or none."""

    @app.post("/phones/chat/<any(messenger, instagram):platform>/routing")
    def chat_routing(platform: str) -> AnyResponse:
        meta_threads.set_routing(meta, is_on=request.form.get("is_on") == "yes")
        return redirect(url_for("chat", platform=platform))

    @app.post("/api/chats/routing")
    def chats_routing() -> Response:
        is_on = bool(request.get_json().get("is_on"))
        meta_threads.set_routing(meta, is_on=is_on)
        return jsonify(is_on=is_on)


def _named(app: str, platform: str) -> str:
    names = {APP_ID: "this app", meta_threads.inbox_of(platform): "Meta's inbox", "": "nobody"}
    return names.get(app, "another app")


def _posts(app: Flask, meta: Meta) -> None:
    """Add each account's post, for anybody to comment."""

    @app.get("/phones/posts/<any(messenger, instagram):platform>")
    def post(platform: str) -> str:
        comments = [one for one in meta.chats(platform) if one["kind"] == "comment"]
        return render_template(
            "posts.html", platform=PLATFORMS[platform], platforms=PLATFORMS, comments=comments,
            post_id=meta_people.POSTS[platform], is_told=meta.is_subscribed(platform),
        )  # fmt: skip

    @app.post("/phones/posts/<any(messenger, instagram):platform>")
    def post_deed(platform: str) -> AnyResponse:
        person = request.form.get("person", "").strip()
        said = request.form.get("said", "").strip()
        if not person or not said:
            abort(400, "Say who comments, and what.")
        deed = request.form.get("deed") == "take_back"
        (meta_people.take_back if deed else meta_people.comment)(meta, platform, person, said)
        return redirect(url_for("post", platform=platform))


def _json_doors(app: Flask, meta: Meta, deeds: dict[str, Deed]) -> None:
    @app.get("/api/chats/<any(messenger, instagram):platform>")
    def chats_said(platform: str) -> Response:
        return jsonify(meta.chats(platform, request.args.get("person", "")))

    @app.post("/api/chats/<any(messenger, instagram):platform>")
    def chats_in(platform: str) -> Response:
        told = request.get_json()
        deed = deeds.get(told.get("deed", "write"))
        if deed is None:
            abort(404)
        return jsonify(answered=deed(platform, told["person"], str(told.get("said", ""))))

    @app.get("/api/chats/<any(messenger, instagram):platform>/account")
    def chats_account(platform: str) -> Response:
        one = PLATFORMS[platform]
        meta_tokens.keep_fresh(meta)
        return jsonify(
            account_id=one.account_id, app_id=APP_ID, app_secret=meta.app_secret,
            access_token=meta.tokens[platform],
        )  # fmt: skip

    @app.post("/api/chats/<any(messenger, instagram):platform>/callback")
    def chats_callback(platform: str) -> Response:
        told = request.get_json()
        return jsonify(verified=meta.set_callback(platform, told["url"], told["verify_token"]))

    @app.post("/api/chats/faults")
    def order_chats() -> tuple[Response, int]:
        try:
            meta.faults.order(read_fault(request.get_json(silent=True), FAULTS))
        except BadFault as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(meta.faults.listing()), 201


def _deeds(meta: Meta) -> dict[str, Deed]:
    """Name what people can do; `said` is words, a message's id, or `<message id> <button>`."""

    def tap(platform: str, person: str, said: str) -> int:
        mid, _, index = said.rpartition(" ")
        return meta_people.tap(meta, platform, person, mid, int(index) if index.isdigit() else -1)

    plain = {
        "write": meta_people.write,
        "arrive": meta_people.arrive,
        "story": meta_people.answer_story,
        "comment": meta_people.comment,
        "take_back": meta_people.take_back,
        "react": meta_people.react,
        "delete": meta_people.delete,
        "inbox": meta_people.answer_as_store,
        "lead": meta_threads.let_lead,
    }
    bound: dict[str, Deed] = {
        name: (lambda *told, do=do: do(meta, *told)) for name, do in plain.items()
    }
    return bound | {
        "tap": tap,
        "picture": lambda platform, person, _: meta_people.send_picture(meta, platform, person),
        "mention": lambda platform, person, _: meta_people.mention(meta, platform, person),
        "read": lambda platform, person, _: meta_people.read(meta, platform, person),
    }
