"""`security.dependencies`: pip-audit against a server that speaks OSV's query API, and a file without any network."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mlgate import CheckError, NotApplicable, Severity
from mlgate.testing import measure
from mlgate_security.dependencies.check import dependencies
from mlgate_security.dependencies.cvss import base_score

JINJA: dict[str, Any] = {
    "id": "GHSA-cpwx-vrp4-4pq7",
    "aliases": ["CVE-2025-27516"],
    "summary": "Jinja2 vulnerable to sandbox breakout through attr filter",
    "schema_version": "1.6.0",
    "published": "2025-03-05T20:40:14Z",
    "database_specific": {"severity": "MODERATE"},
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.6"}]}],
        }
    ],
}
NUMPY: dict[str, Any] = {
    "id": "PYSEC-0000-1",
    "summary": "all of it",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "PyPI", "name": "numpy"}, "versions": ["2.4.6"]}],
}
MODEL: dict[str, str | None] = {
    "requirements.txt": "jinja2==3.1.5\nscipy==1.17.1\n",
    "conda.yaml": None,
    "python_env.yaml": None,
}


@dataclass
class Osv:
    """A server that knows these advisories, and an index that knows which files were yanked."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def osv() -> Iterator[Osv]:
    """https://google.github.io/osv.dev/post-v1-query/ on a free port of this machine."""
    known = {("jinja2", "3.1.5"): [JINJA]}
    served = Osv("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = (query["package"]["name"], query["version"])
            served.asked.append(asked)
            self._answer({"vulns": known[asked]} if asked in known else {})

        def do_HEAD(self) -> None:
            self._answer(None)

        def do_GET(self) -> None:
            if self.path.startswith("/v1/vulns/"):
                self._answer(JINJA if self.path.endswith(JINJA["id"]) else {"id": "CVE-2025-27516"})
            else:
                yanked = "broken metadata" if "/scipy/" in self.path else False
                files = [{"filename": "scipy-1.17.1-py3-none-any.whl", "yanked": yanked}]
                self._answer({"files": [*files, {"filename": "scipy-1.17.0.tar.gz", "yanked": False}]})

        def _answer(self, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def test_pip_audit_asks_the_server_about_each_pin(model: Callable[..., Any], tmp_path: Path, osv: Osv) -> None:
    """The advisory, its severity, the version that mends it, and the line of the requirement."""
    measured = measure(dependencies, candidate=model(MODEL), folder=tmp_path, server=osv.url, index=f"{osv.url}/simple")
    weak, yanked = measured.findings
    assert sorted(osv.asked) == [("jinja2", "3.1.5"), ("scipy", "1.17.1")]
    assert weak.location is not None
    assert (weak.severity, weak.location.file, weak.location.line) == (Severity.MEDIUM, "requirements.txt", 1)
    assert weak.data == {
        "package": "jinja2",
        "version": "3.1.5",
        "advisories": ["CVE-2025-27516", "GHSA-cpwx-vrp4-4pq7"],
        "fixed": ["3.1.6"],
    }
    assert (yanked.severity, yanked.message) == (
        Severity.MEDIUM,
        "scipy 1.17.1 was yanked by its authors: broken metadata.",
    )


def test_a_server_that_cant_be_reached_skips_with_the_reason(model: Callable[..., Any], tmp_path: Path) -> None:
    """Port 9 answers nobody; a required check that skips denies."""
    with pytest.raises(NotApplicable, match=r"the advisories of http://127\.0\.0\.1:9 can't be asked for"):
        measure(dependencies, candidate=model(MODEL), folder=tmp_path, server="http://127.0.0.1:9", timeout=2)


def test_nobody_is_asked_who_was_not_named(
    model: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate in a closed network must not hang, and names of packages must not leave unasked."""

    def refused(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    with pytest.raises(NotApplicable, match="nobody was asked about known weaknesses") as caught:
        measure(dependencies, candidate=model(MODEL), folder=tmp_path)
    assert 'server = "https://api.osv.dev"' in str(caught.value)


def test_a_server_that_says_nothing_is_waited_for_once(model: Callable[..., Any], tmp_path: Path) -> None:
    """It takes the connection and never answers: one timeout, not one for each package."""
    pins = "".join(f"package-{number}==1.0\n" for number in range(50))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NotApplicable, match=r"can't be asked for: ReadTimeout"):
            measure(
                dependencies,
                candidate=model({**MODEL, "requirements.txt": pins}),
                folder=tmp_path,
                server=address,
                timeout=1,
            )


def test_an_index_that_is_away_is_a_finding_and_asked_once(model: Callable[..., Any], tmp_path: Path, osv: Osv) -> None:
    """Whether a version was yanked is then not known, and said."""
    measured = measure(
        dependencies, candidate=model(MODEL), folder=tmp_path, server=osv.url, index="http://127.0.0.1:9/simple"
    )
    assert [each.severity for each in measured.findings] == [Severity.MEDIUM, Severity.LOW]
    assert measured.findings[1].message.startswith("Whether a version was yanked could not be asked: ")


def test_all_three_files_of_an_environment_are_asked_about(model: Callable[..., Any], tmp_path: Path, osv: Osv) -> None:
    """requirements.txt, conda.yaml with its list for pip, python_env.yaml; each package at each version once."""
    files = {
        "requirements.txt": "scipy==1.17.1\n",
        "conda.yaml": "dependencies:\n- lxml=5.2.1\n- pip:\n  - jinja2==3.1.5\n",
        "python_env.yaml": "python: 3.11.7\ndependencies:\n- jinja2==3.1.4\n- -r requirements.txt\n",
    }
    measured = measure(dependencies, candidate=model(files), folder=tmp_path, server=osv.url, index=f"{osv.url}/simple")
    assert sorted(osv.asked) == [("jinja2", "3.1.4"), ("jinja2", "3.1.5"), ("lxml", "5.2.1"), ("scipy", "1.17.1")]
    weak = measured.findings[0]
    assert weak.location is not None
    assert (weak.location.file, weak.location.line) == ("conda.yaml", 4)


def offline(model: Callable[..., Any], tmp_path: Path, *records: object, pins: str, **options: object) -> list[Any]:
    """The findings with these advisories in a file."""
    (tmp_path / "osv.json").write_text(json.dumps(list(records)))
    candidate = model({**MODEL, "requirements.txt": pins})
    return list(measure(dependencies, candidate=candidate, folder=tmp_path, advisories="osv.json", **options).findings)


@pytest.mark.parametrize(("version", "weak"), [("3.1.5", True), ("3.1.6", False), ("3.1.6rc1", True), ("2.0", True)])
def test_ranges_are_read_as_osv_defines_them(
    version: str, weak: bool, model: Callable[..., Any], tmp_path: Path
) -> None:
    """`fixed` is the first version without it; a pre-release of that one still has it."""
    assert bool(offline(model, tmp_path, JINJA, pins=f"Jinja2=={version}\n")) is weak


@pytest.mark.parametrize(
    ("events", "version", "weak"),
    [
        ([{"introduced": "1.0"}, {"last_affected": "1.4"}], "1.4", True),
        ([{"introduced": "1.0"}, {"last_affected": "1.4"}], "1.4.1", False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"fixed": "2.3"}], "1.5", False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"fixed": "2.3"}], "2.2.9", True),
        ([{"introduced": "2.0"}], "1.9", False),
    ],
)
def test_events_switch_a_weakness_on_and_off(
    events: list[dict[str, str]], version: str, weak: bool, model: Callable[..., Any], tmp_path: Path
) -> None:
    """The algorithm of the OSV schema, evaluated by hand."""
    span = {"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    assert bool(offline(model, tmp_path, {"id": "A", "affected": [span]}, pins=f"x=={version}\n")) is weak


def test_severity_comes_from_the_vector_and_unknown_is_high(model: Callable[..., Any], tmp_path: Path) -> None:
    """9.8 is critical; nobody's grade is not a low one."""
    (critical,) = offline(model, tmp_path, NUMPY, pins="numpy==2.4.6\n")
    (unknown,) = offline(model, tmp_path, {**NUMPY, "severity": []}, pins="numpy==2.4.6\n")
    assert (critical.severity, unknown.severity) == (Severity.CRITICAL, Severity.HIGH)
    assert "Nobody graded it" in unknown.message


def test_what_is_exploited_is_critical_and_what_is_withdrawn_or_ignored_is_nothing(
    model: Callable[..., Any], tmp_path: Path
) -> None:
    """By any of the advisory's names."""
    (tmp_path / "kev.json").write_text('{"vulnerabilities": [{"cveID": "CVE-2025-27516"}]}')
    (finding,) = offline(model, tmp_path, JINJA, pins="jinja2==3.1.5\n", known_exploited="kev.json")
    assert finding.severity is Severity.CRITICAL
    assert offline(model, tmp_path, JINJA, pins="jinja2==3.1.5\n", ignore=("CVE-2025-27516",)) == []
    assert offline(model, tmp_path, {**JINJA, "withdrawn": "2025-04-01T00:00:00Z"}, pins="jinja2==3.1.5\n") == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("numpy>=2", "unpinned"),
        ("numpy", "unpinned"),
        ("numpy==2.*", "unpinned"),
        ("numpy @ https://evil.example/numpy.whl", "elsewhere"),
        ("git+https://user:hunter2@evil.example/x.git", "elsewhere"),
        ("-e ./here", "elsewhere"),
        ("--find-links https://evil.example", "other_index"),
        ("-i https://user:hunter2@evil.example/simple", "other_index"),
        ("-r ../../outside.txt", "outside"),
        ("numpy=2.4.6", "unreadable"),
    ],
)
def test_a_line_that_pins_nothing_is_a_finding(
    line: str, fault: str, model: Callable[..., Any], tmp_path: Path
) -> None:
    """With its line, and without the password that may stand in it."""
    (finding,) = offline(model, tmp_path, pins=f"# head\nscipy==1.17.1 \\\n    --hash=sha256:00\n{line}  # why\n")
    assert (finding.data["fault"], finding.location.line) == (fault, 4)
    assert "hunter2" not in finding.message


def test_a_description_that_grows_when_it_is_read_is_bounded(model: Callable[..., Any], tmp_path: Path) -> None:
    """Nine levels of nine references are 387 million words, were they written out; a file of 2 MiB is not read."""
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}' if n else 'x'] * 9)}]" for n in range(9)]
    bomb = "\n".join((*levels, "dependencies: [pip: [*l8]]"))
    (tmp_path / "osv.json").write_text("[]")
    candidate = model({"conda.yaml": bomb, "requirements.txt": None})
    (finding,) = measure(dependencies, candidate=candidate, folder=tmp_path, advisories="osv.json").findings
    assert finding.data["fault"] == "unreadable"
    with pytest.raises(CheckError, match=r"requirements\.txt is larger than 1 MiB"):
        offline(model, tmp_path, pins="a==1\n" * 400_000)


