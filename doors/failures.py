"""The name of a request that failed: said to whoever asked, and in the log beside the reason."""

import logging
import secrets

from flask import Flask, Response, request

HEADER = "X-Request-ID"
log = logging.getLogger(__name__)


def name_failures(app: Flask) -> None:
    """Have each answer that is our fault (5xx) say a name, which the log has after its reason.

    The log gets the door, not the address: in many addresses stands what only one person may know.
    """

    @app.after_request
    def name(answer: Response) -> Response:
        if answer.status_code >= 500:
            answer.headers[HEADER] = told = secrets.token_hex(4)
            door = request.url_rule.rule if request.url_rule else "?"
            log.error("request %s: %s %s: %d", told, request.method, door, answer.status_code)
        return answer
