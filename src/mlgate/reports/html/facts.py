"""The head and the foot of the page: who was judged on what, who vouched, and how to do it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlgate.reports.phrases import confinement, trusted
from mlgate.results import ModelSubject, Record, RunFacts
from mlgate.rules.numbers import count

MOST = 100


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of tables, as texts; of a list longer than `MOST`, that many, and `more` says how many more there are."""

    subjects: tuple[tuple[str, str, str], ...]
    waivers: tuple[tuple[str, str, str, str, str], ...]
    trust: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    secrets: tuple[str, ...]
    commands: tuple[str, ...]
    more: Mapping[str, int]


def facts_of(record: Record) -> Facts:
    """All of them, from the record."""
    facts = record.facts
    return Facts(
        subjects=tuple(_subjects(record)),
        waivers=tuple(
            (each.check, each.until, each.owner, each.reason, "yes" if each.used else "no, it waived nothing")
            for each in record.waivers[:MOST]
        ),
        trust=tuple(trusted(each) for each in facts.trust[:MOST]),
        environment=tuple(facts.environment.items())[:MOST],
        left_out=facts.gate.left_out[:MOST],
        secrets=facts.secrets,
        commands=tuple(_commands(record)),
        more={
            "waivers": max(0, len(record.waivers) - MOST),
            "left_out": max(0, len(facts.gate.left_out) - MOST),
            "trust": max(0, len(facts.trust) - MOST),
            "tables": max(0, len(facts.data) - MOST),
        },
    )


def _subjects(record: Record) -> Iterator[tuple[str, str, str]]:
    facts = record.facts
    for role, model in (("candidate", facts.candidate), ("champion", facts.champion)):
        if model is not None:
            yield role, _model(model), model.digest or ""
    for name, table in list(facts.data.items())[:MOST]:
        size = "" if table.rows is None else f", {count(table.rows, 'row')}"
        looks = "" if table.looks is None or table.looks < 2 else f", judged {table.looks:,} candidates"
        yield name, f"{table.uri}{size}{looks}", table.digest or ""
    yield "gate", f"{facts.gate.path or 'no file'}, confidence {facts.gate.confidence:g}", facts.gate.digest or ""


def _model(model: ModelSubject) -> str:
    return model.uri if model.sandbox is None else f"{model.uri}, sandbox {confinement(model.sandbox)}"


def _commands(record: Record) -> Iterator[str]:
    """To judge it again, and to decide again without measuring."""
    facts = record.facts
    if facts.candidate is not None:
        parts = ["mlgate", "run", "--model", facts.candidate.uri]
        parts += ["--gate", facts.gate.path] if facts.gate.path else _stated(facts)
        yield shlex.join(parts)
    yield f"mlgate decide .mlgate/runs/{shlex.quote(facts.id)}/record.json"


def _stated(facts: RunFacts) -> list[str]:
    """Without a gate file: what the command said, as far as a record keeps it. The label stands in none."""
    champion = ["--champion", facts.champion.uri] if facts.champion else []
    tables = [word for name in ("train", "test") if name in facts.data for word in (f"--{name}", facts.data[name].uri)]
    return [*champion, *tables, "--label", "LABEL"]
