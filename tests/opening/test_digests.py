"""The digest is in-toto's dirHash: the specification's own shell line is the witness."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.errors import ModelError
from mlgate.opening import digest
from mlgate.opening.digests import digest_of_manifest

# The shell line of the specification, made safe for spaces and quotes by NUL instead of newline.
SHELL_LINE = (
    r"find . -type f -print0 | cut -z -c3- | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -f1 -d' '"
)

# sha256sum escapes a backslash, which dirHash does not; "/" and NUL can't stand in names.
names = st.text(
    st.characters(exclude_characters="/\\\0\n\r", exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda name: name not in (".", "..", "registered_model_meta") and len(os.fsencode(name)) < 200)


def shell_digest(folder: Path) -> str:
    done = subprocess.run(["sh", "-c", SHELL_LINE], cwd=folder, capture_output=True, text=True, check=True)
    return f"sha256:{done.stdout.strip()}"


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(names, st.binary(max_size=100), max_size=5),
    st.dictionaries(names, st.binary(max_size=50), max_size=3),
)
def test_equals_the_shell_line_of_the_specification(top: dict[str, bytes], below: dict[str, bytes]) -> None:
    """For any files in a folder and a folder in it, the digest is what the specification's shell line prints."""
    with TemporaryDirectory() as temporary:
        root = Path(temporary)
        (root / "a folder").mkdir()
        for name, content in top.items():
            if name != "a folder":
                (root / name).write_bytes(content)
        for name, content in below.items():
            (root / "a folder" / name).write_bytes(content)
        assert digest(root) == shell_digest(root)


def test_equals_the_example_of_the_specification() -> None:
    """The digests of the three files of go-hello-world v0.0.1 sum up to the dirHash printed in the specification."""
    root = "github.com/marklodato/go-hello-world@v0.0.1"
    manifest = {
        f"{root}/main.go": "ddc4da627d9a9f45fb29641a1b185d6f53287ecfd921aacbf4fe54b7a86fe8d1",
        f"{root}/README.md": "3a137eef6458bfb76bb2c63fc29ffc7166604d2d2e09ed9d8250a534122a8364",
        f"{root}/go.mod": "28e7c942a036902d981759d0bf5704d2bfc7cb500caf68b84711b234af01c6a5",
    }
    assert digest_of_manifest(manifest) == "sha256:2a1bb6127fb481c60f67692e22285fb306f3c6ffe62075e0ccf674d7c3adcb8f"


def test_a_file_is_a_folder_of_one(tmp_path: Path) -> None:
    """A model in one file has the digest of a folder that holds it alone."""
    (tmp_path / "folder").mkdir()
    file = tmp_path / "folder" / "model.skops"
    file.write_bytes(b"weights")
    assert digest(file) == digest(tmp_path / "folder") == shell_digest(tmp_path / "folder")


def test_binds_names_as_well_as_bytes(tmp_path: Path) -> None:
    """Two files that swap their names make another digest."""
    for folder, first, second in (("one", b"1", b"2"), ("two", b"2", b"1")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_bytes(first)
        (tmp_path / folder / "b").write_bytes(second)
    assert digest(tmp_path / "one") != digest(tmp_path / "two")


def test_leaves_out_only_what_mlflow_writes_on_loading(tmp_path: Path) -> None:
    """`registered_model_meta` at the root says nothing about the model; the same name below is a file like any."""
    (tmp_path / "model.pkl").write_bytes(b"weights")
    before = digest(tmp_path)
    (tmp_path / "registered_model_meta").write_text("model_name: x")
    assert digest(tmp_path) == before
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "registered_model_meta").write_text("import os")
    assert digest(tmp_path) != before


def test_refuses_a_symbolic_link(tmp_path: Path) -> None:
    """A link may point elsewhere tomorrow, so it can't be bound."""
    (tmp_path / "model.pkl").symlink_to("/etc/hostname")
    with pytest.raises(ModelError) as caught:
        digest(tmp_path)
    assert str(caught.value) == (
        f"The model holds a symbolic link, {tmp_path}/model.pkl, which no digest can bind. "
        "Replace it by the file itself."
    )


def test_refuses_a_special_file(tmp_path: Path) -> None:
    """A named pipe would block the reader."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelError) as caught:
        digest(tmp_path)
    assert caught.value.message == f"The model holds a special file, {tmp_path}/pipe, which no digest can bind."


def test_refuses_a_newline_in_a_name(tmp_path: Path) -> None:
    """A newline in a name could forge another line of the manifest."""
    (tmp_path / "a\nb").write_bytes(b"")
    with pytest.raises(ModelError) as caught:
        digest(tmp_path)
    assert (
        caught.value.message
        == f"The model holds a file with a newline in its name, {str(tmp_path) + '/a' + chr(10) + 'b'!r}."
    )


def test_names_what_is_not_there(tmp_path: Path) -> None:
    """Nothing to digest is an error, not the digest of nothing."""
    with pytest.raises(ModelError) as caught:
        digest(tmp_path / "gone")
    assert caught.value.message == f"There is no file or folder {tmp_path}/gone."
