"""The card: its metadata, then the nine sections of Mitchell et al., Model Cards for Model Reporting (FAT* 2019).

https://arxiv.org/abs/1810.03993. What a run can't know (intended use, who made it, licence) is not guessed: the section
says that it is the owner's to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.reports.markdown_text import bullet, fitting, head, plain, row
from mlgate.reports.model_card.metadata import metadata, name_of
from mlgate.reports.model_card.results import caveats, ethics, factors, groups, metrics, overall
from mlgate.results import DataSubject, ModelSubject, Record
from mlgate.rules.numbers import count

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
_ROOM = 100_000
"""Characters of one table; a card is read by people."""


@dataclass(frozen=True, slots=True)
class ModelCardReporter:
    """Draws a model card in Markdown, as a repository at Hugging Face keeps it in README.md."""

    def render(self, record: Record) -> str:
        """Metadata in YAML, then Markdown."""
        return metadata(record) + "\n".join(_lines(record)) + "\n"


def _lines(record: Record) -> Iterator[str]:
    facts = record.facts
    yield from (f"# Model card: {plain(name_of(record))}", "")
    yield plain(f"Drawn by mlgate {facts.mlgate} from the record of run {facts.id}, which began at {facts.started}.")
    yield from _section("Model details", _details(record), missing="Who made it, its type and licence, and whom to ask")
    yield from _section("Intended use", [], missing="Its uses, its users, and what it is not for")
    yield from _section("Factors", factors(record), missing="Which groups and conditions matter, and why")
    yield from _section("Metrics", metrics(record), missing="Why these metrics")
    test, train = facts.data.get("test"), facts.data.get("train")
    yield from _section("Evaluation data", _data(test), missing="Why these rows, and how they were prepared")
    yield from _section("Training data", _data(train), missing="How the rows were chosen and prepared")
    yield from ("", "## Quantitative analyses")
    yield from _table("Overall", overall(record), "No check measured a number of the model.")
    yield from _table("By group", groups(record), "No check measured groups of rows.")
    yield from _section("Ethical considerations", ethics(record), missing="Sensitive data, risks and harms")
    yield from _section("Caveats and recommendations", caveats(record))


def _section(title: str, items: list[str], missing: str = "") -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from (bullet(item) for item in items)
    if missing:
        yield bullet(f"{missing}: not in the record; the owner of the model writes it.")


def _table(title: str, table: Table, empty: str) -> Iterator[str]:
    names, cells = table
    yield from ("", f"### {title}", "")
    if not cells:
        yield empty
        return
    rows = [row(each) for each in cells]
    shown = fitting(rows, _ROOM)
    yield from (*head(names), *shown)
    if len(shown) < len(rows):
        yield from ("", f"And {len(rows) - len(shown):,} more: the record has them all.")


def _details(record: Record) -> list[str]:
    facts = record.facts
    told = [] if facts.candidate is None else [f"Model: {_model(facts.candidate)}"]
    if facts.candidate is not None and facts.candidate.created is not None:
        told.append(f"Registered: {facts.candidate.created}")
    if facts.champion is not None:
        told.append(f"Compared with: {_model(facts.champion)}")
    return told + [f"Measured with: {name} {version}" for name, version in facts.environment.items()]


def _model(model: ModelSubject) -> str:
    version = f", version {model.version}" if model.version else ""
    return f"{model.uri}{version}, digest {model.digest or 'unknown'}"


def _data(table: DataSubject | None) -> list[str]:
    if table is None:
        return []
    told = [f"Table: {table.uri}, digest {table.digest or 'unknown'}"]
    if table.rows is not None:
        told.append(f"Size: {count(table.rows, 'row')}")
    if table.looks is not None:
        told.append(f"Candidates judged on it so far: {table.looks:,}")
    return told
