"""A first gate file, written for reading: every line explained, every guess marked as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

from mlgate.checks import Check, Stage
from mlgate.gatefile import guesses
from mlgate.gatefile.facts import ProjectFacts, Proposal
from mlgate.gatefile.schema import VERSION
from mlgate.gatefile.toml_text import quoted, to_key, to_toml
from mlgate.rules import Policy

_POLICY = Policy()


def draft(facts: ProjectFacts, checks: Sequence[Check] = ()) -> str:
    """The text of a gate file that reads back.

    `checks` are those installed: the primary comparison is proposed by its default rule, the other defaults stand there
    as comments. Without proposals and checks the file states no rule.
    """
    parts = [
        _head(),
        _candidate(facts),
        _champion(facts.champion),
        _data(facts),
        *_checks(facts.proposals or primary(checks), checks),
        _policy(),
        _promote(),
    ]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def _head() -> Iterator[str]:
    yield "# What a model version must show before it may be promoted. Paths are relative to this file."
    yield "# `mlgate run` measures and decides by it; `mlgate explain CHECK` says what a check means and which options"
    yield "# it has; `mlgate schema` prints the JSON schema of this file, for editors."
    yield f"version = {VERSION}"


def _model(section: str, model: str | None, comment: str) -> Iterator[str]:
    if model:
        yield f"[{section}]"
        yield _line("model", model, comment)


def _candidate(facts: ProjectFacts) -> Iterator[str]:
    yield from _model("candidate", facts.model, "the model under test")
    if facts.model and facts.refusal:
        yield _comment(facts.refusal)


def _champion(champion: str | None) -> Iterator[str]:
    if champion:
        yield from _model("champion", champion, "the model to compare with")
    else:
        yield "# The champion is the holder of [promote] alias, where the candidate is in a registry. To name another:"
        yield "# [champion]"
        yield '# model = "models:/name@champion"'


def _data(facts: ProjectFacts) -> Iterator[str]:
    yield "[data]"
    comments = {"train": "", "test": "the table that judges"}
    yield from (_line(name, facts.data[name], note) for name, note in comments.items() if facts.data.get(name))
    if facts.label:
        task = f": a {facts.task} task" if facts.task else ""
        yield _line("label", facts.label, f"the column that holds the truth{task}")
    if facts.positive is not None:
        yield _line("positive", facts.positive, "the label of the class that scores are of")
    yield from _roles(facts)


def _roles(facts: ProjectFacts) -> Iterator[str]:
    """The guessed roles, and what else could have one."""
    entity, time = guesses.entity(facts), guesses.time(facts)
    if entity is not None:
        why = f"a guess ({entity.why}): rows of one belong together in every interval"
        yield _line("entity", entity.column, why)
    if time is not None:
        yield _line("time", time.column, f"a guess ({time.why}): when a row is from")
    found = guesses.sensitive(facts)
    if named := [column.name for column in found if guesses.few(column)]:
        yield _line("sensitive", named, "a guess (by name): groups that must not be treated worse")
    for column in found:
        if not guesses.few(column):
            yield f"# {quoted(column.name)} may be sensitive too (by name): band it to few values, and name the bands."
    if parts := [name for name in guesses.slices(facts) if name and name not in named][:3]:
        yield f"# slices = {to_toml(parts)}  # a guess (few values): parts of the rows to judge by themselves"


def primary(checks: Iterable[Check]) -> tuple[Proposal, ...]:
    """The primary comparison by its default rule."""
    primary = [check for check in checks if check.stage is Stage.PRIMARY and check.default]
    return tuple(Proposal(check.id, check.default, check.summary) for check in primary)


def _checks(proposals: Sequence[Proposal], checks: Sequence[Check]) -> Iterator[Iterable[str]]:
    for proposal in proposals:
        yield [_comment(proposal.why), *_table(proposal.check, proposal)]
    named = {proposal.check for proposal in proposals}
    defaults = [Proposal(each.id, each.default, "") for each in checks if each.default and each.id not in named]
    if defaults:
        yield _defaults(defaults)


def _defaults(defaults: Sequence[Proposal]) -> Iterator[str]:
    yield "# These apply without being written here, and block where harm is shown. Written here, a check may not be"
    yield "# missing, and its rules must be shown to hold."
    for proposal in defaults:
        yield from (f"# {line}" for line in _table(proposal.check, proposal))


def _table(check: str, proposal: Proposal) -> Iterator[str]:
    yield f"[checks.{quoted(check)}]"
    nested = {key: value for key, value in proposal.rules.items() if _is_nested(value)}
    yield from (f"{to_key(rule)} = {to_toml(value)}" for rule, value in proposal.rules.items() if rule not in nested)
    for key, tables in nested.items():
        for name, table in tables.items():
            yield f"[checks.{quoted(check)}.{to_key(key)}.{to_key(name)}]"
            yield from (f"{to_key(rule)} = {to_toml(value)}" for rule, value in table.items())


def _is_nested(value: object) -> TypeGuard[Mapping[str, Mapping[str, object]]]:
    """A table of tables: each is written as a table of its own."""
    return isinstance(value, Mapping) and bool(value) and all(isinstance(item, Mapping) for item in value.values())


def _policy() -> Iterator[str]:
    yield "[policy]"
    yield _line("confidence", _POLICY.confidence, "of every interval")
    yield _line(
        "undecided", str(_POLICY.undecided), 'or "allow": what a rule of this file does when it is inconclusive'
    )
    yield _line("bootstrap", str(_POLICY.bootstrap), 'or "deny": what rules against a champion do while there is none')
    yield _line("looks", _POLICY.looks, "how many candidates one test set may judge")


def _promote() -> Iterator[str]:
    yield "[promote]"
    yield _line("alias", "champion", "the alias that `mlgate promote` moves")


def _line(key: str, value: object, comment: str) -> str:
    written = f"{key} = {to_toml(value)}"
    return f"{written}  {_comment(comment)}" if comment else written


def _comment(text: str) -> str:
    """A comment of one line, whatever the text holds."""
    return "# " + "".join(letter if letter.isprintable() else " " for letter in text)
