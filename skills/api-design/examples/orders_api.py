#!/usr/bin/env python3
"""A small orders API that shows the contract rules of this skill, and a client that checks them.

Standard library only. `--check` starts the server on a free loopback port, runs every check against it
over real HTTP, and exits with 0 or 1. Without it the server listens until it is interrupted.
"""

import argparse
import base64
import hashlib
import http.client
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MAX_LIMIT = 100
QUOTA, WINDOW = 200, 60  # requests per seconds, per client address
LOCK = threading.Lock()
ORDERS: dict[int, dict] = {}  # id -> order
KEYS: dict[str, dict] = {}  # idempotency key -> {"digest", "response" or None while running}
HITS: dict[str, list[float]] = {}  # client -> times of its requests in the window


class Problem(Exception):
    """An error that becomes an RFC 9457 document."""

    def __init__(self, status, slug, title, detail, headers=None, **extra):
        super().__init__(title)
        self.status, self.headers = status, headers or {}
        self.body = {"type": f"https://api.example.com/problems/{slug}", "title": title,
                     "status": status, "detail": detail, **extra}


def etag(order):
    """A strong validator: it changes exactly when the representation changes."""
    return '"' + hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()[:16] + '"'


def encode_cursor(last_id):
    return base64.urlsafe_b64encode(json.dumps({"after": last_id}).encode()).decode().rstrip("=")


def decode_cursor(text):
    try:
        padded = text + "=" * (-len(text) % 4)
        return int(json.loads(base64.urlsafe_b64decode(padded))["after"])
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(400, "invalid-cursor", "Invalid cursor",
                      "Take the cursor from the `next_cursor` of an earlier page.") from error


