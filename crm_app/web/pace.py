"""How many requests of one kind somebody may make: by token, by address, by form. Kept in this process."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_KEYS = 10_000


class Pace:
    """At most `most` in `seconds` for each key."""

    def __init__(self, most: int, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds, self._clock = most, seconds, clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str) -> int:
        """Seconds to wait before one more, 0 = it may go on now. Counts nothing."""
        with self._lock:
            return self._wait(key)

    def take(self, key: str) -> int:
        """Counts one that may go on, and answers like `wait`; one that must wait is not counted."""
        with self._lock:
            if seconds := self._wait(key):
                return seconds
            moments = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            moments.append(self._clock())
            while len(self._seen) > MOST_KEYS:
                self._seen.popitem(last=False)
            return 0

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()

    def _wait(self, key: str) -> int:
        moments, at = self._seen.get(key), self._clock()
        if moments is None:
            return 0
        while moments and moments[0] <= at - self.seconds:
            moments.popleft()
        return max(1, round(moments[0] + self.seconds - at)) if len(moments) >= self.most else 0


PER_TOKEN = Pace(600)  # requests of the API
FAILURES = Pace(20)  # requests of an address without a token that works
PER_ADDRESS = Pace(60, 600)  # sendings of any form: nobody counts others out by asking for many
PER_FORM_AND_ADDRESS = Pace(30, 600)  # a class in one room shares an address
PER_FORM = Pace(300, 600)
