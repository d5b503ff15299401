"""MLflow's registry with the guard in front: REST, the pages and clients in the process all come through here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mlgate_mlflow_guard import reading, showing
from mlgate_mlflow_guard.configuration import Configuration
from mlgate_mlflow_guard.guarding import Keeper, refuse_reserved
from mlgate_mlflow_guard.moving import Asked, Mover
from mlgate_mlflow_guard.noting import About, note
from mlgate_mlflow_guard.policy import FREE
from mlgate_mlflow_guard.reading import Place
from mlgate_mlflow_guard.refusing import Refused, answering
from mlgate_mlflow_guard.sessions import Sessions, joining
from mlgate_mlflow_guard.tables import prepare
from mlgate_mlflow_guard.witnessing import Witness

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    _Store = Any
else:
    _Store = object


class GuardedStore(_Store):  # type: ignore[misc]
    """A mixin over MLflow's SQL stores; `guarded` makes the class.

    A model that no protection covers goes straight to MLflow. For the others, MLflow's own method runs inside our
    transaction, after the lock on the model's row and after the keeper has looked.
    """

    ManagedSessionMaker: Any

    def __init__(self, db_uri: str, configuration: Configuration) -> None:
        super().__init__(db_uri)
        prepare(self.engine)
        self._configuration = configuration
        self._policy = configuration.policy
        self._sessions = Sessions(self.engine)
        self._keeper = Keeper(configuration)
        self._witness = Witness(configuration)
        self._mover = Mover(self._sessions, configuration)
        self.ManagedSessionMaker = joining(self.ManagedSessionMaker)

    # --- what moves or takes away an alias ---------------------------------------------------------------------

    def set_registered_model_alias(self, name: str, alias: str, version: Any) -> None:
        """Move an alias; a protected one for a signed authorization alone, a free one by it where there is one."""
        if not self._policy.covers(name):
            super().set_registered_model_alias(name, alias, version)
            return
        with self._deciding(name, alias, version):
            self._keeper.spelling(name, alias)
            demand = self._policy.demand(name, alias)
            asked = Asked(self._place(name), alias, _number(version), self._workspace(), demand or FREE)
            by_signature = demand is not None or self._mover.is_signed(asked)
        if not by_signature:
            super().set_registered_model_alias(name, alias, version)
            return
        with self._deciding(name, alias, version):
            self._mover.move(asked, lambda: super(GuardedStore, self).set_registered_model_alias(name, alias, version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Take an alias away; never a protected one."""
        with self._deciding(name, alias):
            self._keeper.clearing(name, alias)
        super().delete_registered_model_alias(name, alias)

    # --- what retargets one without moving it ------------------------------------------------------------------

    def transition_model_version_stage(
        self, name: str, version: Any, stage: str, archive_existing_versions: bool
    ) -> Any:
        """Move a version between stages; a protected one is neither entered nor left."""
        return self._kept(
            name,
            lambda session, place: self._keeper.staging(session, place, _number(version), stage),
            lambda: super(GuardedStore, self).transition_model_version_stage(
                name, version, stage, archive_existing_versions
            ),
            version=version,
        )

    def rename_registered_model(self, name: str, new_name: str) -> Any:
        """Rename a model, unless a protected alias would come or go with it."""
        return self._kept(
            name,
            lambda session, place: self._keeper.renaming(session, place, new_name),
            lambda: super(GuardedStore, self).rename_registered_model(name, new_name),
            also=new_name,
        )

    def delete_registered_model(self, name: str) -> None:
        """Delete a model that has no protected alias."""
        self._kept(
            name,
            self._keeper.deleting_model,
            lambda: super(GuardedStore, self).delete_registered_model(name),
        )

    def delete_model_version(self, name: str, version: Any) -> None:
        """Delete a version that holds no protected alias."""
        self._kept(
            name,
            lambda session, place: self._keeper.deleting_version(session, place, _number(version)),
            lambda: super(GuardedStore, self).delete_model_version(name, version),
            version=version,
        )

    # --- names and tags ----------------------------------------------------------------------------------------

    def create_registered_model(self, name: str, tags: Any = None, description: Any = None, **more: Any) -> Any:
        """Make a model under a name that is not the ledger's."""
        with answering():
            refuse_reserved(name, [tag.key for tag in tags or ()])
        return super().create_registered_model(name, tags, description, **more)

    def create_model_version(self, name: str, source: str, *rest: Any, tags: Any = None, **more: Any) -> Any:
        """Make a version without the guard's own tags."""
        given = tags if tags is not None or len(rest) < _TAGS else rest[_TAGS - 1]
        with answering():
            refuse_reserved(name, [tag.key for tag in given or ()])
        return super().create_model_version(name, source, *rest, **({"tags": tags} if tags is not None else {}), **more)

    def set_registered_model_tag(self, name: str, tag: Any) -> None:
        """Tag a model, but not with what the guard says of it."""
        with answering():
            refuse_reserved(name, [tag.key])
        super().set_registered_model_tag(name, tag)

    def set_model_version_tag(self, name: str, version: Any, tag: Any) -> None:
        """Tag a version; evidence is looked at first, and a signed verdict is written down."""

        def look(session: Session, place: Place) -> None:
            refuse_reserved(name, [tag.key])
            self._keeper.tagging(session, place, _number(version), tag.key, tag.value)
            stored = reading.version_of(session, place, _number(version))
            if stored is not None:
                self._witness.write(session, place, stored.version, (tag.key, tag.value), self._workspace())

        self._kept(
            name, look, lambda: super(GuardedStore, self).set_model_version_tag(name, version, tag), version=version
        )

    def delete_model_version_tag(self, name: str, version: Any, key: str) -> None:
        """Take a tag away, but not the evidence of a version in use."""
        self._kept(
            name,
            lambda session, place: self._keeper.untagging(session, place, _number(version), key),
            lambda: super(GuardedStore, self).delete_model_version_tag(name, version, key),
            version=version,
        )

    # --- what clients read -------------------------------------------------------------------------------------

    def get_registered_model(self, name: str) -> Any:
        """The model; a protected one with the tag that says what the guard knows of it."""
        model = super().get_registered_model(name)
        model._tags.pop(showing.GUARD, None)
        if not self._policy.covers(name):
            return model
        with answering(), self._sessions.begin() as session:
            value = showing.tag_of(session, self._place(name), self._workspace(), self._policy, list(model.aliases))
        model._tags[showing.GUARD] = value
        return model

    def search_model_versions(
        self, filter_string: Any = None, max_results: Any = 100, order_by: Any = None, page_token: Any = None
    ) -> Any:
        """Versions; of the reserved name, the entries of the ledger."""
        name = showing.ledger_asked_for(filter_string)
        if name is None:
            return super().search_model_versions(filter_string, max_results, order_by, page_token)
        with answering(), self._sessions.begin() as session:
            return showing.entries(session, self._place(name), int(max_results), page_token)

    # --- how -----------------------------------------------------------------------------------------------------

    def _kept(
        self,
        name: str,
        look: Callable[[Session, Place], None],
        do: Callable[[], Any],
        *,
        version: Any = None,
        also: str | None = None,
    ) -> Any:
        """Do it under the lock if `look` has nothing against it; at once where the model is not covered."""
        with answering():
            refuse_reserved(also)
        if not self._policy.covers(name) and not (also is not None and self._policy.covers(also)):
            return do()
        with self._deciding(name, None, version):
            place = self._place(name)
            with self._sessions.locked(place.workspace, name) as session:
                look(session, place)
                return do()

    @contextmanager
    def _deciding(self, name: str, alias: str | None = None, version: Any = None) -> Iterator[None]:
        """Answer in MLflow's way, and write a refusal down in a transaction of its own."""
        with answering():
            try:
                yield
            except Refused as refused:
                asked = About(self._workspace(), alias, None if version is None else str(version))
                note(self._sessions, self._place(name), refused, asked)
                raise

    def _place(self, name: str) -> Place:
        return Place(self._get_active_workspace(), name)

    def _workspace(self) -> str | None:
        """What an authorization names; None where workspaces are off."""
        return self._get_active_workspace() if self.supports_workspaces else None


_TAGS = 2
"""`tags` is the second argument of MLflow's `create_model_version` after name and source."""


def guarded(base: type) -> type:
    """The guard over one of MLflow's stores."""
    return type(f"Guarded{base.__name__}", (GuardedStore, base), {})


def _number(version: Any) -> int:
    from mlflow.utils.validation import _validate_model_version

    _validate_model_version(version)  # its answer is the number in newer ones, and nothing in 3.13
    return int(version)
