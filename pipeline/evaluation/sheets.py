"""Contact sheets of what detectors found and missed, and the rates as bars, as PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import skia

from pipeline.clips.lettering import paragraph
from pipeline.evaluation.detection import Bare, Report, categories
from pipeline.evaluation.kept import Row
from pipeline.evaluation.rates import Rate

TILE, CAPTION, COLUMNS, MOST = 224, 52, 8, 64
"""Pixels of a picture and of the words below it; pictures in a row, and on a sheet."""
_PAPER, _INK, _FAINT, _BOX = 0xFFFFFFFF, 0xFF202328, 0xFFD7DADF, 0xFF00C853
_BARS = (0xFF3B6FB6, 0xFFE08A2C, 0xFF4F9D69, 0xFFA0568F, 0xFF7A7F87, 0xFFB9A23C, 0xFF49A5B8, 0xFFC4574E)
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT = 1480, 560, 70, 70, 50, 170


def contact_sheets(report: Report, picture: Callable[[Row], Path], home: Path) -> dict[str, bytes]:
    """For each way and detector: all misses, what the gate would refuse, and 64 hits; and every face seen where there
    is none. By name of file. ``picture``: where the small picture of a row lies; ``home``: the folder of assets."""
    made: dict[str, bytes] = {}
    for name in report.plan.detectors:
        for way in report.plan.ways:
            rows = report.painted(way)
            hits = [row for row in rows if row.seen[name].found]
            kinds = {
                "misses": [row for row in rows if not row.seen[name].found],
                "refused": [row for row in hits if row.seen[name].verdict and not row.seen[name].accepted],
                "hits": _spread(hits, MOST),
            }
            for kind, some in kinds.items():
                for number, page in enumerate(pages(some), 1):
                    made[f"sheet-{way}-{name}-{kind}-{number}.png"] = sheet(page, name, _score(name), picture, home)
        wrong = [row for kind in Bare for row in report.painted(kind) if row.seen[name].found]
        for number, page in enumerate(pages(wrong), 1):
            made[f"sheet-faceless-{name}-{number}.png"] = sheet(page, name, _score(name), picture, home)
    return made


def plot(report: Report, lines: Sequence[tuple[str, float]], home: Path) -> bytes:
    """Bars of the share of faces found in each category, with Wilson's interval, a bar per way and detector; dashed
    ``lines`` across with their names."""
    bars = [(way, name) for way in report.plan.ways for name in report.plan.detectors]
    groups = [(category.title, category.id) for category in categories()]
    shown: list[tuple[str, str | None]] = [*groups, ("all", None)]
    surface = skia.Surface(_WIDTH, _HEIGHT)
    canvas = surface.getCanvas()
    canvas.clear(_PAPER)
    _axis(canvas, home)
    step = (_WIDTH - _LEFT - _RIGHT) / len(shown)
    width = 0.74 * step / len(bars)
    for number, (title, category) in enumerate(shown):
        left = _LEFT + (number + 0.13) * step
        for place, (way, name) in enumerate(bars):
            _bar(canvas, report.found(way, name, category), left + place * width, width, _BARS[place % len(_BARS)])
        _words(canvas, title, left - 0.13 * step, _HEIGHT - _BOTTOM + 12, step, home)
    for title, percent in lines:
        _dashed(canvas, _height(percent))
        _words(canvas, f"{title}: {percent} %", _WIDTH - _RIGHT + 6, _height(percent) - 22, _RIGHT - 12, home, 15)
    for place, (way, name) in enumerate(bars):
        left = _LEFT + place * (_WIDTH - _LEFT - _RIGHT) / len(bars)
        canvas.drawRect(skia.Rect.MakeXYWH(left, 22, 22, 22), skia.Paint(Color=_BARS[place % len(_BARS)]))
        label = paragraph(f"{way}, {name}", 17, _INK, 1000, home)
        label.layout(label.MaxIntrinsicWidth + 1)
        label.paint(canvas, left + 30, 20)
    return _png(surface)


def _spread(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many, evenly from all of them: the categories take turns."""
    ordered = sorted(rows, key=lambda row: row.category)
    if len(ordered) <= most:
        return ordered
    return [ordered[number * len(ordered) // most] for number in range(most)]


def pages(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """As many at a time as fit on a sheet."""
    for start in range(0, len(rows), MOST):
        yield rows[start : start + MOST]


def _score(detector: str) -> Callable[[Row], str]:
    """What a picture is, and what the detector says of it."""

    def said(row: Row) -> str:
        seen = row.seen[detector]
        score = f"{seen.score:.2f}, {seen.verdict}" if seen.verdict else f"{seen.score:.2f}"
        name = f"texture {row.subject}" if row.way == Bare.TEXTURE else row.subject
        return f"{name} ({score if seen.found else 'no face'})"

    return said


def sheet(
    rows: Sequence[Row], detector: str, said: Callable[[Row], str], picture: Callable[[Row], Path], home: Path
) -> bytes:
    """Pictures with what is ``said`` of them below, and the detector's boxes, as PNG."""
    columns = min(COLUMNS, len(rows))
    surface = skia.Surface(columns * TILE, -(-len(rows) // columns) * (TILE + CAPTION))
    canvas = surface.getCanvas()
    canvas.clear(_PAPER)
    for number, row in enumerate(rows):
        left, top = number % columns * TILE, number // columns * (TILE + CAPTION)
        place = skia.Rect.MakeXYWH(left + 2, top + 2, TILE - 4, TILE - 4)
        path, seen = picture(row), row.seen[detector]
        if path.is_file():
            image = skia.Image.MakeFromEncoded(skia.Data.MakeFromFileName(str(path)))
            canvas.drawImageRect(image, place, skia.SamplingOptions(skia.CubicResampler.Mitchell()))
        if seen.box is not None:
            edges = (place.x() + seen.box[0] * place.width(), place.y() + seen.box[1] * place.height(),
                     place.x() + seen.box[2] * place.width(), place.y() + seen.box[3] * place.height())  # fmt: skip
            canvas.save()
            canvas.clipRect(place)
            canvas.drawRect(
                skia.Rect.MakeLTRB(*edges),
                skia.Paint(Color=_BOX, Style=skia.Paint.kStroke_Style, StrokeWidth=2, AntiAlias=True),
            )
            canvas.restore()
        _words(canvas, said(row), left + 4, top + TILE, TILE - 8, home, 13)
    return _png(surface)


def _axis(canvas: skia.Canvas, home: Path) -> None:
    for percent in range(0, 101, 20):
        height = _height(percent)
        canvas.drawLine(_LEFT, height, _WIDTH - _RIGHT, height, skia.Paint(Color=_FAINT, StrokeWidth=1))
        _words(canvas, f"{percent} %", 0, height - 12, _LEFT - 6, home)


def _bar(canvas: skia.Canvas, rate: Rate, left: float, width: float, colour: int) -> None:
    if rate.percent is None:
        return
    low, high = rate.interval
    top, base = _height(rate.percent), _height(0)
    canvas.drawRect(skia.Rect.MakeLTRB(left, top, left + 0.9 * width, base), skia.Paint(Color=colour))
    stroke = skia.Paint(Color=_INK, StrokeWidth=2, AntiAlias=True)
    middle, reach = left + 0.45 * width, min(6.0, 0.3 * width)
    canvas.drawLine(middle, _height(low), middle, _height(high), stroke)
    for end in (low, high):
        canvas.drawLine(middle - reach, _height(end), middle + reach, _height(end), stroke)


def _dashed(canvas: skia.Canvas, height: float) -> None:
    paint = skia.Paint(Color=_INK, StrokeWidth=1.5, Style=skia.Paint.kStroke_Style)
    paint.setPathEffect(skia.DashPathEffect.Make([8.0, 6.0], 0.0))
    canvas.drawLine(_LEFT, height, _WIDTH - _RIGHT, height, paint)


def _height(percent: float) -> float:
    return _HEIGHT - _BOTTOM - percent / 100 * (_HEIGHT - _TOP - _BOTTOM)


def _words(canvas: skia.Canvas, text: str, left: float, top: float, width: float, home: Path, size: float = 16) -> None:
    paragraph(text, size, _INK, width, home).paint(canvas, left, top)


def _png(surface: skia.Surface) -> bytes:
    return bytes(surface.makeImageSnapshot().encodeToData(skia.kPNG, 100))
