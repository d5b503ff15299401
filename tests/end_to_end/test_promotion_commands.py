"""The commands around a promotion, as a user types them: with a folder registry, and with MLflow's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk, Done

GATE = """\
version = 1
[data]
test = "test.parquet"
label = "late"
[checks."performance.roc_auc"]
at_least = 0.6
[promote]
registry = "folder"
max_age = "7d"
"""
STRICT = 'keys = ["ci.pub", "ann.pub"]\nrequire_approvals = 1\nbreak_glass = false\n'
RUN = ("run", "--model")


@pytest.fixture
def shop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two versions of `loan` in a folder registry; the first one was promoted."""
    monkeypatch.setenv("MLGATE_ACTOR", "me")
    monkeypatch.delenv("MLGATE_REGISTRY", raising=False)
    desk.gate(GATE, few=True)
    for name in ("champion", "candidate"):
        assert desk.mlgate("register", "loan", f"{name}.joblib").code == 0
    ok(desk, *RUN, "folder:loan/1")
    ok(desk, "promote", "folder:loan/1")
    return desk


def ok(desk: Desk, *command: str) -> str:
    done = desk.mlgate(*command)
    assert done.code == 0, done
    return done.out


def refused(done: Done) -> str:
    """The one sentence of a refusal."""
    assert (done.code, done.out) == (1, ""), done
    (line,) = done.err.splitlines()[-1:]
    return line.removeprefix("mlgate: ")


