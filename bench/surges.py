"""Surges on simulated daily series: share of bursts found, delay, false alarms. Needs no data. Prints a table."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.surges import cycle_factors, settings, surge_of  # noqa: E402

DAYS, HISTORY = 84, 28
WEEK = (1.1, 1.15, 1.1, 1.1, 1.05, 0.75, 0.75)


def series(chance: np.random.Generator, base: float) -> tuple[list[int], tuple[int, int]]:
    """Counts with a weekly rhythm and extra noise, and the days [start, end) of one burst of 2.5 to 6 times."""
    start, length = int(chance.integers(40, 76)), int(chance.integers(2, 6))
    rise = float(chance.uniform(2.5, 6))
    counts = []
    for day in range(DAYS):
        mean = base * WEEK[day % 7] * (rise if start <= day < start + length else 1)
        size = 8.0
        counts.append(int(chance.negative_binomial(size, size / (size + mean))))
    return counts, (start, start + length)


def rows_of(days: int) -> list[str]:
    """The table of a history of so many days."""
    chance = np.random.default_rng(5)
    rows = ["| base a day | bursts found | mean delay, days | false alarms per 100 series-days |", "|---" * 4 + "|"]
    totals = np.zeros(5)
    for base in (2, 6, 20, 60):
        found, delay, alarms, calm = 0, 0, 0, 0
        for _ in range(100):
            counts, (start, end) = series(chance, base)
            told = [day for day in range(HISTORY, DAYS) if is_told(counts, day, days)]
            hits = [day for day in told if start <= day < end]
            found += bool(hits)
            delay += hits[0] - start if hits else 0
            alarms += sum(not start <= day < end for day in told)
            calm += DAYS - HISTORY - (end - start)
        totals += (found, delay, alarms, calm, 100)
        rows.append(f"| {base} | {found / 100:.2f} | {delay / max(1, found):.2f} | {100 * alarms / calm:.2f} |")
    f, d, a, c, n = totals
    return [*rows, f"| all | {f / n:.3f} | {d / f:.2f} | {100 * a / c:.2f} |"]


def is_told(counts: list[int], day: int, days: int) -> bool:
    """True when the day is a surge against so many days before it, whole weeks."""
    history = counts[day - days : day]
    factors = cycle_factors(history, 7)
    return surge_of(counts[day], history, factors=factors * (days // 7), factor=factors[0]) is not None


def main() -> None:
    """Print the tables and write them to bench/results/surges.md."""
    began, parts = time.process_time(), []
    histories = (int(settings("history")["days"]), int(settings("history")["least_days"]))
    for days in histories:
        parts += [f"Against the {days} days before:", "", *rows_of(days), ""]
    looks = len(histories) * 400 * (DAYS - HISTORY)
    parts.append(f"{1e6 * (time.process_time() - began) / looks:.0f} microseconds a series-day.")
    table = "\n".join(parts)
    print(table)
    (ROOT / "bench/results/surges.md").write_text("# Surges\n\n" + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
