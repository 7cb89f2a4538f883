"""How faces are counted: the intervals, the set, what is kept between runs, and a real portrait by the command."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bot import evaluate_detection as reports
from bot.cli import app
from pipeline.concept import clean
from pipeline.errors import BadRequest, ChatAnythingError, EngineFailed, EngineUnavailable, StorageFailed
from pipeline.evaluation import detection, detectors
from pipeline.evaluation.detection import Bare, Plan, categories, evaluate, identity, jobs
from pipeline.evaluation.detectors import NO_DLIB, Seen, usable
from pipeline.evaluation.kept import BEFORE, RESULTS, Kept, Row
from pipeline.evaluation.lanes import Job
from pipeline.evaluation.rates import Rate, rate, wilson
from pipeline.evaluation.textures import KINDS, texture
from pipeline.face.gate import Verdict
from pipeline.mind.scripted.writing import write
from pipeline.portrait.diffusion.prompt import refuse
from pipeline.stages import DiffusionConfig, EngineConfig
from pipeline.workers import Workers


class Here(Workers):
    """Runs everything in this process."""

    async def run(self, lane: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


def _config(home: Path) -> EngineConfig:
    return EngineConfig(home)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)
    assert wilson(of - hits, of) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_a_rate_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert str(rate([])) == "-"
    assert str(Rate(hits=1, of=2)) == "50.0 (9.5-90.5)"
    assert rate([True, False, True]) == Rate(hits=2, of=3)


def test_400_concepts_in_8_categories_and_no_thing_twice() -> None:
    assert [len(category.concepts) for category in categories()] == [50] * 8
    texts = [text for category in categories() for text in category.concepts]
    parts = [re.fullmatch(r"(an?) (\S+) (.+?)( who .+)?", text) for text in texts]
    things = Counter(part[3].lower() for part in parts if part)
    assert len(things) == 400
    assert max(Counter(part[2] for part in parts if part).values()) <= 8
    assert sum(bool(part and part[4]) for part in parts) == 200


def test_nobody_refuses_the_concepts() -> None:
    somebody = write("a calm apple", detection.SEED)
    for category in categories():
        for text in category.concepts:
            assert clean(text) == text
            refuse(somebody.model_copy(update={"concept": text}))


def test_a_short_run_is_spread_and_a_longer_one_goes_on_with_it() -> None:
    short, long = list(jobs(Plan(limit=8))), list(jobs(Plan(limit=20)))
    assert len({job.category for job in short if job.way == detection.DRAWN}) == 8
    assert {job.key for job in short} < {job.key for job in long}
    whole = list(jobs(Plan(engine="diffusers")))
    assert len({job.key for job in whole}) == len(whole) == 400 * 5 + detection.TEXTURES


def test_a_longer_run_continues_a_shorter_one_and_other_detectors_begin_anew(tmp_path: Path) -> None:
    one, other = Plan(limit=8), Plan(limit=20)
    assert identity(_config(tmp_path), one) == identity(_config(tmp_path), other)
    styles = tmp_path / "looks.toml"
    own = EngineConfig(tmp_path, diffusion=DiffusionConfig(styles=styles))
    styles.write_text("# one")
    before = identity(own, Plan(engine="diffusers"))
    styles.write_text("# two")
    changed = [identity(own, Plan(engine="diffusers")), identity(_config(tmp_path), Plan(detectors=("dlib",)))]
    assert before not in changed
    assert identity(_config(tmp_path), one) not in changed


def test_rows_are_kept_as_they_come(tmp_path: Path) -> None:
    kept = Kept(tmp_path, {"engine": "a"})
    kept.add(_row("a calm apple"), b"jpeg")
    kept.add(_row("a bold pear", error="EngineFailed: no"), b"")
    with (tmp_path / RESULTS).open("a") as file:
        file.write('{"subject": "a half wri')  # the plug was pulled
    again = Kept(tmp_path, {"engine": "a"})
    assert not again.foreign
    assert list(again.rows.values()) == [_row("a calm apple")]
    assert again.picture(_row("a calm apple")).read_bytes() == b"jpeg"
    again.add(_row("a dear fig"), b"jpeg")
    assert len(Kept(tmp_path, {"engine": "a"}).rows) == 2


def test_what_belongs_to_another_set_or_engine_is_put_aside(tmp_path: Path) -> None:
    Kept(tmp_path, {"engine": "a"}).add(_row("a calm apple"), b"jpeg")
    other = Kept(tmp_path, {"engine": "b"})
    assert other.foreign
    assert not other.rows
    assert Kept(tmp_path, {"engine": "a"}).rows  # nothing is lost before there is something new
    other.add(_row("a dear fig"), b"jpeg")
    other.add(_row("a sour lime"), b"jpeg")
    assert len(Kept(tmp_path, {"engine": "b"}).rows) == 2
    assert "calm apple" in (tmp_path / BEFORE).read_text()
    with pytest.raises(StorageFailed):
        Kept(tmp_path / RESULTS / "in-a-file", {})


async def test_stopped_it_goes_on_and_tries_again_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def measured(config: EngineConfig, plan: Plan, job: Job) -> tuple[Row, bytes]:
        asked.append(job.key)
        if len(asked) == 3:
            raise EngineFailed("The canvas tore.")
        if len(asked) == 5:
            raise asyncio.CancelledError  # Ctrl-C
        return Row(**job.model_dump(), seen={"facemesh": Seen(faces=1)}), b"jpeg"

    monkeypatch.setattr(detection, "measured", measured)
    monkeypatch.setattr(detection, "ready", lambda config, plan: None)
    told: list[str] = []
    plan, config = Plan(limit=3), _config(tmp_path)
    async with Here({"voice": 1, "pictures": 1}) as workers:
        with pytest.raises(asyncio.CancelledError):
            await evaluate(config, plan, workers, Kept(tmp_path, identity(config, plan)), told.append)
        assert len(asked) == 5
        assert "The canvas tore." in told[2]
        report = await evaluate(config, plan, workers, Kept(tmp_path, identity(config, plan)), told.append)
    assert "3 of 9 pictures are kept from before." in told
    assert len(asked) == 5 + 6
    assert not report.errors
    assert report.found(detection.DRAWN, "facemesh") == Rate(hits=3, of=3)


def test_detectors_are_there_or_say_why_not() -> None:
    told: list[str] = []
    with pytest.raises(EngineUnavailable, match="no face detector named 'owl'"):
        usable(["facemesh", "owl"], told.append)
    assert usable(["facemesh", "facemesh"], told.append) == ("facemesh",)
    assert not told


def test_dlib_is_left_out_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectors, "find_spec", lambda name: None)
    told: list[str] = []
    assert usable(["facemesh", "dlib"], told.append) == ("facemesh",)
    assert told == [NO_DLIB]
    with pytest.raises(EngineUnavailable):
        usable(["dlib"], told.append)


async def test_what_is_missing_is_said_before_any_work(tmp_path: Path) -> None:
    for plan in (Plan(), Plan(engine="diffusers")):  # no assets, no models
        kept = Kept(tmp_path, {})
        async with Here({"voice": 1, "pictures": 1}) as workers:
            with pytest.raises(ChatAnythingError):
                await evaluate(_config(tmp_path / "empty"), plan, workers, kept, lambda text: None)
        assert not kept.rows


def test_options_that_mean_nothing_are_refused() -> None:
    with pytest.raises(BadRequest, match="no mode 'all'"):
        reports.plan("diffusers", "none,all", "facemesh", None)
    with pytest.raises(BadRequest):
        reports.plan("diffusers", " ", "facemesh", None)
    with pytest.raises(EngineUnavailable):
        usable(reports.plan("illustrator", "none", ",", None).detectors, lambda text: None)
    wanted = reports.plan("diffusers", "both, none", "facemesh,dlib", 3)
    assert wanted.ways == ("both", "none")
    assert reports.plan("illustrator", "both", "facemesh", None).ways == (detection.DRAWN,)
    refused = CliRunner().invoke(app, ["evaluate", "detection", "--engine", "crayons"])
    assert refused.exit_code == 2
    assert "no painter 'crayons'" in refused.stderr


def test_textures_differ_and_come_again() -> None:
    pictures = [texture(number) for number in range(len(KINDS))]
    for number, picture in enumerate(pictures):
        assert picture.shape == (512, 512, 3)
        assert np.ptp(picture) > 30, KINDS[number].__name__
    np.testing.assert_array_equal(texture(3), pictures[3])
    assert not np.array_equal(texture(3), texture(3 + len(KINDS)))


def test_markdown_sets_ours_beside_the_papers() -> None:
    text = reports.markdown(_report())
    assert "| ChatAnything, no guidance | not stated | 57.0 |" in text
    assert "| ChatAnything, both guidances | not stated | 92.5 |" in text
    assert "| illustrator, drawn | facemesh | 75.0 (30.1-95.4) |" in text
    assert "| fruit | 66.7 (20.8-93.9) |" in text
    assert "| animals | 100.0 (20.7-100.0) |" in text
    assert "| can be moved, % | 100.0 (51.0-100.0) |" in text
    assert "| taken by the gate with facemesh, % | 25.0 (4.6-69.9) |" in text
    assert "| 1 textures | facemesh | 100.0 (20.7-100.0) | 0.0 (0.0-79.3) |" in text
    assert "- a bold pear, drawn: EngineFailed: no" in text


def test_document_counts_the_same() -> None:
    found = json.loads(json.dumps(reports.document(_report())))
    assert found["ways"]["drawn"]["found"]["facemesh"] == {"hits": 3, "of": 4, "low": 30.06, "high": 95.44}
    assert found["ways"]["drawn"]["seconds"] == 0.5
    assert found["faceless"]["texture"]["facemesh"]["hits"] == 1
    assert len(found["pictures"]) == 6


def test_a_real_portrait_is_found_and_its_plate_is_not(assets_home: Path, tmp_path: Path) -> None:
    command = ["evaluate", "detection", "--limit", "1", "--concurrency", "1", "--json", "--out", str(tmp_path)]
    first = CliRunner().invoke(app, command, catch_exceptions=False)
    assert first.exit_code == 0, first.stderr
    found = json.loads(first.stdout)
    assert found["ways"]["drawn"]["found"]["facemesh"]["hits"] == 1
    assert found["ways"]["drawn"]["animatable"]["hits"] == 1
    assert found["faceless"]["plate"]["facemesh"] == found["faceless"]["texture"]["facemesh"]
    assert found["faceless"]["plate"]["facemesh"]["hits"] == 0
    assert found["pictures"][0]["seen"]["facemesh"]["off"] < 0.5
    for path in found["files"]:
        assert Path(path).stat().st_size > 0
    assert (tmp_path / "sheet-drawn-facemesh-hits-1.png") in map(Path, found["files"])
    again = CliRunner().invoke(app, command, catch_exceptions=False)
    assert "3 of 3 pictures are kept from before." in again.stderr
    assert json.loads(again.stdout) == found


def _row(subject: str, faces: int = 1, way: str = "drawn", category: str = "fruit", **more: Any) -> Row:
    verdict = more.pop("verdict", Verdict.LOW_SCORE if faces else Verdict.NONE)
    seen = {} if "error" in more else {"facemesh": Seen(faces=faces, score=0.6 if faces else 0.0, verdict=verdict)}
    return Row(subject=subject, category=category, way=way, seen=seen, **more)


def _report() -> detection.Report:
    made: dict[str, Any] = {"animatable": True, "seconds": 0.5, "all_seconds": 0.5}
    rows = (
        _row("a calm apple", **made),
        _row("a dear fig", **made),
        _row("a sour lime", 0, **made),
        _row("a lazy cat", category="animals", verdict=Verdict.FOUND, **made),
        _row("a bold pear", error="EngineFailed: no"),
        _row("0", way=Bare.TEXTURE, category=Bare.TEXTURE),
    )
    return detection.Report(plan=Plan(), rows=rows)
