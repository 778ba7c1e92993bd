"""The store admin's JSON doors: clock, session token, install, faults. Scripts rely on them."""

import httpx
from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import oauth, session
from sandbox.clock import BadDuration, StillDue, parse_duration
from sandbox.faults import BadFault, read_fault
from sandbox.world import SAMPLE_SHOP, World

Answer = Response | tuple[Response, int]
_MOST_SPEED = 3600

FAULTS = {
    "token": {"reply", "delay"},
    "woo": {"reply", "delay"},
    "graphql": {"reply", "delay", "throttled", "denied", "expired", "lost"},
}


def create_clock(world: World) -> Blueprint:
    """`/api/clock` alone, for the admin of another store."""
    doors = Blueprint("clock", __name__, url_prefix="/api")
    _clock(doors, world)
    return doors


def create_doors(world: World) -> Blueprint:
    """`/api/...` of the store admin."""
    doors = Blueprint("doors", __name__, url_prefix="/api")
    _clock(doors, world)
    _faults(doors, world)

    @doors.get("/session-token")
    def session_token() -> Answer:
        shop = request.args.get("shop", SAMPLE_SHOP)
        token = oauth.session_token(shop, world.client.id, world.client.secret)
        return jsonify(token=token)

    @doors.post("/install")
    def install() -> Answer:
        shop = (request.get_json(silent=True) or {}).get("shop", SAMPLE_SHOP)
        if not isinstance(shop, str) or world.shop(shop) is None:
            return jsonify(error=f"the sandbox has no shop {shop!r}"), 400
        try:
            session.install(world, shop)
        except session.NotInstalled as trouble:
            return jsonify(installed=False, error=str(trouble)), 502
        return jsonify(installed=True)

    @doors.get("/healthz")
    def healthz() -> Answer:
        return jsonify(ok=True)

    return doors


def _clock(doors: Blueprint, world: World) -> None:
    @doors.get("/clock")
    def clock() -> Answer:
        world.time_machine.follow()
        return jsonify(now=world.now(), speed=world.clock.speed)

    @doors.post("/clock")
    def move() -> Answer:
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict) or len(asked.keys() & {"advance", "speed"}) != 1:
            return jsonify(error='send {"advance": "1h 30m"} or {"speed": 60}'), 400
        try:
            _move(world, asked)
        except BadDuration as problem:
            return jsonify(error=str(problem)), 400
        except (StillDue, httpx.HTTPError, KeyError, ValueError) as trouble:
            return jsonify(error=f"the app did not follow: {trouble}", now=world.now()), 503
        return jsonify(now=world.now())


def _move(world: World, asked: dict[str, object]) -> None:
    if "advance" in asked:
        world.time_machine.advance(parse_duration(asked["advance"]))
        return
    speed = asked["speed"]
    if type(speed) is not int or not 0 < speed <= _MOST_SPEED:
        raise BadDuration(f'"speed" wants a whole number from 1 to {_MOST_SPEED}, not {speed!r}')
    world.time_machine.run_at(speed)


def _faults(doors: Blueprint, world: World) -> None:
    @doors.get("/faults")
    def ordered() -> Answer:
        return jsonify(world.faults.listing())

    @doors.post("/faults")
    def order() -> Answer:
        asked = request.get_json(silent=True)
        if isinstance(asked, dict) and "access_token_life" in asked:
            return _token_life(world, asked["access_token_life"])
        try:
            world.faults.order(read_fault(asked, FAULTS))
        except BadFault as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(world.faults.listing()), 201

    @doors.delete("/faults")
    def calm() -> AnyResponse:
        world.faults.clear()
        world.state.set("access_token_life", 3600)
        return Response(status=204)


def _token_life(world: World, seconds: object) -> Answer:
    """New access tokens live this long (seconds of real time)."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 1:
        return jsonify(error='"access_token_life" wants whole seconds'), 400
    world.state.set("access_token_life", seconds)
    return jsonify(access_token_life=seconds)
