"""An address with a secret in it is refused before anything is written, and its secret is told to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import UsageError
from mlgate.gate.addresses import refuse_secrets

SECRET = "hunter2"
LEAKING = {
    "password": (f"s3://AKIA:{SECRET}@bucket/x.parquet", "the address of bucket holds a password"),
    "token as a name": (f"https://{SECRET}@host/x.parquet", "the address of host holds a password"),
    "signed": (
        f"https://host/x.parquet?X-Amz-Date=1&X-Amz-Signature={SECRET}",
        "the address of host holds a secret, 'X-Amz-Signature'",
    ),
    "shared": (f"az://box/x.parquet?sv=1&sig={SECRET}", "the address of box holds a secret, 'sig'"),
}


@pytest.mark.parametrize(("address", "sentence"), LEAKING.values(), ids=LEAKING)
def test_an_address_with_a_secret_is_refused(address: str, sentence: str) -> None:
    """The sentence names the host and not the secret."""
    with pytest.raises(UsageError) as caught:
        refuse_secrets(["t.parquet", address])
    assert str(caught.value).startswith(f"{sentence}, which every record and report would show.")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        *("data/a@b:c.parquet", "models:/income@champion", "s3://bucket/x.parquet?versionId=3", "C:\\data\\x.csv"),
        *(
            "abfss://box@account.dfs.core.windows.net/x.parquet",
            "hf://datasets/me/it@main/x.parquet",
            "http://[::1",
            None,
        ),
    ],
)
def test_any_other_is_none_of_its_business(address: object) -> None:
    """Containers of Azure's, revisions, aliases, paths, and what is no address."""
    refuse_secrets([address])


def test_a_run_writes_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is that of a wrong command line, and no file is left."""
    from mlgate.cli import run_command

    monkeypatch.chdir(tmp_path)
    assert run_command(["run", "--model", "m.pkl", "--test", LEAKING["password"][0], "--label", "y"]) == 4
    told = capsys.readouterr()
    assert SECRET not in told.out + told.err
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
