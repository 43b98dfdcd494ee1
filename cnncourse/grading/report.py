"""The instructor's report: one HTML page that needs nothing else, in light and in dark."""

import html
import statistics
from collections.abc import Sequence

from cnncourse.figures import palette
from cnncourse.grading.summary import STATES, ClassSummary, ExerciseSummary, Mistake, histogram

_COLOURS = {
    "passed": palette.GREEN,
    "failed": palette.VERMILION,
    "error": palette.PURPLE,
    "not attempted": palette.GRID,
}
_MARKS = {"passed": "✓", "failed": "✗", "error": "!", "not attempted": "○"}
_SHOWN = 12  # misconceptions that are not folded away
_STYLE = """
:root { color-scheme: light dark; --ink: #1f2933; --soft: #52606d; --line: #d9dee4;
  --page: #f5f7fa; --card: #ffffff; --bar: #0072B2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaef; --soft: #a9b4c0; --line: #3a4550;
  --page: #14191f; --card: #1d242c; --bar: #56B4E9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 0 0 .8rem; }
.soft { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 1.2rem 1.4rem; margin-top: 1.2rem; overflow-x: auto; }
.figures { display: flex; flex-wrap: wrap; gap: .6rem 2.6rem; margin: 1rem 0 0; padding: 0;
  list-style: none; }
.figures b { display: block; font-size: 1.7rem; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .85rem; }
th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font-size: .88em; }
svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.axis { stroke: var(--line); }
.column { fill: var(--bar); }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px;
  margin: 0 .35em 0 1.1em; }
.marks td { white-space: nowrap; }
summary { cursor: pointer; padding: .7rem 0; color: var(--soft); }
ul { margin: 0; padding-left: 1.1rem; }
pre { margin: .3rem 0 .6rem; padding: .6rem .8rem; background: var(--page); border-radius: 8px;
  overflow-x: auto; font-size: .82rem; line-height: 1.4; }
td summary { padding: .2rem 0; font-size: .85rem; }
.warning { border-left: 6px solid #D55E00; padding: .5rem .9rem; background: var(--card); }
"""