def test_a_promotion_and_the_way_back(shop: Desk) -> None:
    """Judged against the holder of the alias in the same registry; the history tells it."""
    ok(shop, *RUN, "folder:loan/2")
    assert shop.record()["champion"]["version"] == "1"
    assert shop.record()["champion"]["generation"] == 1
    assert ok(shop, "promote", "folder:loan/2") == "loan@champion moved from version 1 to version 2.\n"
    assert ok(shop, "rollback", "loan", "--dry-run") == "would move loan@champion from version 2 to version 1.\n"
    assert ok(shop, "rollback", "loan") == "loan@champion moved from version 2 to version 1.\n"
    moved = json.loads(ok(shop, "rollback", "loan", "--to", "1", "--json", "--dry-run"))
    assert moved == {"name": "loan", "alias": "champion", "version": "1", "previous": "1", "cas": True, "dry_run": True}
    told = ok(shop, "history", "loan", "--alias", "champion").splitlines()
    assert [line.split()[2] for line in told] == ["promotion", "promotion", "rollback"]
    assert "champion: version 2 -> version 1  by me" in told[-1]
    entries = [json.loads(line) for line in ok(shop, "history", "folder:loan", "--json").splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert ok(shop, "audit", "loan").endswith("result:  every alias is where the last entry put it\n")


def test_an_audit_of_a_name_that_nobody_knows_is_no_clean_one(desk: Desk) -> None:
    """A misspelt name in a cron job would find everything in order for ever."""
    desk.gate(GATE, few=True)
    assert desk.mlgate("register", "loan", "champion.joblib").code == 0
    done = desk.mlgate("audit", "laon")
    assert (done.code, done.out) == (5, "")
    assert done.err.endswith("nothing is known of laon: no entry, and nobody holds an alias.\n")


def test_what_a_refusal_looks_like(shop: Desk) -> None:
    """Exit code 1, one reason, one command."""
    assert refused(shop.mlgate("promote", "folder:loan/2")) == (
        "folder:loan/2 has no record: nobody judged it. Judge it: `mlgate run --model folder:loan/2`."
    )


def test_a_gate_file_that_was_weakened_after_the_verdict(shop: Desk) -> None:
    """One byte is enough."""
    ok(shop, *RUN, "folder:loan/2")
    shop.gate(GATE.replace("0.6", "0.5"), few=True)
    assert refused(shop.mlgate("promote", "folder:loan/2")) == (
        "mlgate.toml is not the gate file that folder:loan/2 was judged under: it was changed since. "
        "Judge it: `mlgate run --model folder:loan/2`."
    )


def test_two_people_and_a_signature(shop: Desk) -> None:
    """Signed by the run, approved by another, authorized by the promoter."""
    for name in ("ci", "ann"):
        ok(shop, "keygen", name)
    shop.gate(GATE, STRICT, few=True)
    ok(shop, *RUN, "folder:loan/2", "--sign", "ci")
    assert refused(shop.mlgate("promote", "folder:loan/2", "--key", "ci")).startswith("0 of 1 approvals are there.")
    approved = ok(shop, "approve", "folder:loan/2", "--key", "ann", "--comment", "I read the report")
    assert approved.startswith("approved: folder:loan/2 for champion, judged at ")
    assert ok(shop, "promote", "folder:loan/2", "--key", "ci").startswith("loan@champion moved")
    verified = ok(shop, "verify", "folder:loan@champion", "--key", "ci.pub")
    assert verified.startswith("verdict:     allowed\nmodel:       folder:loan/2\n")
    assert "it is about: model, record\n" in verified
    last = json.loads(ok(shop, "history", "loan", "--json").splitlines()[-1])
    assert sorted(last["digests"]) == ["approval-1", "attestation", "champion", "gate", "model", "record"]
    assert last["nonce"] is not None
    assert refused(shop.mlgate("promote", "folder:loan/1", "--break-glass", "now")).startswith(
        "breaking the glass is forbidden: mlgate.toml says break_glass = false under [promote]."
    )


def test_files_that_changed_after_the_promotion_do_not_verify(shop: Desk) -> None:
    """By the alias, as whoever loads it does; and what was never signed does not either."""
    ok(shop, "keygen", "ci")
    assert refused(shop.mlgate("verify", "folder:loan@champion", "--key", "ci.pub")).startswith(
        "the verdict on folder:loan/1 is not signed, or nobody handed the signature to the registry."
    )
    ok(shop, *RUN, "folder:loan/1", "--sign", "ci")
    ok(shop, "verify", "folder:loan@champion", "--key", "ci.pub")
    with (shop / "mlgate-registry" / "loan" / "versions" / "1" / "files" / "champion.joblib").open("ab") as file:
        file.write(b"x")
    assert refused(shop.mlgate("verify", "folder:loan@champion", "--key", "ci.pub")) == (
        "folder:loan/1: it is not about these model files: champion.joblib is another."
    )


def test_a_broken_glass_is_loud(shop: Desk) -> None:
    """On the screen, in the history, and in every audit."""
    done = shop.mlgate("promote", "folder:loan/2", "--break-glass", "the champion\nanswers \x1b[31mnonsense")
    assert done.code == 0
    assert "BREAK GLASS: no verdict covers this move" in done.err
    audit = ok(shop, "audit", "loan")
    assert "glass:   broken by me at " in audit
    assert "\x1b" not in audit + ok(shop, "history", "loan")


def test_an_audit_finds_and_mends(shop: Desk) -> None:
    """A move with an editor."""
    path = shop / "mlgate-registry" / "loan" / "aliases.json"
    path.write_text(path.read_text().replace('"version": "1"', '"version": "2"'))
    found = shop.mlgate("audit", "loan")
    assert (found.code, found.out.splitlines()[-1]) == (
        1,
        "alias:   loan@champion: version 2 holds it, and entry 2 moved it to version 1; "
        "`mlgate audit loan --fix` puts it back",
    )
    assert shop.mlgate("audit", "loan", "--fix").code == 0
    assert shop.mlgate("audit", "loan").code == 0


def test_a_broken_chain_is_told_everywhere(shop: Desk) -> None:
    """By history, audit and promote; nothing is put back on it."""
    path = shop / "mlgate-registry" / "loan" / "ledger.jsonl"
    path.write_text(path.read_text().replace('"actor":"me"', '"actor":"you"', 1))
    ok(shop, *RUN, "folder:loan/2", "--no-write-back")
    for command in (("history", "loan"), ("audit", "loan", "--fix"), ("promote", "folder:loan/2")):
        done = shop.mlgate(*command)
        assert done.code == 1
        assert "entry 1: it was changed after it was written" in done.out + done.err


def test_a_watch_takes_back_and_tells(shop: Desk) -> None:
    """New rows on which the labels are the other way round."""
    import pandas as pd

    ok(shop, *RUN, "folder:loan/2")
    ok(shop, "promote", "folder:loan/2")
    rows = pd.read_parquet(shop / "test.parquet")
    rows.assign(late=1 - rows["late"]).to_parquet(shop / "fresh.parquet")
    done = shop.mlgate("watch", "loan", "--on", "fresh.parquet", "--metrics", "out.prom")
    assert done.code == 1
    assert done.out.endswith("  rolled back to version 1.\n")
    assert 'mlgate_watch_rollbacks_total{model="loan",alias="champion"} 1' in (shop / "out.prom").read_text()


MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "no registry of that name": (
        ("history", "nowhere:loan"),
        "nowhere:loan is not in a registry that is installed here. Installed are folder:, models:, sagemaker:.",
    ),
    "a version where a name belongs": (
        ("rollback", "folder:loan/2"),
        "folder:loan/2 names no registered model. Name the model alone, as credit-risk.",
    ),
    "no secret on the command line": (
        ("watch", "loan", "--on", "x", "--webhook", "http://127.0.0.1/", "--webhook-secret", "hunter2"),
        "--webhook-secret takes env:NAME, the name of an environment variable that is set. "
        "A secret on the command line is seen by everybody on the machine.",
    ),
    "no time": (("watch", "loan", "--on", "x", "--for", "soon"), "--for takes a time, as 7d or 12h: "),
    "no name of a model": (("register", "../loan", "candidate.joblib"), "../loan names no registered model."),
}