def validate(order):
    """Collect every fault, so that a client mends its request in one round."""
    faults = []
    if not isinstance(order.get("sku"), str) or not order["sku"]:
        faults.append({"pointer": "#/sku", "detail": "must be a non-empty string"})
    quantity = order.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        faults.append({"pointer": "#/quantity", "detail": "must be an integer of at least 1"})
    faults += [{"pointer": f"#/{k}", "detail": "unknown member"} for k in order if k not in ("sku", "quantity")]
    if faults:
        raise Problem(422, "validation", "Request body is not valid", f"{len(faults)} member(s) rejected.",
                      errors=faults)


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "orders-example"

    def log_message(self, format, *args):
        pass

    def reply(self, status, body=None, headers=None, kind="application/json"):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**self.quota, **(headers or {})}.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Type", kind)
        if status != 304:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_request(self):
        self.quota, length = {}, int(self.headers.get("Content-Length") or 0)
        self.raw = self.rfile.read(length)
        try:
            self.take_quota()
            self.route()
        except Problem as p:
            self.reply(p.status, p.body, p.headers, "application/problem+json")

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_request

    def take_quota(self):
        now = time.monotonic()
        with LOCK:
            recent = HITS[self.client_address[0]] = [
                t for t in HITS.get(self.client_address[0], []) if now - t < WINDOW]
            wait = max(1, round(WINDOW - (now - recent[0]))) if recent else WINDOW
            left = QUOTA - len(recent)
            if left > 0:
                recent.append(now)
                left -= 1
                self.quota = {"RateLimit-Policy": f'"default";q={QUOTA};w={WINDOW}',
                              "RateLimit": f'"default";r={left};t={wait}'}
                return
        raise Problem(429, "rate-limited", "Too many requests", f"Try again in {wait} seconds.",
                      {"Retry-After": str(wait), "RateLimit": f'"default";r=0;t={wait}'})

    def route(self):
        url = urlsplit(self.path)
        parts = [p for p in url.path.split("/") if p]
        if parts == ["v1", "orders"]:
            self.dispatch({"GET": lambda: self.list_orders(parse_qs(url.query)), "POST": self.create_order})
        elif len(parts) == 3 and parts[:2] == ["v1", "orders"] and parts[2].isdigit():
            order_id = int(parts[2])
            self.dispatch({"GET": lambda: self.get_order(order_id), "PATCH": lambda: self.patch_order(order_id)})
        else:
            raise Problem(404, "not-found", "Not found", f"No resource at {url.path}.")

    def dispatch(self, methods):
        if self.command not in methods:
            raise Problem(405, "method-not-allowed", "Method not allowed",
                          f"Use {' or '.join(methods)}.", {"Allow": ", ".join(methods)})
        methods[self.command]()

    def json_body(self, kind):
        if self.headers.get_content_type() != kind:
            header = {"Accept-Patch": kind} if self.command == "PATCH" else {}
            raise Problem(415, "unsupported-media-type", "Unsupported media type", f"Send {kind}.", header)
        try:
            body = json.loads(self.raw)
        except ValueError as error:
            raise Problem(400, "malformed-json", "Malformed JSON", str(error)) from error
        if not isinstance(body, dict):
            raise Problem(422, "validation", "Request body is not valid", "Send a JSON object.")
        return body

    def list_orders(self, query):
        try:
            limit = int(query.get("limit", ["20"])[0])
        except ValueError:
            limit = 0
        if not 1 <= limit <= MAX_LIMIT:
            raise Problem(400, "invalid-limit", "Invalid limit", f"`limit` is an integer from 1 to {MAX_LIMIT}.")
        after = decode_cursor(query["cursor"][0]) if "cursor" in query else 0
        with LOCK:
            page = [dict(ORDERS[i]) for i in sorted(i for i in ORDERS if i > after)[: limit + 1]]
        more, page = len(page) > limit, page[:limit]  # one row extra tells whether a next page exists
        cursor = encode_cursor(int(page[-1]["id"])) if more else None
        link = {"Link": f'</v1/orders?limit={limit}&cursor={cursor}>; rel="next"'} if more else {}
        self.reply(200, {"items": page, "next_cursor": cursor}, link)

    def create_order(self):
        key = self.headers.get("Idempotency-Key")
        if not key:
            raise Problem(400, "idempotency-key-missing", "Idempotency-Key missing",
                          "Send a unique Idempotency-Key, and the same one with each retry.")
        digest = hashlib.sha256(self.raw).hexdigest()
        with LOCK:  # reserve the key before doing any work
            entry = KEYS.get(key)
            if entry is None:
                KEYS[key] = {"digest": digest, "response": None}
        if entry is not None:
            if entry["digest"] != digest:
                raise Problem(422, "idempotency-key-reused", "Idempotency-Key reused",
                              "This key was used with another request body.")
            if entry["response"] is None:
                raise Problem(409, "request-in-progress", "Request in progress",
                              "The first request with this key is still running.", {"Retry-After": "1"})
            status, body, headers = entry["response"]
            return self.reply(status, body, {**headers, "Idempotency-Replayed": "true"})
        try:
            body = self.json_body("application/json")
            validate(body)
        except Problem:
            with LOCK:
                del KEYS[key]  # nothing happened, so a corrected retry may use the key again
            raise
        with LOCK:
            order_id = len(ORDERS) + 1
            order = {"id": str(order_id), **body}  # ids are strings: JSON numbers lose precision past 2**53
            ORDERS[order_id] = order
            headers = {"Location": f"/v1/orders/{order_id}", "ETag": etag(order)}
            KEYS[key]["response"] = (201, dict(order), headers)
        return self.reply(201, order, headers)

    def find(self, order_id):
        if order_id not in ORDERS:
            raise Problem(404, "not-found", "Not found", f"No order {order_id}.")
        return ORDERS[order_id]

    def get_order(self, order_id):
        with LOCK:
            order = dict(self.find(order_id))
        if self.headers.get("If-None-Match") == etag(order):
            return self.reply(304, headers={"ETag": etag(order)})
        return self.reply(200, order, {"ETag": etag(order)})

    def patch_order(self, order_id):
        expected = self.headers.get("If-Match")
        if expected is None:
            raise Problem(428, "precondition-required", "Precondition required", "Send If-Match with the ETag.")
        patch = self.json_body("application/merge-patch+json")
        with LOCK:  # compare and change are one step
            order = self.find(order_id)
            if expected != etag(order):
                raise Problem(412, "stale", "Precondition failed", "The order changed. Read it again.",
                              {"ETag": etag(order)})
            merged = {k: v for k, v in {**order, **patch}.items() if v is not None and k != "id"}
            validate(merged)
            order = ORDERS[order_id] = {"id": str(order_id), **merged}
        self.reply(200, order, {"ETag": etag(order)})