def page(summaries: Sequence[ClassSummary]) -> str:
    """The report on these assignments."""
    title = ", ".join(summary.assignment for summary in summaries)
    body = "\n".join(_assignment(summary) for summary in summaries)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Report: {_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _assignment(summary: ClassSummary) -> str:
    full = sum(points == summary.max_points for points in summary.points)
    figures = [
        (str(len(summary.points)), "submissions"),
        (f"{summary.median:g} of {summary.max_points:g}", "points, median"),
        (f"{summary.mean:.1f}", "points, mean"),
        (str(full), "with every point"),
        (str(len(summary.anomalies)), "to look at by hand"),
    ]
    items = "".join(f"<li><b>{_text(a)}</b>{_text(b)}</li>" for a, b in figures)
    parts = [
        f"<h1>{_text(_heading(summary.assignment))}</h1>",
        f'<p class="soft" style="margin:0"><code>{_text(summary.assignment)}</code></p>',
        f'<ul class="figures">{items}</ul>',
        _isolation(summary),
        _section("Points", _histogram(summary)),
        _section("Exercises", _exercises(summary)),
        _section("Exercises to think about", _remarks(summary)),
        _section("Misconceptions met", _mistakes(summary)),
        _section("To look at by hand", _anomalies(summary)),
        _section("Time", _time(summary)),
        _section("Everyone", _students(summary)),
    ]
    return "\n".join(parts)


def _heading(assignment: str) -> str:
    number, _, rest = assignment.partition("_")
    words = rest.replace("_", " ")
    return f"{int(number)} · {words[:1].upper()}{words[1:]}" if number.isdigit() else assignment


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{_text(title)}</h2>\n{content}\n</section>"


def _histogram(summary: ClassSummary) -> str:
    bins = histogram(summary.points, summary.max_points)
    highest = max(count for _, _, count in bins)
    width, height, left, base = 720, 180, 10, 140
    step = (width - 2 * left) / len(bins)
    bars = []
    for number, (low, high, count) in enumerate(bins):
        x, tall = left + number * step, 110 * count / highest
        if count:
            bars.append(
                f'<rect class="column" rx="3" x="{x + 3:.1f}" y="{base - tall:.1f}" '
                f'width="{step - 6:.1f}" height="{tall:.1f}">'
                f"<title>{count} from {low:.3g} to {high:.3g} points</title></rect>"
                f'<text x="{x + step / 2:.1f}" y="{base - tall - 6:.1f}" '
                f'text-anchor="middle">{count}</text>'
            )
        bars.append(f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle">{low:.3g}</text>')
    bars.append(
        f'<text x="{width - left}" y="{base + 18}" text-anchor="middle">'
        f"{summary.max_points:.3g}</text>"
        f'<text x="{width / 2}" y="{base + 36}" text-anchor="middle">points</text>'
    )
    told = "; ".join(f"{low:.3g} to {high:.3g}: {n}" for low, high, n in bins if n)
    return (
        f'<svg role="img" viewBox="-14 0 {width + 28} {height}" width="{width}" '
        f'aria-label="How many submissions got how many points. {_text(told)}.">'
        f'<line class="axis" x1="0" x2="{width}" y1="{base}" y2="{base}"/>{"".join(bars)}</svg>'
    )


def _exercises(summary: ClassSummary) -> str:
    rows = [
        f"<tr><td>{_text(e.title)}<br><code class='soft'>{_text(e.name)}</code></td>"
        f'<td class="n">{e.states["passed"] / max(sum(e.states.values()), 1):.0%}</td>'
        f'<td class="n">{e.share:.0%}</td><td class="n">{_two_digits(e.discrimination)}</td>'
        f"<td>{_stacked(e)}</td></tr>"
        for e in summary.exercises
    ]
    key = "".join(
        f'<span class="key" style="background:{_COLOURS[state]}"></span>{state}' for state in STATES
    )
    return (
        '<table><tr><th scope="col">exercise</th><th scope="col" class="n">pass</th>'
        '<th scope="col" class="n">points</th><th scope="col" class="n">tells apart</th>'
        '<th scope="col">submissions</th></tr>'
        f"{''.join(rows)}</table><p class='soft' style='margin:.8rem 0 0 -1.1em'>{key}</p>"
        '<p class="soft" style="margin:.4rem 0 0">"Tells apart" is the correlation between passing '
        "the exercise and the points of all the others (point-biserial), −1 to 1. From about 0.2 "
        "on, those who pass it are those who do well elsewhere.</p>"
    )


def _two_digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _remarks(summary: ClassSummary) -> str:
    """Exercises whose figures ask for a look: too easy, too hard, or the wrong way round."""
    said = []
    for exercise in summary.exercises:
        count, passed = sum(exercise.states.values()), exercise.states["passed"]
        name = f"<code>{_text(exercise.name)}</code>"
        if count and passed == count:
            said.append(f"Everybody passes {name}.")
        elif count and not passed:
            said.append(f"Nobody passes {name}: is it said clearly, and right?")
        elif exercise.discrimination is not None and exercise.discrimination < 0:
            said.append(
                f"Those who pass {name} do worse elsewhere: does it ask for what it means to?"
            )
    if not said:
        return (
            "<p class='soft' style='margin:0'>None: every exercise is passed by some and not by "
            "others, and by those who do better elsewhere.</p>"
        )
    return f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in said)}</ul>"


def _isolation(summary: ClassSummary) -> str:
    """How the submissions ran; loud when student code had the grader's rights."""
    if all(level == "isolated" for level, _ in summary.isolation):
        said = "Every submission ran in a sandbox of its own."
        return f'<p class="soft">{said}</p>' if summary.isolation else ""
    counts = ", ".join(f"{count} {_text(level)}" for level, count in summary.isolation)
    return (
        f'<p role="note" class="warning"><b>Not all were isolated:</b> {counts}. Code of a '
        "submission that is not isolated ran with the grader's own rights.</p>"
    )


