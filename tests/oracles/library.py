"""`@shopify/shopify-api`, kept running in Node: a judge of signatures who is not one of us."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class ShopifysLibrary:
    """Answers the questions of `shopify_api.mjs` as an app with this id and secret would."""

    def __init__(self, client_id: str, secret: str) -> None:
        config = json.dumps({"clientId": client_id, "secret": secret})
        self._process = subprocess.Popen(
            [node(), "shopify_api.mjs", config],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str, **details: Any) -> Any:
        """Give its answer; an error of its own raises `RuntimeError` with its words."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        stdin.write(json.dumps({"ask": question, **details}) + "\n")
        stdin.flush()
        told = json.loads(stdout.readline())
        if "error" in told:
            raise RuntimeError(told["error"])
        return told["answer"]

    def close(self) -> None:
        self._process.communicate(timeout=20)


def node() -> str:
    """The Node on PATH, else the one of the environment's wheel."""
    of_our_own = Path(sys.prefix) / "bin" / "node"
    found = shutil.which("node") or (str(of_our_own) if of_our_own.exists() else None)
    assert found, "there is no node: `make test` installs one"
    return found
