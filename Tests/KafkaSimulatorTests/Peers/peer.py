"""What the peer scripts share: they take bootstrap servers, say each thing that they did, and fail loudly."""

import faulthandler
import sys
import time

# Nothing here takes long. A client that hangs shows where, and fails.
LIMIT_SECONDS = 150
faulthandler.dump_traceback_later(LIMIT_SECONDS, exit=True)

BOOTSTRAP = sys.argv[1]
# Part of every name, so that several runs may share a cluster.
PREFIX = sys.argv[2] if len(sys.argv) > 2 else "peer"


def say(what):
    print(f"ok: {what}", flush=True)


def equal(found, wanted, what):
    if found != wanted:
        raise AssertionError(f"{what}: found {found!r}, wanted {wanted!r}")
    say(what)


def true(condition, what):
    if not condition:
        raise AssertionError(what)
    say(what)


def until(condition, what, seconds=45):
    """Waits for `condition` to hold, and returns what it returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            say(what)
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")
