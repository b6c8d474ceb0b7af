"""Time against length: what takes four times as long for twice the text is a weapon for whoever writes pages."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MOST, SLACK_S, RUNS = 2.5, 0.02, 20  # twice is linear, four times quadratic; a busy machine slows runs down threefold


def assert_linear(read: Callable[[int], object], count: int) -> None:
    """`read(2 * count)` takes about twice the time of `read(count)`; the quickest run of each counts."""

    def seconds(times: int) -> float:
        began = time.process_time()
        read(times)
        return time.process_time() - began

    small = large = math.inf
    for _ in range(RUNS):
        small, large = min(small, seconds(count)), min(large, seconds(2 * count))
        if large <= MOST * small + SLACK_S:
            return
    raise AssertionError(f"{count}: {small:.3f} s, {2 * count}: {large:.3f} s")
