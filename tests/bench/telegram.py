"""How soon a crowd on Telegram is answered: ``python -m tests.bench.telegram [--json]``.

200 people write ``/summon`` at the same moment to a bot with an empty database, by long polling. Telegram is a process
of its own; no worker takes the requests, so what is measured is the gateway alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import statistics
import tempfile
import time
from pathlib import Path

import structlog
from rich.console import Console

from bot.bench import Row, table
from storage import migrate
from tests.integration.telegram_world import a_bot
from tests.servers.crowd import a_crowd, shown

CROWD = 200
ROUNDS = 5


async def measure(crowd: int = CROWD) -> dict[str, float]:
    """One round: seconds, and milliseconds of processor time for each chat until all is shown and written down."""
    with tempfile.TemporaryDirectory(prefix="chatanything-bench-") as folder:
        address = f"sqlite:///{folder}/bench.db"
        await migrate.upgrade(address)
        async with a_crowd(crowd) as people, a_bot(address, Path(folder), people.url) as desk:
            await asyncio.sleep(1.0)  # the bot introduces itself
            began, used = time.perf_counter(), time.process_time()
            answers = await people.write("/summon an angry apple")
            answered = time.process_time() - used
            while await shown(desk.database) < crowd:  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.2)
            done, spent = time.perf_counter() - began, time.process_time() - used
            assert await people.messages() == len(await desk.requests.list(limit=2 * crowd)) == crowd
    return {
        "first answer, median": statistics.median(answers.seconds),
        "first answer, p95": answers.p95,
        "all shown and written down": done,
        "processor time a chat, until all are answered": answered / crowd * 1000,
        "processor time a chat, in all": spent / crowd * 1000,
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rounds = []
    for _ in range(options.rounds):
        rounds.append({**asyncio.run(measure()), "load average": os.getloadavg()[0]})
        if not options.json:
            Console().print(", ".join(f"{name} {value:.2f}" for name, value in rounds[-1].items()))
    units = ["s", "s", "s", "ms", "ms", ""]
    rows = [
        Row(name, statistics.median(one[name] for one in rounds), unit)
        for name, unit in zip(rounds[0], units, strict=True)
    ]
    if options.json:
        print(json.dumps([row.document() for row in rows], indent=2))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
