"""The contract of a registry, as tests: subclass `RegistryContract`, and give it a fixture `case`.

class TestOurRegistry(RegistryContract):
    @pytest.fixture
    def case(self, tmp_path): return RegistryCase(OurRegistry(tmp_path), "loan", ("ours:loan/1", "ours:loan/2"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from mlgate.errors import AliasMoved, MlgateError, ModelError
from mlgate.ledger import Entry, Event, EventKind, read_chain
from mlgate.opening.digests import digest
from mlgate.spec import Move, RegisteredVersion, Registry

ALIAS = "contract"


@dataclass(frozen=True, slots=True)
class RegistryCase:
    """A registry with one model in two or more versions, which has no ledger, and no alias called `contract`.

    `authorize` makes what a registry that enforces asks for, from the move.
    """

    registry: Registry
    name: str
    uris: Sequence[str]
    authorize: Callable[[Move], bytes | None] = lambda move: None

    def version(self, place: int) -> RegisteredVersion:
        return self.registry.version(self.uris[place])

    def move(self, place: int, **parts: object) -> Move:
        """The move of the alias to a version as things stand, or with other parts."""
        known = self.registry.capabilities(self.name)
        stated = {
            "expected": self.registry.holder(self.name, ALIAS),
            "generation": self.registry.generation(self.name, ALIAS),
            **parts,
        }
        return Move(self.version(place), ALIAS, registry=known.registry, workspace=known.workspace, **stated)  # type: ignore[arg-type]

    def set(self, move: Move) -> None:
        self.registry.set_alias(move, self.event(move), self.authorize(move))

    def event(self, move: Move) -> Event:
        return Event(
            EventKind.PROMOTION,
            "2026-11-28T08:00:00Z",
            move.registry,
            self.name,
            "the contract",
            workspace=move.workspace,
            alias=move.alias,
            version=move.version.version,
            created=move.version.created,
            moved_from=move.expected.version if move.expected else None,
        )

    def entries(self) -> tuple[Entry, ...]:
        """The ledger, which holds."""
        ledger = read_chain(self.registry.history(self.name), self.registry.head(self.name))
        assert ledger.broken is None, str(ledger.broken)
        return ledger.entries


class RegistryContract:
    """What every registry keeps."""

    def test_a_version_is_the_same_each_time(self, case: RegistryCase) -> None:
        """With the time of its making, which outlives a number that is used again."""
        one, two = case.version(0), case.version(1)
        assert one == case.version(0) != two
        assert one.name == two.name == case.name
        assert one.created
        assert two.created
        assert one.uri == case.registry.version(one.uri).uri == case.registry.uri(one.name, one.version)

    def test_it_says_what_it_can_do(self, case: RegistryCase) -> None:
        """Its name is the same each time."""
        known = case.registry.capabilities(case.name)
        assert known.registry
        assert known == case.registry.capabilities(case.name)
        assert known.cas or not known.server_enforced

    def test_nothing_happened_yet(self, case: RegistryCase) -> None:
        """Nobody holds the alias, and the ledger is empty; so for a model that does not exist."""
        for name in (case.name, "no-such-model"):
            assert case.registry.holder(name, ALIAS) is None
            assert case.registry.generation(name, ALIAS) == 0
            assert ALIAS not in case.registry.aliases(name)
            assert case.registry.history(name) == ()

    def test_what_does_not_exist_is_a_mistake_of_ours(self, case: RegistryCase) -> None:
        """Not one of the registry's."""
        missing = case.uris[0].removesuffix(case.version(0).version) + "999"
        assert isinstance(_error(lambda: case.registry.version(missing)), ModelError)

    def test_an_alias_moves_and_comes_back(self, case: RegistryCase) -> None:
        """Each move is counted and written down, with who held it before."""
        for place in (0, 1, 0):
            case.set(case.move(place))
            assert case.registry.holder(case.name, ALIAS) == case.version(place)
        assert case.registry.generation(case.name, ALIAS) == 3
        assert case.registry.aliases(case.name)[ALIAS] == case.version(0).version
        one, two = case.version(0).version, case.version(1).version
        moves = [(entry.moved_from, entry.version, entry.generation) for entry in case.entries() if entry.moves]
        assert moves == [(None, one, 1), (one, two, 2), (two, one, 3)]

    def test_a_holder_that_holds_no_more(self, case: RegistryCase) -> None:
        """Nothing moves, and nothing is written down but a refusal."""
        case.set(case.move(0))
        stale = case.move(1, expected=None)
        assert isinstance(_error(lambda: case.set(stale)), AliasMoved)
        assert case.registry.holder(case.name, ALIAS) == case.version(0)
        assert len([entry for entry in case.entries() if entry.moves]) == 1

    def test_an_alias_that_moved_and_came_back(self, case: RegistryCase) -> None:
        """The holder is the same, and it is another move: what was meant before is not meant now."""
        case.set(case.move(0))
        stale = case.move(1)
        for place in (1, 0):
            case.set(case.move(place))
        assert isinstance(_error(lambda: case.set(stale)), AliasMoved)
        assert case.registry.holder(case.name, ALIAS) == case.version(0)

    def test_two_at_once(self, case: RegistryCase) -> None:
        """The ledger stays whole; where the registry compares and sets in one step, one of them wins."""
        moves = [case.move(place) for place in (0, 1)]
        with ThreadPoolExecutor(2) as both:
            errors = list(both.map(lambda move: _error(lambda: case.set(move)), moves))
        assert all(error is None or isinstance(error, MlgateError) for error in errors), errors
        won = [entry for entry in case.entries() if entry.moves]
        if case.registry.capabilities(case.name).cas:
            assert errors.count(None) == len(won) == 1
        held = case.registry.holder(case.name, ALIAS)
        assert won == [] or (held is not None and held.version == won[-1].version)

    def test_an_alias_with_a_newline(self, case: RegistryCase) -> None:
        """Nobody could tell it from the other."""
        move = case.move(0)
        odd = Move(move.version, f"{ALIAS}\n", None, 0, move.registry, move.workspace)
        assert isinstance(_error(lambda: case.set(odd)), MlgateError)
        assert all("\n" not in alias for alias in case.registry.aliases(case.name))

    def test_documents_come_back_byte_for_byte(self, case: RegistryCase) -> None:
        """Large ones too; the last one written counts; the model's files stay as they are."""
        version = case.version(0)
        before = digest(case.registry.fetch(version))
        signed = b'{"payload":"' + b"A" * 90_000 + b'"}\n'
        assert case.registry.document(version, "record") is None
        for content in (b"{}", bytes(range(256)) * 1000):
            case.registry.annotate(version, {"mlgate.decision": "allowed"}, {"record": content, "attestation": signed})
            assert case.registry.document(version, "record") == content
        assert case.registry.document(version, "attestation") == signed
        assert set(case.registry.documents(version)) == {"attestation", "record"}
        assert digest(case.registry.fetch(version)) == before

    def test_what_is_fetched_is_a_copy(self, case: RegistryCase) -> None:
        """Whatever is done to it."""
        version = case.version(0)
        fetched = case.registry.fetch(version)
        before = digest(fetched)
        (fetched / "surprise" if fetched.is_dir() else fetched).write_bytes(b"changed")
        assert digest(case.registry.fetch(version)) == before

    def test_what_is_no_move_is_written_down_too(self, case: RegistryCase) -> None:
        """In its order; a registry that keeps the ledger itself may have its own mind about it."""
        move = case.move(0)
        for kind in (EventKind.VERDICT, EventKind.APPROVAL):
            case.registry.append(Event(kind, "2026-11-28T08:00:00Z", move.registry, case.name, "me", move.workspace))
        if not case.registry.capabilities(case.name).keeps_ledger:
            assert [entry.kind for entry in case.entries()] == [EventKind.VERDICT, EventKind.APPROVAL]

    def test_an_alias_is_taken_away(self, case: RegistryCase) -> None:
        """From the one who holds it, and from nobody else; a registry that enforces may refuse."""
        case.set(case.move(0))
        known = case.registry.capabilities(case.name)
        event = Event(
            EventKind.CORRECTION, "2026-11-28T08:00:00Z", known.registry, case.name, "me", known.workspace, ALIAS
        )
        other, holder = case.version(1), case.version(0)
        assert _error(lambda: case.registry.clear_alias(case.name, ALIAS, other, event)) is not None
        if not known.server_enforced:
            case.registry.clear_alias(case.name, ALIAS, holder, event)
            assert case.registry.holder(case.name, ALIAS) is None
            assert case.registry.generation(case.name, ALIAS) == 2


def _error(do: Callable[[], object]) -> Exception | None:
    try:
        do()
    except Exception as error:
        return error
    return None
