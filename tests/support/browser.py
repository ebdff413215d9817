"""A headless Chromium that opens a page, driven through its DevTools protocol over two pipes."""

import base64
import io
import json
import os
import select
import shutil
import subprocess
import sys

import numpy as np
from matplotlib.image import imread

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic"
    " --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    " --remote-debugging-pipe --disable-dev-shm-usage --hide-scrollbars --force-device-scale-factor=1"
)
SPEAK_ON_3_AND_4 = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
PATIENCE_S = 120.0


class Browser:
    """A browser without a network, to be used in a with statement.

    ``errors`` are what its console was told and what pages threw; ``requests`` the addresses that they asked for.
    """

    def __init__(self, profile, size=(1200, 800)):
        self.errors, self.requests, self._session = [], [], None
        self._answers, self._loaded, self._count, self._rest = {}, set(), 0, b""
        import fcntl  # where there is none, there are no such pipes either

        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # The protocol is spoken on the descriptors 3 and 4, which these must not be before they are put there.
        there = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (to_read, to_write)]
        window = f"--window-size={size[0]},{size[1]}"
        rules = "--host-resolver-rules=MAP * ~NOTFOUND"
        command = [BROWSER, *FLAGS.split(), rules, window, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", SPEAK_ON_3_AND_4, *map(str, there), *command],
            pass_fds=there,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for each in (to_read, to_write, *there):
            os.close(each)
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Page.setLifecycleEventsEnabled", enabled=True)
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._send("Browser.close", {})
        os.close(self._to)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)

    def ask(self, method, **parameters):
        """Return the answer to a command of the protocol."""
        number = self._send(method, parameters)
        while number not in self._answers:
            self._hear()
        answer = self._answers.pop(number)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def open(self, address):
        """Open a page, and wait until it is loaded."""
        for each in ("about:blank", address):  # what differs in its fragment alone would not be loaded again
            loader = self.ask("Page.navigate", url=each)["loaderId"]
            while loader not in self._loaded:
                self._hear()

    def run(self, script):
        """Return the value of an expression in the page; a promise's when it is kept."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition):
        """Wait until a condition holds, looking at every frame, and let the frame be drawn."""
        self.run(
            "new Promise((kept) => { const look = () => requestAnimationFrame(() => "
            f"({condition}) ? requestAnimationFrame(kept) : look()); look(); }})"
        )

    def picture(self, file=None):
        """Return what is seen, shape (height, width, 3), 0 to 1; it may be kept in a file."""
        png = base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])
        if file is not None:
            file.write_bytes(png)
        return np.asarray(imread(io.BytesIO(png)))[..., :3]

    def _send(self, method, parameters):
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        left = json.dumps(message).encode() + b"\0"
        while left:
            left = left[os.write(self._to, left) :]
        return self._count

    def _hear(self):
        """Take in what the browser says next."""
        ready, _, _ = select.select([self._from], [], [], PATIENCE_S)
        assert ready, f"the browser has said nothing for {PATIENCE_S:g} s"
        heard = os.read(self._from, 1 << 20)
        assert heard, "the browser has ended"
        *messages, self._rest = (self._rest + heard).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._note(message["method"], message["params"])

    def _note(self, method, told):
        if method == "Page.lifecycleEvent" and told["name"] == "load":
            self._loaded.add(told["loaderId"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(told["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.errors.append(told["args"])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(told["entry"])
