"""Everybody's WhatsApp: what arrived, how to answer it, and Meta's console beside it."""

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox.faults import BadFault, read_fault
from sandbox.whatsapp import ACCOUNT_ID, DISPLAY, FAULTS, PHONE_NUMBER_ID, WhatsApp

STATES = ("APPROVED", "PAUSED", "REJECTED", "DISABLED")


def add_pages(app: Flask, whatsapp: WhatsApp) -> None:
    """Add the phones' WhatsApp and its JSON to the mailbox."""
    _json_doors(app, whatsapp)
    _console(app, whatsapp)

    @app.get("/phones/whatsapp")
    def chats() -> str:
        number = request.args.get("number", "")
        numbers = sorted({one["number"] for one in whatsapp.messages()})
        ids = {"account": ACCOUNT_ID, "number": PHONE_NUMBER_ID, "display": DISPLAY}
        return render_template(
            "whatsapp.html", messages=whatsapp.messages(number), numbers=numbers, number=number,
            whatsapp=whatsapp, ids=ids, states=STATES, wrong=request.args.get("wrong"),
        )  # fmt: skip

    @app.post("/phones/whatsapp/answer")
    def answer_by_whatsapp() -> AnyResponse:
        number, told = _number(), request.form
        if "payload" in told:
            whatsapp.tap(number, told.get("label", ""), told["payload"], told.get("of", ""))
        elif told.get("picture"):
            whatsapp.send_picture(number, told.get("body", "").strip())
        elif body := told.get("body", "").strip():
            come = whatsapp.come_by_ad if told.get("by_ad") else whatsapp.answer
            come(number, body, told.get("name", "").strip() or "Ada")
        return redirect(url_for("chats", number=number))

    @app.post("/phones/whatsapp/marketing")
    def prefer() -> AnyResponse:
        number = _number()
        whatsapp.prefer(number, marketing=request.form.get("wanted") == "yes")
        return redirect(url_for("chats", number=number))


def _console(app: Flask, whatsapp: WhatsApp) -> None:
    @app.post("/phones/whatsapp/console")
    def set_webhook() -> AnyResponse:
        told = request.form
        url, word = told.get("url", "").strip(), told.get("verify_token", "").strip()
        is_kept = whatsapp.set_webhook(url, word)
        return redirect(url_for("chats", wrong=None if is_kept else "yes"))

    @app.post("/phones/whatsapp/templates")
    def turn_template() -> AnyResponse:
        told = request.form
        if told.get("status") not in STATES:
            abort(400, "There is no such status.")
        whatsapp.turn_template(told.get("name", ""), told.get("language", ""), told["status"])
        return redirect(url_for("chats"))


def _json_doors(app: Flask, whatsapp: WhatsApp) -> None:
    @app.get("/api/whatsapp")
    def whatsapp_messages() -> Response:
        return jsonify(whatsapp.messages(request.args.get("number", "")))

    @app.get("/api/whatsapp/account")
    def whatsapp_account() -> Response:
        return jsonify(
            account_id=ACCOUNT_ID, phone_number_id=PHONE_NUMBER_ID,
            access_token=whatsapp.access_token, app_secret=whatsapp.app_secret,
        )  # fmt: skip

    @app.post("/api/whatsapp")
    def whatsapp_comes_in() -> Response:
        told = request.get_json()
        name = str(told.get("name") or "Ada")
        if "payload" in told:
            of = told.get("of", "")
            answered = whatsapp.tap(told["number"], told["label"], told["payload"], of, name)
        elif told.get("picture"):
            answered = whatsapp.send_picture(told["number"], told.get("body", ""), name)
        else:
            come = whatsapp.come_by_ad if told.get("by_ad") else whatsapp.answer
            answered = come(told["number"], told["body"], name)
        return jsonify(answered=answered)

    @app.post("/api/whatsapp/faults")
    def order_whatsapp() -> tuple[Response, int]:
        try:
            whatsapp.faults.order(read_fault(request.get_json(silent=True), FAULTS))
        except BadFault as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(whatsapp.faults.listing()), 201


def _number() -> str:
    number = request.form.get("number", "").strip()
    if not number.startswith("+"):
        abort(400, "Give a number that begins with +.")
    return number
