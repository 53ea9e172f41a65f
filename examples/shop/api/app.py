"""The shop's API: lists products, takes orders, hands mails to the worker through a table."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

import settings


def connect():
    return psycopg.connect(
        host=settings.DATABASE_HOST,
        user=settings.DATABASE_USER,
        dbname="shop",
        password=settings.DATABASE_PASSWORD,
    )


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            return self.answer(204, None)
        if self.path != "/products":
            return self.answer(404, {"error": "no such page"})
        with connect() as database:
            rows = database.execute("SELECT id, name, price FROM products ORDER BY name").fetchall()
        self.answer(200, [{"id": id, "name": name, "price": str(price)} for id, name, price in rows])

    def do_POST(self):
        if self.path != "/orders":
            return self.answer(404, {"error": "no such page"})
        length = min(int(self.headers.get("Content-Length", 0)), 65536)
        order = json.loads(self.rfile.read(length))
        with connect() as database:
            row = database.execute(
                f"INSERT INTO orders (product, quantity) VALUES ({order['product']}, {order['quantity']}) RETURNING id"
            ).fetchone()
            database.execute("INSERT INTO mails (order_id) VALUES (%s)", row)
        self.answer(201, {"id": row[0]})

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8000), Shop).serve_forever()