def check(port):
    """Run the contract over HTTP. Returns the list of failures."""
    failures, count = [], 0

    def call(method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        names = {k.replace("_", "-"): v for k, v in headers.items()}
        names.setdefault("Content-Type", "application/json")
        connection.request(method, path, None if body is None else json.dumps(body), names)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, response.headers, json.loads(data) if data else None

    def expect(what, condition):
        nonlocal count
        count += 1
        if not condition:
            failures.append(what)

    order = {"sku": "tea-100", "quantity": 2}
    status, _, body = call("POST", "/v1/orders", order)
    expect("a create without key is refused", status == 400 and body["status"] == 400)
    status, headers, first = call("POST", "/v1/orders", order, Idempotency_Key="k1")
    expect("a create answers 201 with Location", status == 201 and headers["Location"] == "/v1/orders/1")
    status, headers, again = call("POST", "/v1/orders", order, Idempotency_Key="k1")
    expect("a retry replays the first answer", (status, again) == (201, first) and headers["Idempotency-Replayed"])
    status, _, _ = call("POST", "/v1/orders", {**order, "quantity": 3}, Idempotency_Key="k1")
    expect("a reused key with another body is refused", status == 422)
    status, headers, body = call("POST", "/v1/orders", {"quantity": 0}, Idempotency_Key="k2")
    expect("all faults are listed", status == 422 and {e["pointer"] for e in body["errors"]} == {"#/sku", "#/quantity"})
    expect("errors are problem+json", headers["Content-Type"] == "application/problem+json")

    _, headers, _ = call("GET", "/v1/orders/1")
    tag = headers["ETag"]
    expect("an unchanged read is 304", call("GET", "/v1/orders/1", If_None_Match=tag)[0] == 304)
    merge = {"Content_Type": "application/merge-patch+json"}
    expect("a blind update is refused", call("PATCH", "/v1/orders/1", {"quantity": 5}, **merge)[0] == 428)
    expect("the wrong patch format is refused", call("PATCH", "/v1/orders/1", {}, If_Match=tag)[0] == 415)
    status, headers, body = call("PATCH", "/v1/orders/1", {"quantity": 5}, If_Match=tag, **merge)
    expect("an update changes the ETag", status == 200 and body["quantity"] == 5 and headers["ETag"] != tag)
    expect("a stale update is refused", call("PATCH", "/v1/orders/1", {"quantity": 6}, If_Match=tag, **merge)[0] == 412)
    status, headers, _ = call("DELETE", "/v1/orders/1")
    expect("405 names the allowed methods", status == 405 and headers["Allow"] == "GET, PATCH")

    for n in range(2, 8):
        call("POST", "/v1/orders", order, Idempotency_Key=f"fill-{n}")
    seen, path = [], "/v1/orders?limit=3"
    for _ in range(10):
        _, headers, body = call("GET", path)
        seen += [o["id"] for o in body["items"]]
        if not body["next_cursor"]:
            break
        path = f"/v1/orders?limit=3&cursor={body['next_cursor']}"
        call("POST", "/v1/orders", order, Idempotency_Key=f"late-{len(seen)}")
    expect("pages overlap nowhere while rows arrive", len(seen) == len(set(seen)) and seen[:7] == list("1234567"))
    expect("a broken cursor is a 400", call("GET", "/v1/orders?cursor=zzz")[0] == 400)
    expect("an oversized limit is a 400", call("GET", "/v1/orders?limit=101")[0] == 400)

    status, headers = 200, {}
    for _ in range(QUOTA + 1):
        status, headers, _ = call("GET", "/v1/orders/1")
        if status == 429:
            break
    expect("the quota ends in 429 with Retry-After", status == 429 and int(headers["Retry-After"]) >= 1)
    return count, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080, help="port on 127.0.0.1 (default 8080)")
    parser.add_argument("--check", action="store_true", help="run the contract checks and exit")
    args = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0 if args.check else args.port), Api)
    if not args.check:
        print(f"listening on http://127.0.0.1:{server.server_port}/v1/orders", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 130
    threading.Thread(target=server.serve_forever, daemon=True).start()
    count, failures = check(server.server_port)
    server.shutdown()
    for failure in failures:
        print(f"failed: {failure}", file=sys.stderr)
    print(f"{'ok' if not failures else 'failed'}: {count - len(failures)} of {count} checks")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
