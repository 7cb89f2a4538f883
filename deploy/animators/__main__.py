"""python -m deploy.animators --renderer warp --port 8770"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import web

from deploy.animators.jobs import Jobs
from deploy.animators.recipes import liveportrait, sadtalker
from deploy.animators.renderers import Renderer, Warp
from deploy.animators.server import application
from pipeline.workers import Workers


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m deploy.animators", description="An animator for ChatAnything.")
    parser.add_argument("--renderer", choices=("warp", "liveportrait", "sadtalker"), default="warp")
    parser.add_argument("--checkout", type=Path, help="folder of JoyVASA or SadTalker, with its weights")
    parser.add_argument("--python", type=Path, help="Python of its environment; .venv/bin/python in it by default")
    parser.add_argument(
        "--faces", choices=("human", "any"), default="any", help="liveportrait: any uses its animal mode"
    )
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in; then set ANIMATOR_KEY")
    parser.add_argument("--port", type=int, default=8770)
    parser.add_argument("--waiting", type=int, default=8, help="clips that may wait")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(wanted: argparse.Namespace) -> None:
    key = os.environ.get("ANIMATOR_KEY", "").strip()
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="animator-")))
        renderer = await _renderer(wanted, stack)
        jobs = await stack.enter_async_context(Jobs(renderer, folder, wanted.waiting))
        runner = web.AppRunner(application(jobs, key), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, wanted.host, wanted.port).start()
        print(f"{renderer.name} at http://{wanted.host}:{runner.addresses[0][1]}", flush=True)
        if why := renderer.missing():
            print(f"It cannot draw: {why}", flush=True)
        await stop.wait()


async def _renderer(wanted: argparse.Namespace, stack: AsyncExitStack) -> Renderer:
    if wanted.renderer == "warp":
        return Warp(await stack.enter_async_context(Workers({"voice": 1, "pictures": 1})))
    if wanted.checkout is None:
        raise SystemExit(f"--renderer {wanted.renderer} needs --checkout")
    root = wanted.checkout.expanduser().absolute()
    python = wanted.python.expanduser().absolute() if wanted.python else root / ".venv/bin/python"
    return liveportrait(root, python, wanted.faces) if wanted.renderer == "liveportrait" else sadtalker(root, python)


if __name__ == "__main__":
    main()
