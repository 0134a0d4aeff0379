"""EventSec as its users reach it: the program as a process, sign-in, posting, searching."""
import json
import os
import signal
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import shared
import stream as s
from shared import Connection

ADMIN = ("admin@example.org", "Correct-horse-9-battery")
# Variables of the caller that would change what is measured.
FOREIGN = ("DATABASE_URL", "OPENSEARCH_URL", "ENVIRONMENT", "JWT_SECRET", "SECRET_KEY")
BATCH = 500
CLIENTS = 2
# Seconds until the program must say where it listens.
START = 90


def program():
    path = os.environ.get("EVENTSEC_BIN") or shared.TARGET / "release/eventsec"
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is not built (make build RELEASE=1; EVENTSEC_BIN names another)")
    return str(path)


class Server:
    """The running program, on a free port, with a folder of its own."""

    def __init__(self, data, args=(), env=None):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("EVENTSEC_") and k not in FOREIGN}
        clean |= {"EVENTSEC_ADMIN_EMAIL": ADMIN[0], "EVENTSEC_ADMIN_PASSWORD": ADMIN[1], "EVENTSEC_LOG_FILTER": "warn"}
        # the longest run takes longer than the usual hour
        clean |= {"EVENTSEC_COOKIE_MAX_AGE": "12h"} | (env or {})
        os.makedirs(data, exist_ok=True)
        self.log = f"{data}.log"
        with open(self.log, "wb") as err:
            command = [program(), "serve", "--listen", "127.0.0.1:0", "--data", str(data), *args]
            self.process = subprocess.Popen(command, env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err)
        self.pid = self.process.pid
        self.url = self.address()

    def address(self):
        # a program that never says where it listens must not hold up all the others
        watch = threading.Timer(START, self.process.kill)
        watch.start()
        for line in self.process.stdout:
            if line.startswith(b"listening on "):
                watch.cancel()
                # what it says later must not fill the pipe
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return line.split()[2].decode()
        watch.cancel()
        self.process.wait()
        with open(self.log) as f:
            raise RuntimeError(f"the program ended with {self.process.returncode}: {f.read()[-600:].strip()}")

    def stop(self):
        """Asks it to end, and kills it when it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Api:
    """A signed-in person."""

    def __init__(self, url, token=None):
        self.url = url
        self.token = token or self.sign_in()
        self.connection = self.connect()

    def sign_in(self):
        body = json.dumps({"email": ADMIN[0], "password": ADMIN[1]})
        answer = Connection(self.url, {"Accept": "application/json"}).ask("POST", "/auth/login", body)[2]
        return json.loads(answer)["access_token"]

    def connect(self):
        return Connection(self.url, {"Accept": "application/json", "Authorization": f"Bearer {self.token}"})

    def get(self, path, **parameters):
        """Headers and the answer."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        _, headers, body = self.connection.ask("GET", path + query)
        return headers, json.loads(body)

    def count(self, query=""):
        return int(self.get("/events", query=query, size=1)[0]["X-Total-Count"])

    def rules_on(self):
        return sum(1 for rule in self.get("/rules/detections")[1] if rule["enabled"])

    def sender(self):
        """A function that posts one batch and answers how often the server asked to wait. Made for each client: a connection is one's own."""
        connection = self.connect()

        def send(lines):
            body, waits = b"".join(lines), 0
            while True:
                status, _, answer = connection.ask("POST", "/events", body, "application/x-ndjson", allowed=(200, 503))
                if status == 200:
                    break
                waits += 1
                time.sleep(0.1)
            receipt = json.loads(answer)
            # a single event is answered as itself
            if receipt.get("accepted", 1) != len(lines) or receipt.get("repeated"):
                raise RuntimeError(f"a batch was not taken whole: {answer[:300]!r}")
            return waits

        return send

    def uids(self, **parameters):
        """Ids of the stream, of whole events as they are answered."""
        return [row["details"]["EventUid"] for row in self.get("/events", **parameters)[1]]

    def histogram(self, stream):
        start = datetime.fromtimestamp(s.T0 / 1000, timezone.utc)
        slices = -(-stream.n // s.SLICE_MS)
        end = start + timedelta(milliseconds=slices * s.SLICE_MS)
        answer = self.get("/events/histogram", buckets=slices, **{"from": start.isoformat(), "to": end.isoformat()})[1]
        if answer["interval"] != s.SLICE_MS * 1000:
            raise RuntimeError(f"slices of {answer['interval']} µs")
        when = lambda text: round(datetime.fromisoformat(text).timestamp() * 1000)
        return {when(b["start"]): sum(b["counts"]) for b in answer["buckets"] if sum(b["counts"])}

    def questions(self, stream):
        one = f"winlog.event_data.EventUid:{stream.one()}"
        prefix = "process.executable:" + s.PREFIX + "\\*"  # a backslash before a wildcard is doubled
        phrase = f'winlog.message:"{s.PHRASE}"'
        return {
            "term": lambda: self.count("event.code:4688"),
            "phrase": lambda: self.count(phrase),
            "prefix": lambda: self.count(prefix),
            "by_host": lambda: dict(map(tuple, self.get("/events/top", field="host.name", values=s.HOSTS)[1]["values"])),
            "histogram": lambda: self.histogram(stream),
            "newest100": lambda: self.uids(dataset="windows.sysmon", size=s.NEWEST),
            "one_value": lambda: self.uids(query=one, size=10),
        }


def feed(api_in, api_out, stream):
    """Posts the whole stream and waits until all of it is found. Figures of the feed."""
    start = time.perf_counter()
    durable, took, waits = shared.feed(stream.by_events(BATCH), api_in.sender, CLIENTS)
    shared.until("every event to be searchable", lambda: (n := api_out.count()) == stream.n or n)
    return shared.fed(stream, durable, time.perf_counter() - start, took, waits)

