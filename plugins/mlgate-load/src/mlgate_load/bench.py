"""The bench of one run: the served candidate, the rows to send, and one load at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import CheckError, NoChampion, NotApplicable, UsageError
from mlgate_load.addresses import target_of
from mlgate_load.generating import Run, generate, new_folder
from mlgate_load.monitoring import Watched, watching
from mlgate_load.options import LoadOptions, TargetOptions
from mlgate_load.payloads import JSON_TYPE, batches, body_from, body_of, user_function
from mlgate_load.plan import Plan, Target
from mlgate_load.probing import refuse_unfit
from mlgate_load.processes import tree_of
from mlgate_load.rows import rows_to_send
from mlgate_load.serving.confining import sandbox_said
from mlgate_load.serving.server import Server

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table

_MOST_BODIES = 500


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is put under load; `server` is ours, or None where a `url` was named."""

    target: Target
    server: Server | None


class Bench:
    """Serves what there is to serve, at most once each, and measures one thing at a time: two loads on one machine
    would measure each other."""

    def __init__(
        self,
        *,
        test: Table | None,
        columns: Columns,
        candidate: Any | None,
        champion: Any | None,
        predict: Any | None,
        folder: Path | None,
        planned: Mapping[str, Mapping[str, object]],
    ) -> None:
        self._test, self._columns = test, columns
        self._candidate, self._champion, self._predict = candidate, champion, predict
        self.folder = folder
        self._planned = planned
        self._servers: dict[tuple[str, int], Server] = {}
        self._runs: dict[str, tuple[Run, Watched]] = {}
        self._lock = threading.Lock()
        self._notes: list[str] = []

    @contextmanager
    def alone(self) -> Iterator[list[str]]:
        """While this is held, no other check of the family measures. Collects what its record has to say beside."""
        with self._lock:
            self._notes = []
            yield self._notes

    @cached_property
    def rows(self) -> list[Mapping[str, Any]]:
        """Rows of the test table as the model reads them. Raises `NotApplicable` without a table."""
        if self._test is None:
            raise NotApplicable("no test table was named, and its rows are what is sent.", hint="Name one with --test.")
        features = self._predict.features if self._predict is not None else None
        return rows_to_send(self._test, self._columns, features)

    def url_for(self, options: TargetOptions) -> str:
        """The address of these options; else the one that all other load checks of this run name."""
        if options.url:
            return options.url
        stated = {str(o["url"]) for id, o in self._planned.items() if id.startswith("load.") and o.get("url")}
        if len(stated) > 1:
            raise UsageError(
                f"the load checks name {len(stated)} addresses, and this one none.", hint="State its url, too."
            )
        return next(iter(stated), "")

    def settled(self, options: TargetOptions) -> TargetOptions:
        """The options with what the check that names the address says of it: its headers, its leave to go there."""
        if options.url or not (url := self.url_for(options)):
            return options
        said = next(o for id, o in self._planned.items() if id.startswith("load.") and o.get("url") == url)
        shared = {name: said[name] for name in ("url", "headers", "allow_hosts") if name in said}
        held = {each.name: getattr(options, each.name) for each in fields(options)}
        return type(options)(**{**held, **shared})

    @contextmanager
    def endpoint(self, options: TargetOptions, *, of: str = "candidate", fresh: bool = False) -> Iterator[Endpoint]:
        """The address to ask: the named one, or a server of our own, which lives as long as the run unless `fresh`."""
        if url := (options.url if of == "candidate" else ""):
            yield Endpoint(target_of(url, options.headers, options.allow_hosts), None)
            return
        self._notes += [sandbox_said()] if sandbox_said() not in self._notes else []
        if fresh:
            with self._started(options, of) as server:
                yield Endpoint(server.target, server)
            return
        key = (of, options.server_workers)
        if key in self._servers and not self._servers[key].is_alive:
            self._servers.pop(key).close()
        if key not in self._servers:
            self._servers[key] = self._started(options, of)
        yield Endpoint(self._servers[key].target, self._servers[key])

    @contextmanager
    def rival(self, options: TargetOptions, url: str) -> Iterator[Endpoint]:
        """The champion to load beside the candidate: at a `url` of its own, or served. Raises `NoChampion`."""
        if url:
            yield Endpoint(target_of(url, options.headers, options.allow_hosts), None)
            return
        if options.url:
            raise NotApplicable("the champion of a url is not known.", hint="State champion_url, or leave url out.")
        with self.endpoint(options, of="champion") as served:
            yield served

    def stop(self, server: Server) -> None:
        """End a server that stands in the way, and forget it."""
        self._servers = {key: each for key, each in self._servers.items() if each is not server}
        server.close()

    def close(self) -> None:
        """End every server."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()

    def bodies(self, options: TargetOptions) -> list[bytes]:
        """Requests of `batch` rows each."""
        lots = batches(self.rows, options.batch)[:_MOST_BODIES]
        if options.payload:
            function = user_function(options.payload, self.folder)
            return [body_from(function, lot) for lot in lots]
        return [body_of(lot, options.format) for lot in lots]

    def load(
        self,
        options: LoadOptions,
        targets: Sequence[Target],
        *,
        which: Sequence[int] = (),
        begun: Callable[[], None] | None = None,
    ) -> Run:
        """One load on the targets; `begun` is called when the first request is due.

        Raises `CheckError` where a target does not answer as it should.
        """
        script = self._script(options)
        bodies = [] if script else self.bodies(options)
        arrivals = [] if script else options.schedule()
        if not script:
            for target in targets:
                refuse_unfit(target, bodies[0], options.patience)
        folder = new_folder()
        plan = Plan(
            folder=str(folder),
            targets=list(targets),
            arrivals=arrivals,
            which=list(which),
            bodies=[str(_written(folder / f"body-{number}", body)) for number, body in enumerate(bodies)],
            content_type=JSON_TYPE,
            warmup=options.warmup_seconds,
            seconds=options.warmup_seconds + options.run_seconds,
            connections=options.connections,
            timeout=options.patience,
            most_requests=options.max_requests,
            locustfile=script,
            workers=options.workers,
            master=options.master or (f"127.0.0.1:{free_port()}" if options.workers else ""),
            own_workers=bool(options.workers) and not options.master,
        )
        return generate(plan, begun)

    def shared_load(self, options: LoadOptions, endpoint: Endpoint, pid: int = 0) -> tuple[Run, Watched]:
        """The load of these options on that endpoint, made once for all checks that ask for the same, and what the
        server's processes took meanwhile: those of our own server, or of the one with that `pid`."""
        key = f"{options}{endpoint.target.url}{pid}"
        if key not in self._runs:
            server = endpoint.server
            with watching(server.tree if server is not None else lambda: tree_of(pid) if pid else []) as seen:
                run = self.load(options, [endpoint.target])
            self._runs[key] = run, seen
        return self._runs[key]

    def candidate_files(self) -> Path:
        """The scanned copy of the candidate. Raises `ModelError` where the scan keeps it closed."""
        subject = self._subject("candidate")
        subject.admit()
        if subject.path is None:
            raise NotApplicable("the candidate is Python code or lives in memory, and has no files to open beside it.")
        path: Path = subject.path
        return path

    def _script(self, options: LoadOptions) -> str:
        if not options.locustfile:
            return ""
        path = (self.folder or Path.cwd()) / options.locustfile
        if not path.is_file():
            raise UsageError(f'There is no file {path}, which locustfile = "{options.locustfile}" names.')
        return str(path)

    def _started(self, options: TargetOptions, of: str) -> Server:
        return Server.start(
            self._subject(of),
            workers=options.server_workers,
            patience=options.start_patience,
            port=options.port,
            headers=options.headers,
        )

    def _subject(self, of: str) -> Any:
        if of == "candidate":
            if self._candidate is None:
                raise NotApplicable(
                    "there is neither a url nor a model to serve.", hint="Name one with url or --model."
                )
            return self._candidate
        rival = self._champion
        if rival is not None and rival.problem is not None:
            raise CheckError(f"The champion can't be compared with: {rival.problem}")
        if rival is None or rival.subject is None:
            raise NoChampion("There is no champion to compare with.")
        return rival.subject


def free_port() -> int:
    """A port of the loopback interface that nobody uses now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path
