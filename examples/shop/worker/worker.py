"""Sends a mail for each order, once."""

import os
import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

import psycopg

NEXT = "SELECT order_id FROM mails WHERE sent_at IS NULL ORDER BY order_id LIMIT 1 FOR UPDATE SKIP LOCKED"


def send(order):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@shop.example", "desk@shop.example", f"Order {order}"
    mail.set_content(f"Order {order} waits to be packed.")
    with smtplib.SMTP(os.environ.get("MAIL_HOST", "mail"), 587, timeout=10) as server:
        server.starttls()
        server.send_message(mail)


def step(database):
    with database.transaction():
        row = database.execute(NEXT).fetchone()
        if row is None:
            return False
        send(row[0])
        database.execute("UPDATE mails SET sent_at = now() WHERE order_id = %s", row)
    return True


if __name__ == "__main__":
    password = Path(os.environ["DATABASE_PASSWORD_FILE"]).read_text().strip()
    host = os.environ.get("DATABASE_HOST", "database")
    with psycopg.connect(host=host, user="shop", dbname="shop", password=password) as database:
        while True:
            if not step(database):
                time.sleep(5)