def test_conda_packages_count_and_build_tools_do_not(model: Callable[..., Any], tmp_path: Path) -> None:
    """MLflow itself leaves pip open; of conda's own packages a release has three numbers."""
    conda = "dependencies:\n- python=3.11.7\n- pip<=26.3\n- jinja2=3.1.5\n- lxml=5\n"
    (tmp_path / "osv.json").write_text(json.dumps([JINJA]))
    candidate = model({"conda.yaml": conda, "requirements.txt": None})
    found = measure(dependencies, candidate=candidate, folder=tmp_path, advisories="osv.json").findings
    assert [each.location.line for each in found if each.location] == [4, 5]


@pytest.mark.parametrize("text", ["", "{}", '[{"no": "id"}]', "[1]"])
def test_what_is_no_list_of_advisories_is_refused(text: str, model: Callable[..., Any], tmp_path: Path) -> None:
    """An empty answer from a broken file would read as a clean bill."""
    (tmp_path / "osv.json").write_text(text)
    with pytest.raises(CheckError, match=r"osv\.json"):
        measure(dependencies, candidate=model(MODEL), folder=tmp_path, advisories="osv.json")


@pytest.mark.parametrize(
    ("vector", "score"),
    [  # from the examples of FIRST, https://www.first.org/cvss/v3.1/examples
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 8.8),  # CVE-2012-5376's kin, unchanged scope
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),  # CVE-2013-1937
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),  # CVE-2013-0375
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),  # CVE-2014-3566
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),  # CVE-2012-1516
        ("CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),  # CVE-2009-0658's kin
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
        ("nonsense", None),
    ],
)
def test_the_base_score_is_the_standards(vector: str, score: float | None) -> None:
    """CVSS 3.1 by its published examples."""
    assert base_score(vector) == score
