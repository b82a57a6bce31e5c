"""An HTTP server on loopback that can answer with an error, cut a body short or be silent."""

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/files/data.bin?version=2"


class Server:
    """Serves one body at one address, and counts the requests.

    ``status`` is the status of the response; ``cut`` closes the connection after
    half of the body; ``silent`` is for how many seconds it accepts a request and
    sends nothing.
    """

    def __init__(self, body: bytes = b"") -> None:
        self.body = body
        self.status = 200
        self.cut = False
        self.silent = 0.0
        self.requests = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        """The address of a file on the server."""
        return f"http://127.0.0.1:{self._http.server_port}{PATH}"

    @contextlib.contextmanager
    def running(self) -> Iterator["Server"]:
        """Serve while the block runs."""
        thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.001}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                if server.silent:
                    time.sleep(server.silent)
                    self.close_connection = True
                    return
                whole = server.body if self.path == PATH else b"there is no such file"
                self.send_response(server.status if self.path == PATH else 404)
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Content-Length", str(len(whole)))
                self.end_headers()
                body = whole[: len(whole) // 2] if server.cut else whole
                with contextlib.suppress(OSError):
                    self.wfile.write(body)
                self.close_connection = True

            do_HEAD = do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
