"""Markdown that no text in a record can break, and that fits into a comment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mlgate.reports.markdown import LONGEST, MarkdownReporter
from mlgate.reports.markdown_text import bullet, plain, row
from mlgate.reports.terminal import harmless
from mlgate.results import CheckRun, Finding, Level, Measurement, Outcome, Record, Result, RunStatus, Severity
from mlgate.stats import Estimate
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.records import sample_record

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OUR_HTML = {"<code>", "</code>", "<details><summary>10 checks in all</summary>\n", "</details>\n"}


def tokens(markdown: str) -> list[Token]:
    """All tokens, those inside lines too."""
    found = RENDERER.parse(markdown)
    return [*found, *(child for token in found for child in token.children or ())]


@pytest.mark.parametrize("record", [sample_record(), hostile_record()], ids=["sample", "hostile"])
def test_no_markup_comes_from_the_record(record: Record) -> None:
    """The only HTML, emphasis and tables are ours; there are no links and no images."""
    found = tokens(MarkdownReporter().render(record))
    assert {token.content for token in found if token.type in ("html_inline", "html_block")} <= OUR_HTML
    assert not {token.type for token in found} & {"link_open", "image", "code_inline", "code_block", "fence", "s_open"}
    assert sum(token.type == "strong_open" for token in found) == 1


def test_a_hostile_record_has_the_shape_of_the_sample() -> None:
    """The same blocks in the same order, where no two checks share one sentence: no row or heading is forged."""
    shapes = [
        [token.type for token in RENDERER.parse(MarkdownReporter().render(unshared(record)))]
        for record in (sample_record(), hostile_record())
    ]
    assert shapes[0] == shapes[1]


def unshared(record: Record) -> Record:
    return replace(record, results=tuple(result for result in record.results if result.run.cause is None))


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_any_text_is_rendered_as_itself(text: str) -> None:
    """In a list as in a table: what the reader sees is the text made harmless, and nothing else."""
    assume(harmless(text))
    for markdown in (bullet(text), f"| a |\n|---|\n{row([text])}"):
        inline = [token for token in RENDERER.parse(markdown) if token.type == "inline"][-1]
        shown = "".join(child.content for child in inline.children or ())
        assert shown.replace("\u200b", "") == harmless(text)


@pytest.mark.parametrize("name", ["@org/team", "#12", "GH-3", "!4", "https://evil.example", "www.evil.example"])
def test_nobody_is_called_and_nothing_is_linked(name: str) -> None:
    """Renderers look for mentions in the finished text and for addresses in the source: both differ from the name."""
    assert name not in plain(f"see {name} now")
    shown = RENDERER.render(plain(f"see {name} now"))
    assert "href" not in shown
    assert name not in shown or name.endswith("evil.example")


@pytest.mark.parametrize("record", [sample_record(), hostile_record()], ids=["sample", "hostile"])
def test_a_thousand_checks_fit_into_a_comment(record: Record) -> None:
    """GitHub takes 65,536 characters; what is left out is counted."""
    many = tuple(
        replace(result, run=replace(result.run, check=f"{result.run.check}{number}"))
        for number in range(100)
        for result in record.results
    )
    reasons = record.verdict.reasons * 500
    large = replace(
        record, results=many, waivers=record.waivers * 200, verdict=replace(record.verdict, reasons=reasons)
    )
    report = MarkdownReporter().render(large)
    assert len(report) <= LONGEST < 65_536
    assert "more: the record has them all." in report
    assert report.count("<details>") == report.count("</details>") == 2  # what does not apply has its own


def test_a_record_that_fills_every_section_fits_all_the_same() -> None:
    """Every list as long as it may become at once: the last of them still says how much of it is left out."""
    sample = sample_record()
    many = tuple(
        replace(result, run=replace(result.run, check=f"{result.run.check}_{number}_{'x' * 80}"), void=void)
        for number in range(200)
        for result in sample.results
        for void in (None, f"data.leak {number} failed")
    )
    gate = replace(sample.facts.gate, left_out=tuple(f"left.out_{n}" for n in range(999)))
    facts = replace(sample.facts, gate=gate, trust=sample.facts.trust * 200)
    verdict = replace(sample.verdict, reasons=tuple(f"{'why ' * 40}{n}" for n in range(500)))
    full = replace(sample, facts=facts, results=many, waivers=sample.waivers * 500, verdict=verdict)
    report = MarkdownReporter().render(full)
    assert len(report) <= LONGEST
    assert report.count("more: the record has them all.") >= 10
    assert report.count("### ") == 12


def test_of_ten_thousand_findings_the_worst_is_shown() -> None:
    """The one that matters stands first, whatever came before it."""
    findings = [Finding(f"lesser {number}", Severity.LOW) for number in range(10_000)]
    found = Measurement(findings=(*findings, Finding("the worst", Severity.CRITICAL)))
    run = CheckRun("security.code", RunStatus.MEASURED, 0.0, found)
    failed = replace(sample_record(), results=(Result(run, Outcome.FAILED, Level.ENFORCE, "no_findings", ""),))
    told = MarkdownReporter().render(failed).partition("### Found\n\n")[2]
    assert told.startswith("- security.code: critical: the worst")


def test_a_waived_rule_is_told_with_the_waivers_and_not_as_a_failure() -> None:
    """What the gate file excuses is shown, by whom and until when, and does not stand among the failures."""
    report = MarkdownReporter().render(sample_record())
    failed, waived = report.partition("### Failed")[2].partition("###")[0], report.partition("### Waivers")[2]
    assert "data.duplicates" not in failed
    assert "| data.duplicates | 2027-01-31 | data-team |" in waived


def test_what_was_found_and_does_not_block_is_told_apart() -> None:
    """A check that passed with a finding: the reader learns what it is, under a heading of its own."""
    record = sample_record()
    found = Measurement(Estimate(0.02, 200), findings=(Finding("age < 25: worse by 0.020.", Severity.LOW),))
    run = CheckRun("performance.weak_segments", RunStatus.MEASURED, 0.0, found)
    passed = replace(record, results=(Result(run, Outcome.PASSED, Level.ENFORCE, "at_most(0.15)", ""),))
    drawn = MarkdownReporter().render(passed)
    _, heading, told = drawn.partition("### Found, and no reason to block")
    assert heading
    assert "age &lt; 25: worse by 0.020." in told


def test_advice_that_many_checks_give_is_there_once_and_whole() -> None:
    """Behind four checks' own facts, the sentence on what to do is neither repeated nor cut off."""
    advice = "To narrow a gap: " + "even out decisions, " * 6 + "and look again."
    results = tuple(
        Result(
            CheckRun(
                f"fairness.number_{place}",
                RunStatus.MEASURED,
                0.0,
                Measurement(Estimate(0.4, 200), notes=(f"It is that of group {place}. " + "Long. " * 40, advice)),
            ),
            Outcome.FAILED,
            Level.ENFORCE,
            "at_most(0.1)",
            "",
        )
        for place in range(4)
    )
    drawn = MarkdownReporter().render(replace(sample_record(), results=results))
    told = drawn.partition("### About what failed")[2].partition("###")[0]
    assert told.count("To narrow a gap") == told.count("and look again.") == 1
    assert "fairness.number\\_0, fairness.number\\_1 and 2 more: To narrow" in told
