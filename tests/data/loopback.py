"""A small HTTP server on this machine that can be told to misbehave."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Loopback:
    """Serves `data` at ``url``. A context manager.

    ranges: understands Range. etag: sent as ETag unless empty. cuts: after how many bytes each of
    the first requests is broken off. length: the Content-Length it claims, the true one by default.
    answers: status codes of the first requests, in place of an answer. asked: the Range header of
    every request, None where there was none.
    """

    def __init__(self, data, *, ranges=True, etag='"one"', cuts=(), length=None, answers=()):
        self.data, self.ranges, self.etag = data, ranges, etag
        self.cuts, self.length, self.answers = list(cuts), length, list(answers)
        self.asked = []

    def __enter__(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/pictures.zip"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def answer(self, request):
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        if self.answers and (code := self.answers.pop(0)) != 200:
            request.send_error(code)
            return
        start = int(wanted.split("=")[1].rstrip("-")) if wanted and self.ranges else 0
        if request.headers.get("If-Range", self.etag) != self.etag:
            start = 0
        if start >= len(self.data):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.data)}")
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        if start:
            last = len(self.data) - 1
            request.send_header("Content-Range", f"bytes {start}-{last}/{len(self.data)}")
        if self.etag:
            request.send_header("ETag", self.etag)
        body = self.data[start:]
        request.send_header("Content-Length", str(self.length or len(body)))
        request.end_headers()
        request.wfile.write(body[: self.cuts.pop(0)] if self.cuts else body)
