"""Accepts mail on loopback and prints one JSON line for each: when, subject, text. Ends when its input ends."""
import email
import email.policy
import json
import sys
import time

from aiosmtpd.controller import Controller


class Keep:
    async def handle_DATA(self, server, session, envelope):
        at = time.time()
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(preferencelist=("plain", "html"))
        line = {"at": at, "subject": str(mail["subject"] or ""), "text": body.get_content() if body else ""}
        print(json.dumps(line), flush=True)
        return "250 kept"


controller = Controller(Keep(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