@pytest.mark.parametrize(("command", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_a_sentence(shop: Desk, command: tuple[str, ...], said: str) -> None:
    """Exit code 4, and no traceback."""
    done = shop.mlgate(*command)
    assert done.code == 4
    assert done.err.startswith(f"mlgate: {said}")


def test_a_gate_file_that_asks_for_what_nobody_can_give(desk: Desk) -> None:
    """Every mistake of [promote] with its line."""
    desk.gate(GATE.replace('"7d"', '"soon"'), "require_approvals = 2\n")
    done = desk.mlgate("promote", "folder:loan/2")
    assert (done.code, done.err.splitlines()) == (
        4,
        [
            'mlgate: mlgate.toml:9: [promote] max_age takes a time, as 7d or 12h: "soon" is not a number with a unit, '
            'as "50ms".',
            "mlgate: mlgate.toml:10: [promote] require_approvals asks for signatures, and no key is listed whose "
            'signature would count. List public keys: keys = ["release.pem.pub"].',
        ],
    )


def test_mlflow_has_the_same_commands(desk: Desk, registry: Any, holder: Callable[[str], str]) -> None:
    """Champion 1 is from before the ledger: it can be gone back to; a move by MLflow's own client is found."""
    desk.gate(GATE.replace('registry = "folder"', 'registry = "mlflow"'), few=True)
    ok(desk, *RUN, "models:/late-loans/2")
    ok(desk, "promote", "models:/late-loans/2")
    assert ok(desk, "rollback", "late-loans") == "late-loans@champion moved from version 2 to version 1.\n"
    assert holder("champion") == "1"
    moves = [json.loads(line) for line in ok(desk, "history", "late-loans", "--json").splitlines()][1:]
    assert [(each["kind"], each["from"], each["version"], each["cas"]) for each in moves] == [
        ("promotion", "1", "2", False),
        ("rollback", "2", "1", False),
    ]
    assert refused(desk.mlgate("promote", "models:/late-loans/2")).startswith("late-loans@champion has moved since")
    registry.set_registered_model_alias("late-loans", "champion", "3")
    assert desk.mlgate("audit", "late-loans").code == 1
    assert desk.mlgate("audit", "late-loans", "--fix").code == 0
    assert holder("champion") == "1"
