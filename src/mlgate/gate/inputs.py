"""The resources that the core itself provides: tables, models, and the test set scored once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlgate import opening
from mlgate.errors import MlgateError, NotApplicable
from mlgate.gate.exposure import refuse_exposed
from mlgate.gate.settings import Settings
from mlgate.gate.subjects import Subject, find, find_champion
from mlgate.gate.trusting import terms_of
from mlgate.host import Host
from mlgate.resources import ResourceProvider
from mlgate.results import ModelSubject
from mlgate.spec import Feature
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score


@dataclass(frozen=True, slots=True)
class Rival:
    """The champion, or why there is none, or why it can't be used: the last denies, the second does not."""

    subject: Subject | None
    problem: MlgateError | None = None


class Predictor:
    """Asks the candidate about any table, for checks that change rows; it is opened once, and nothing is kept."""

    def __init__(self, candidate: Subject, columns: Columns, *, threads: int | None = None) -> None:
        self._candidate = candidate
        self._columns = columns
        self._threads = threads

    def __call__(self, table: Table) -> Predictions:
        """One prediction per row, in the table's order. Raises `ModelError`."""
        return self._candidate.asked(lambda model: opening.predict(model, table, self._columns, threads=self._threads))

    def threaded(self, threads: int) -> Predictor:
        """The same opened model, answering with so many threads."""
        return Predictor(self._candidate, self._columns, threads=threads)

    @contextmanager
    def again(self) -> Iterator[Predictor]:
        """The candidate opened anew, in another process where it has one, for as long as the block runs.

        An estimator in memory is pickled and read back.
        """
        other = self._candidate.again()
        try:
            yield Predictor(other, self._columns)
        finally:
            other.close()

    def disturbs(self, table: Table) -> tuple[str, ...]:
        """The columns of the rows handed to the model that it changed, where that can be seen. Raises `ModelError`."""
        return self._candidate.asked(lambda model: opening.disturbed(model, table))

    @property
    def memory(self) -> int | None:
        """The bytes that the model's process holds now; None where this system does not say."""
        return opening.memory_of(self._candidate.open())

    @property
    def features(self) -> tuple[str, ...] | None:
        """The columns that the model reads; None where it does not say."""
        return None if self.signature is None else tuple(feature.name for feature in self.signature)

    @property
    def signature(self) -> tuple[Feature, ...] | None:
        """What the model says of the columns that it reads; None where it says nothing."""
        return self._candidate.open().features


@dataclass(frozen=True, slots=True)
class Inputs:
    """Makes the core's resources; each method is a provider, its parameters the resources it needs."""

    settings: Settings
    host: Host

    def providers(self) -> tuple[ResourceProvider, ...]:
        return (
            ResourceProvider("columns", self.columns, "The roles of the columns: label, entity, slices."),
            ResourceProvider("test", self.test, "The test table, lazy."),
            ResourceProvider("train", self.train, "The training table, lazy."),
            ResourceProvider("sensitive", self.sensitive, "The side file of sensitive columns, lazy."),
            ResourceProvider("candidate", self.candidate, "The model under test, found and digested."),
            ResourceProvider("champion", self.champion, "The model that holds the target alias now, if any."),
            ResourceProvider("scored_test", self.scored_test, "The test table with both models' predictions."),
            ResourceProvider("predict", self.predict, "The candidate's predictions for any table, on the one road."),
            ResourceProvider(
                "examples", self.examples, "The folder of cases that broke a property, kept between runs."
            ),
            ResourceProvider("export_rows", self.export_rows, "The folder for failing rows, if asked for."),
            ResourceProvider("scored_train", self.scored_train, "The training table with the candidate's predictions."),
        )

    def columns(self) -> Columns:
        return self.settings.columns

    def test(self) -> Table:
        return self._table("test")

    def train(self) -> Table:
        return self._table("train")

    def sensitive(self) -> Table:
        return self._table("sensitive")

    def export_rows(self) -> Path:
        if self.settings.request.export_rows is None:
            raise NotApplicable("nobody asked for failing rows.", hint="--export-rows DIR does.")
        return self.settings.request.export_rows

    def examples(self) -> Path:
        return self.settings.request.state / "examples"

    def candidate(self) -> Iterator[Subject]:
        if self.settings.model is None:
            raise NotApplicable("no model was named.", hint="Name one with --model or [candidate] model.")
        terms = terms_of(self.settings.gate.candidate_terms, self.settings.request.trust)
        subject = find(self.settings.model, self.host, terms).guarded(self._refuse_exposed)
        yield subject
        subject.close()

    def champion(self, candidate: Subject) -> Iterator[Rival]:
        alias = self.settings.gate.promote.alias
        terms = terms_of(self.settings.gate.champion_terms, self.settings.request.trust)
        try:
            found = find_champion(self.settings.champion, candidate.facts, alias, self.host, terms)
            rival = Rival(found if found is None else found.guarded(self._refuse_exposed))
        except MlgateError as problem:
            rival = Rival(None, problem)
        yield rival
        if rival.subject is not None:
            rival.subject.close()

    def scored_test(self, test: Table, candidate: Subject, champion: Rival) -> ScoredTable:
        rival, problem = None, champion.problem
        predictions = self._predictions(candidate, test)
        if champion.subject is not None:
            try:
                rival = self._predictions(champion.subject, test)
            except MlgateError as error:
                problem = error
        side = self.sensitive if "sensitive" in self.settings.tables else None
        return score(test, self.settings.columns, None, predictions, rival, champion_problem=problem, side=side)

    def scored_train(self, train: Table, candidate: Subject) -> ScoredTable:
        return score(train, self.settings.columns, None, self._predictions(candidate, train), None)

    def predict(self, candidate: Subject) -> Predictor:
        self._refuse_exposed(candidate.facts)
        return Predictor(candidate, self.settings.columns)

    def _refuse_exposed(self, model: ModelSubject) -> None:
        refuse_exposed(model, self.settings.gate)

    def _table(self, name: str) -> Table:
        source = self.settings.tables.get(name)
        if source is None:
            option = "sensitive-file" if name == "sensitive" else name
            raise NotApplicable(
                f"no {name} table was named.", hint=f"Name one with --{option} or [data] {option.replace('-', '_')}."
            )
        return opening.open_table(source, self.host.table_openers)

    def _predictions(self, subject: Subject, table: Table) -> Predictions:
        request, facts = self.settings.request, subject.facts
        subject.admit()  # kept predictions of a model that nobody vouches for any more are no predictions
        cache = opening.PredictionCache(request.state / "cache", request.run)
        return cache.predictions(facts.digest, subject.open, table, self.settings.columns, uri=facts.uri)
