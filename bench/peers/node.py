"""A real OpenSearch node on its own port and folder, and what several peers ask of it."""
import json
import os
import shutil

import shared
from shared import Connection

ENV = {"EVENTSEC_SERVICES": str(shared.WORK / "services")}


class Node:
    """A fresh one. `stop` ends it and keeps the installed server."""

    def __init__(self, port):
        self.port = port
        self.folder = shared.WORK / f"services/opensearch/node-{port}"
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.url = shared.script("services", "opensearch", "start", "--port", port, env=ENV).splitlines()[-1]
        self.pid = int((self.folder / "pid").read_text())
        self.connection = Connection(self.url)

    def stop(self):
        shared.script("services", "opensearch", "stop", "--port", self.port, env=ENV)

    def ask(self, method, path, body=None):
        text = json.dumps(body) if body is not None else None
        return json.loads(self.connection.ask(method, path, text)[2])

    def version(self):
        return self.ask("GET", "/")["version"]["number"]

    def room(self):
        return shared.room(self.folder / "data")

    def settle(self):
        """Everything on disk, no merge under way, nothing moving. Answers the bytes on disk."""
        self.connection.ask("POST", "/_flush?wait_if_ongoing=true&force=true")
        merging = lambda: self.ask("GET", "/_stats/merge")["_all"]["total"]["merges"]["current"]
        shared.until("merges to end", lambda: (n := merging()) == 0 or n, step=0.5)
        return shared.quiet(self.room)

    def heap(self):
        return os.environ.get("OPENSEARCH_HEAP", "1g")
