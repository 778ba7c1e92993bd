"""The panel in a frame, as a merchant sees it: the app on one origin, a bare admin on another.

The admin is the sandbox's own script on both sides of the frame, around a page of our own.
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request, send_from_directory
from werkzeug.serving import BaseWSGIServer, make_server

from tests.embedded_ui.conftest import MAPLE, token_for

STATIC = Path(__file__).parents[2] / "sandbox" / "static"
PAGE = """<!doctype html><html lang="en"><title>Admin</title>
<style>html,body{{margin:0;height:100%}}iframe{{border:0;width:100%;height:100vh;display:block}}
#app-links:empty,#loading,#toast[hidden]{{display:none}}#toast{{position:fixed;bottom:8px}}#save-bar{{position:fixed;top:0;right:0}}</style>
<div id="save-bar" role="region" aria-label="Unsaved changes" hidden></div>
<nav id="app-links" hidden></nav><i id="loading" hidden></i><p id="toast" role="status" hidden></p>
<iframe id="app-frame" title="Reprise" data-app="{app}" data-shop="{shop}"
 src="{app}/panel{path}?shop={shop}&amp;embedded=1&amp;locale={locale}"></iframe>
<script src="/static/frame.js"></script></html>"""


@dataclass
class AdminFrame:
    """The running pair; `faults`: part of an API path -> the status it answers; `forged` tokens."""

    app_url: str = ""
    admin_url: str = ""
    domain: str = MAPLE
    locale: str = "en"
    """In which the admin's owner reads."""
    forged: bool = False
    faults: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    app: Flask = field(init=False)
    _servers: list[BaseWSGIServer] = field(default_factory=list)

    def start(self, app: Flask, admin_port: int) -> "AdminFrame":
        self.app = app
        app.before_request(self._fault)
        self.app_url = f"http://127.0.0.1:{self._serve(app, 0)}"
        self.admin_url = f"http://localhost:{self._serve(self._admin(), admin_port)}"
        return self

    def show(self, app_url: str, admin_port: int) -> None:
        """Show an app that runs already; both are of one site then."""
        self.app_url = app_url
        self.admin_url = f"http://127.0.0.1:{self._serve(self._admin(), admin_port)}"

    def page(self, path: str = "") -> str:
        """Give the admin's address that shows a page of the panel."""
        return f"{self.admin_url}/frame?path={path}"

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _serve(self, app: Flask, port: int) -> int:
        server = make_server("127.0.0.1", port, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._servers.append(server)
        return server.server_port

    def _fault(self) -> Any:
        self.asked.append(request.full_path)
        for part, status in self.faults.items():
            if request.path.startswith("/panel/api") and part in request.path:
                return jsonify(message="The database does not answer."), status
        return None

    def _admin(self) -> Flask:
        admin = Flask("admin", static_folder=None)

        @admin.get("/static/<name>")
        def static(name: str) -> Any:
            return send_from_directory(STATIC, name)

        @admin.get("/api/session-token")
        def session_token() -> Any:
            secret = {"secret": "shpss_ffffffffffffffffffffffffffffffff"} if self.forged else {}
            return jsonify(token=token_for(self.domain, **secret))

        @admin.get("/frame")
        def frame() -> str:
            path = request.args.get("path", "")
            return PAGE.format(app=self.app_url, shop=self.domain, path=path, locale=self.locale)

        return admin
