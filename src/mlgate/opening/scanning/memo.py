"""The memo of a pickle, which an ordinary one fills in order, in bounded memory."""

from __future__ import annotations


class Memo:
    """Values by number: a list as long as numbers come in order, which costs a tenth of a dictionary."""

    def __init__(self) -> None:
        self._dense: list[object] = []
        self._sparse: dict[int, object] = {}

    def __len__(self) -> int:
        return len(self._dense) + len(self._sparse)

    def __getitem__(self, place: int) -> object:
        return self._dense[place] if 0 <= place < len(self._dense) else self._sparse[place]

    def __setitem__(self, place: int, value: object) -> None:
        if 0 <= place < len(self._dense):
            self._dense[place] = value
        elif place == len(self._dense) and place not in self._sparse:
            self._dense.append(value)
        else:
            self._sparse[place] = value
