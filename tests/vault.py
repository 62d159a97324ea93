"""A stand-in for a key vault, which keeps the tests' stacks' keys without a passphrase.

To make a key from a passphrase takes a million rounds, and the engine does it in each of its commands: half of what a
preview of an unchanged stack costs it. A stack whose key lies in a vault costs one request. Its secrets are encrypted
all the same.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROVIDER = "hashivault://stacks"
"""What a stack's secrets are encrypted with, as `pulumi stack init --secrets-provider` takes it."""


class _Transit(BaseHTTPRequestHandler):
    """The two requests that the Pulumi engine sends to Vault's transit engine, with the key of a stack to be kept."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "/encrypt/" in self.path:
            data = {"ciphertext": f"vault:v1:{asked['plaintext']}"}
        else:
            data = {"plaintext": asked["ciphertext"].removeprefix("vault:v1:")}
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def served() -> Iterator[str]:
    """The address of the vault, until the block is left."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Transit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
