"""llama.cpp's own server as a process, for a model file: the real thing behind the tests, and for trying prompts.

    python -m tests.llm.server MODEL.gguf [--port 8080] [--threads 1] [--context 4096]

Prints its base URL when it is ready, then serves until it is told to stop.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    """Serve one model, politely: few threads, and behind everything else that wants the processor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--nice", type=int, default=10)
    wanted = parser.parse_args()
    os.nice(wanted.nice)

    xllamacpp = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(wanted.model)
    params.model_alias = {wanted.model.stem}
    params.hostnames = ["127.0.0.1"]
    params.port = wanted.port
    params.n_ctx = wanted.context
    params.n_parallel = 1
    params.n_threads_http = 2
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = wanted.threads
    params.verbosity = 0
    params.ui = False
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)

    # llama.cpp keeps its threads to the last; leaving at once is what a stopped server owes the machine.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        signal.pause()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
