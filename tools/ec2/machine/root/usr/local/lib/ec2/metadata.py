#!/usr/bin/python3
"""The instance metadata service (IMDS) of one machine of the EC2 simulator. What it answers stands in /etc/sim, which
the simulator writes and the machine only reads; it is read anew for each question, so that changed tags show at once."""
import base64
import json
import os
import re
import secrets
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = "/etc/sim"
LONGEST_SECONDS = 21600
TOKEN = "X-aws-ec2-metadata-token"
VERSION = re.compile(r"latest|1\.0|20\d\d-\d\d-\d\d")

tokens = {}


class Refusal(Exception):
    """An answer that is no content: its status."""


def machine():
    with open(os.path.join(FOLDER, "metadata.json"), encoding="utf-8") as file:
        return json.load(file)


def content(path, known):
    """The bytes under a path below the version."""
    steps = [step for step in path.split("/") if step]
    node = dict(known["tree"])
    if known["userData"] is not None:
        node["user-data"] = known["userData"]
    for step in steps:
        if not isinstance(node, dict) or step not in node:
            raise Refusal(404)
        node = node[step]
    if steps == ["user-data"]:
        return base64.b64decode(node)
    if isinstance(node, dict):
        return "\n".join(key + ("/" if isinstance(node[key], dict) else "") for key in node).encode()
    return node.encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "EC2ws"

    def do_PUT(self):
        self.respond(self.new_token)

    def do_GET(self):
        self.respond(self.found)

    def respond(self, answer):
        headers = {}
        try:
            known = machine()
            if known["options"]["httpEndpoint"] == "disabled":
                raise Refusal(403)
            status, body, headers = 200, *answer(known)
        except Refusal as refusal:
            status, body = refusal.args[0], b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def new_token(self, _):
        if not re.fullmatch(r"/(latest)/api/token", self.path):
            raise Refusal(404)
        # The real service gives no token to what came through a proxy.
        if self.headers.get("X-Forwarded-For"):
            raise Refusal(403)
        seconds = self.headers.get(TOKEN + "-ttl-seconds", "")
        if not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_SECONDS:
            raise Refusal(400)
        token = secrets.token_urlsafe(40)
        tokens[token] = time.monotonic() + int(seconds)
        return token.encode(), {TOKEN + "-ttl-seconds": seconds}

    def found(self, known):
        token = self.headers.get(TOKEN)
        if token is None and known["options"]["httpTokens"] == "required":
            raise Refusal(401)
        if token is not None and tokens.get(token, 0) < time.monotonic():
            raise Refusal(401)
        if self.path == "/":
            return b"1.0\n2021-03-23\nlatest", {}
        version, _, path = self.path.lstrip("/").partition("/")
        if not VERSION.fullmatch(version):
            raise Refusal(404)
        return content(path, known), {}

    def log_message(self, *_):
        pass


def tell_systemd():
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.connect(address.replace("@", "\0", 1))
            notify.send(b"READY=1")


server = ThreadingHTTPServer(("169.254.169.254", 80), Handler)
tell_systemd()
server.serve_forever()