def _time(summary: ClassSummary) -> str:
    if not summary.seconds:
        return "<p class='soft' style='margin:0'>Not recorded.</p>"
    taken = sorted(summary.seconds, key=lambda each: -each[1])
    middle = statistics.median(seconds for _, seconds in taken)
    rows = "".join(
        f'<tr><td>{_text(student)}</td><td class="n">{seconds:.1f} s</td></tr>'
        for student, seconds in taken[:5]
    )
    return (
        f"<p style='margin:0 0 .6rem'>A submission took {middle:.1f} s (median); "
        f"{sum(s for _, s in taken) / 60:.1f} minutes of work in all. The slowest:</p>"
        f'<table style="width:auto"><tr><th scope="col">student</th><th scope="col" class="n">'
        f"time</th></tr>{rows}</table>"
    )


def _stacked(exercise: ExerciseSummary) -> str:
    total, width, x, parts = sum(exercise.states.values()) or 1, 360, 0.0, []
    for state in STATES:
        count = exercise.states[state]
        if not count:
            continue
        wide = width * count / total
        parts.append(
            f'<rect x="{x:.1f}" y="3" width="{max(wide - 2, 1):.1f}" height="20" rx="3" '
            f'fill="{_COLOURS[state]}"><title>{count} {state}</title></rect>'
        )
        if wide > 16:
            ink = "#ffffff" if state in ("passed", "failed") else palette.INK
            parts.append(
                f'<text x="{x + wide / 2 - 1:.1f}" y="17" text-anchor="middle" '
                f'style="fill:{ink}">{count}</text>'
            )
        x += wide
    told = ", ".join(f"{n} {state}" for state, n in exercise.states.items() if n)
    return (
        f'<svg role="img" aria-label="{_text(told)}" width="{width}" height="26" '
        f'viewBox="0 0 {width} 26">{"".join(parts)}</svg>'
    )


def _mistakes(summary: ClassSummary) -> str:
    if not summary.mistakes:
        return "<p class='soft' style='margin:0'>None of the known ones.</p>"
    first, rest = summary.mistakes[:_SHOWN], summary.mistakes[_SHOWN:]
    text = _mistake_table(first)
    if rest:
        text += f"<details><summary>{len(rest)} more</summary>{_mistake_table(rest)}</details>"
    return text


def _mistake_table(mistakes: Sequence[Mistake]) -> str:
    rows = "".join(
        f'<tr><td class="n">{m.count}</td><td><code>{_text(m.exercise)}</code></td>'
        f"<td>{_text(m.says)}<br><code class='soft'>{_text(m.name)}</code>{_example(m)}</td></tr>"
        for m in mistakes
    )
    return (
        '<table><tr><th scope="col" class="n">times</th><th scope="col">exercise</th>'
        f'<th scope="col">what they were told</th></tr>{rows}</table>'
    )


def _example(mistake: Mistake) -> str:
    if not mistake.example:
        return ""
    return (
        f"<details><summary>an answer that shows it ({_text(mistake.student)})</summary>"
        f"<pre>{_text(mistake.example)}</pre></details>"
    )


def _anomalies(summary: ClassSummary) -> str:
    if not summary.anomalies:
        return "<p class='soft' style='margin:0'>Nothing.</p>"
    rows = "".join(
        f"<tr><td>{_text(student)}</td><td><ul>"
        f"{''.join(f'<li>{_text(sentence)}</li>' for sentence in sentences)}</ul></td></tr>"
        for student, sentences in summary.anomalies
    )
    return f"<table>{rows}</table>"


def _students(summary: ClassSummary) -> str:
    heads = "".join(
        f'<th scope="col" title="{_text(e.title)}">{number}</th>'
        for number, e in enumerate(summary.exercises, 1)
    )
    rows = "".join(
        f'<tr><td>{_text(name)}</td><td class="n">{points:g}</td>'
        + "".join(
            f'<td><span role="img" aria-label="{state}" title="{state}" '
            f'style="color:{_COLOURS[state]};font-weight:700">{_MARKS[state]}</span></td>'
            for state in states
        )
        + "</tr>"
        for name, points, states in summary.students
    )
    return (
        '<table class="marks"><tr><th scope="col">student</th>'
        f'<th scope="col" class="n">points</th>{heads}</tr>{rows}</table>'
    )


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)
