"""Serves CPython's own idea of an environ: the suite compares it with ours, for the same bytes.

Prints the port. Ends when its standard input does.
"""

import json
import sys
import threading
from wsgiref.handlers import BaseHandler
from wsgiref.simple_server import WSGIRequestHandler, make_server


def application(environ, start_response):
    environ["test.body"] = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode("latin-1")
    start_response("200 OK", [("Content-Type", "application/json")])
    shown = {key: value for key, value in environ.items() if isinstance(value, (str, bool, tuple))}
    return [json.dumps(shown).encode()]


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


# In place of the whole environment of this process, which is the machine's affair.
BaseHandler.os_environ = {"A_VARIABLE_OF_THE_PROCESS": "1"}
server = make_server("127.0.0.1", 0, application, handler_class=SilentHandler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
