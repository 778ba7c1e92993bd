"""A real server on this machine for a Flask app that a test plays against."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def served(app: Flask, port: int = 0, **options: Any) -> Iterator[str]:
    """Give the app's address while it answers; 0: any port that is free.

    Options are those of `werkzeug.serving.make_server`, say `ssl_context`.
    """
    server = make_server("127.0.0.1", port, app, threaded=True, **options)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    scheme = "https" if "ssl_context" in options else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
