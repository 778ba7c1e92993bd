"""The form at the foot of each page: who leaves an address there wants the shop's news."""

from flask import Flask, g, render_template, request

from sandbox import people
from sandbox.world import World


def newsletter_pages(app: Flask, world: World) -> None:
    """`POST /newsletter`: a customer is met, or made, and has subscribed."""

    @app.post("/newsletter")
    def join() -> str | tuple[str, int]:
        email = request.form.get("email", "").strip()
        if not people.is_email(email):
            return render_template("front_joined.html", email=""), 422
        event = people.new_event()
        with world.state.transaction():
            person = people.meet(world, g.shop, email, {}, event)
            people.subscribe(world, g.shop, person, event)
        return render_template("front_joined.html", email=email)
