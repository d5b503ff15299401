"""An MLmodel file as a flat list of what it says, each with its line; nothing in it is built but plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

LARGEST = 1 << 20
_DEEPEST = 40
_MOST_NODES = 50_000
_MOST_VALUES = 100_000
_CONTAINERS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_MERGE = "tag:yaml.org,2002:merge"

KeyPath = tuple[str, ...]


class Unreadable(Exception):
    """What makes an MLmodel one that nobody may open, and the line where it stands."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


@dataclass(frozen=True, slots=True)
class Said:
    """One value and its line. `value` is None for nothing, for a list and for a table; their parts follow."""

    value: object
    line: int


def read_mlmodel(content: bytes) -> Mapping[KeyPath, Said]:
    """Everything that the file says, by the keys that lead to it (a list's items by their numbers).

    Raises `Unreadable` for what is no YAML, asks for Python's objects, is larger than any model needs, and for what
    two readers could take two ways: a key that stands twice, a merge of tables, references that multiply.
    """
    import yaml

    if len(content) > LARGEST:
        raise Unreadable("larger than 1 MiB, which no model needs")
    try:
        loader = yaml.SafeLoader(content.decode("utf-8"))  # MLflow's own: libyaml's reads some texts otherwise
        return _Walk(loader).told(_composed(loader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Unreadable("is not readable YAML", None if mark is None else mark.line + 1) from error


def _composed(loader: Any) -> Node:
    """The one document. Its nodes are counted while they are read, since reading them is what takes time."""
    import yaml

    compose, nodes = loader.compose_node, 0

    def counted(*place: object) -> object:
        nonlocal nodes
        nodes += 1
        if nodes > _MOST_NODES:
            raise Unreadable("nests or repeats more than any model needs")
        return compose(*place)

    loader.compose_node = counted
    node = loader.get_single_node()
    if not isinstance(node, yaml.MappingNode):
        raise Unreadable("says nothing about a model", 1)
    return node


class _Walk:
    """Goes through the nodes as they were written, an anchored one again wherever it is referred to."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._told: dict[KeyPath, Said] = {}

    def told(self, root: Node) -> Mapping[KeyPath, Said]:
        waiting: list[tuple[KeyPath, Node]] = [((), root)]
        while waiting:
            path, node = waiting.pop()
            line = node.start_mark.line + 1
            if len(path) > _DEEPEST or len(self._told) + len(waiting) > _MOST_VALUES:
                raise Unreadable("nests or repeats more than any model needs", line)
            parts = list(self._parts(path, node))
            if isinstance(node.value, list) and node.tag not in _CONTAINERS:
                raise Unreadable("asks for something else than text, lists and tables", line)
            plain = not isinstance(node.value, list)
            self._told[path] = Said(self._loader.construct_object(node) if plain else None, line)
            waiting += parts
        return self._told

    def _parts(self, path: KeyPath, node: Node) -> Iterator[tuple[KeyPath, Node]]:
        import yaml

        if isinstance(node, yaml.MappingNode):
            yield from self._items(path, node)
        elif isinstance(node, yaml.SequenceNode):
            yield from (((*path, str(place)), item) for place, item in enumerate(node.value))

    def _items(self, path: KeyPath, node: MappingNode) -> Iterator[tuple[KeyPath, Node]]:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if isinstance(key.value, list) or key.tag == _MERGE:
                raise Unreadable("has a key that is no plain text", line)
            name = str(self._loader.construct_object(key))
            if name in seen:
                raise Unreadable(f"says {name[:100]!a} twice", line)
            seen.add(name)
            yield (*path, name), value
