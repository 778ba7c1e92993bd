"""Everybody's phone: the texts that arrived, a field to answer, and the providers' consoles."""

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox.faults import BadFault, read_fault
from sandbox.plivo import Plivo
from sandbox.twilio import FAULTS, NUMBER, Twilio


def add_pages(app: Flask, twilio: Twilio, plivo: Plivo) -> None:
    """Add the phones' pages and their JSON to the mailbox."""
    _json_doors(app, twilio, plivo)

    @app.get("/phones")
    def phones() -> str:
        number = request.args.get("number", "")
        texts = twilio.texts(number)
        numbers = sorted({one["number"] for one in twilio.texts()})
        return render_template(
            "phones.html",
            texts=texts,
            numbers=numbers,
            number=number,
            twilio=twilio,
            plivo=plivo,
            own=NUMBER,
        )

    @app.post("/phones/answer")
    def answer() -> AnyResponse:
        number, body = request.form.get("number", ""), request.form.get("body", "")
        if not number.startswith("+") or not body.strip():
            abort(400, "Give a number that begins with + and something to say.")
        if request.form.get("picture"):
            twilio.answer(number, body, has_picture=True)
        else:
            (plivo if plivo.inbound_url else twilio).answer(number, body)
        return redirect(url_for("phones", number=number))

    @app.post("/phones/console")
    def console() -> AnyResponse:
        provider = plivo if request.form.get("provider") == "plivo" else twilio
        provider.inbound_url = request.form.get("inbound_url", "").strip()
        return redirect(url_for("phones"))


def _json_doors(app: Flask, twilio: Twilio, plivo: Plivo) -> None:
    @app.get("/api/texts")
    def texts() -> Response:
        return jsonify(twilio.texts(request.args.get("number", "")))

    @app.post("/api/texts")
    def come_in() -> Response:
        told = request.get_json()
        provider = plivo if plivo.inbound_url else twilio
        if told.get("picture"):
            return jsonify(answered=twilio.answer(told["number"], told["body"], has_picture=True))
        return jsonify(answered=provider.answer(told["number"], told["body"]))

    @app.get("/api/texts/account")
    def account() -> Response:
        return jsonify(account_sid=twilio.account_sid, auth_token=twilio.auth_token, sender=NUMBER)

    @app.post("/api/texts/faults")
    def order_texts() -> tuple[Response, int]:
        try:
            twilio.faults.order(read_fault(request.get_json(silent=True), FAULTS))
        except BadFault as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(twilio.faults.listing()), 201
