"""Plugins are loaded one at a time; a broken one stops the run and is named."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from mlgate import Check, Measurement, check, hookimpl
from mlgate.errors import PluginError, UsageError
from mlgate.host import load_host


def a_check(id: str) -> Check:
    @check(id)
    def measure() -> Measurement:
        """Counts nothing."""
        return Measurement.exact(0, n=0)

    return measure


def plugin(name: str, *checks: Check) -> ModuleType:
    module = ModuleType(name)
    module.mlgate_checks = hookimpl(lambda: list(checks), specname="mlgate_checks")  # type: ignore[attr-defined]
    return module


def local_checks(folder: Path, text: str) -> Path:
    (folder / "mlgate_checks.py").write_text(text)
    return folder


class TestBuiltins:
    def test_checks_of_every_plugin_are_there_by_id(self) -> None:
        """Two plugins' checks stand in one mapping, sorted."""
        host = load_host([plugin("late", a_check("z.last")), plugin("early", a_check("a.first"))], installed=())
        assert list(host.checks) == ["a.first", "z.last"]
        assert [(info.name, info.checks) for info in host.plugins] == [("late", ("z.last",)), ("early", ("a.first",))]

    def test_one_id_claimed_twice_names_both(self) -> None:
        """Which of two checks decides must not be left to chance."""
        with pytest.raises(PluginError, match=r"'x\.same' is claimed by mlgate and by mlgate\. Uninstall or rename"):
            load_host([plugin("one", a_check("x.same")), plugin("two", a_check("x.same"))], installed=())

    def test_a_hook_that_raises_names_its_plugin(self) -> None:
        """A plugin whose hook raises is broken, and its own error is told."""
        broken = ModuleType("broken")
        broken.mlgate_checks = hookimpl(lambda: 1 / 0, specname="mlgate_checks")  # type: ignore[attr-defined]
        with pytest.raises(PluginError, match="mlgate_checks of mlgate raised ZeroDivisionError: division by zero"):
            load_host([broken], installed=())

    def test_a_hook_that_returns_something_else_is_refused(self) -> None:
        """A string is no check."""
        wrong = ModuleType("wrong")
        wrong.mlgate_checks = hookimpl(lambda: ["performance.x"], specname="mlgate_checks")  # type: ignore[attr-defined]
        with pytest.raises(PluginError, match="mlgate_checks of mlgate returned str, where Check is expected"):
            load_host([wrong], installed=())

    def test_a_misspelt_hook_is_refused(self) -> None:
        """A hook that would never be called is a hole in the gate."""
        wrong = ModuleType("wrong")
        wrong.mlgate_cheks = hookimpl(lambda: [])  # type: ignore[attr-defined]
        with pytest.raises(PluginError, match="unknown hook 'mlgate_cheks'"):
            load_host([wrong], installed=())


class TestInstalled:
    def test_an_entry_point_that_does_not_import_stops_the_run(self) -> None:
        """Fewer checks would mean easier passing."""
        missing = EntryPoint(name="ghost", value="no_such_module_anywhere", group="mlgate")
        with pytest.raises(PluginError) as caught:
            load_host([], installed=[missing])
        assert str(caught.value) == (
            "the plugin 'ghost' of an unnamed distribution does not load (ModuleNotFoundError: No module named "
            "'no_such_module_anywhere'), and a gate with a hole in it is not a gate. "
            "Mend or uninstall an unnamed distribution."
        )

    def test_two_entry_points_of_one_name_are_refused(self) -> None:
        """The second does not silently replace the first."""
        points = [EntryPoint(name="same", value="json", group="mlgate"), EntryPoint("same", "csv", "mlgate")]
        with pytest.raises(PluginError, match="two plugins are called 'same'"):
            load_host([], installed=points)


class TestLocalChecks:
    def test_five_lines_make_a_check(self, tmp_path: Path) -> None:
        """Every check in mlgate_checks.py is declared, without a hook."""
        folder = local_checks(
            tmp_path,
            "from mlgate import Measurement, check\n"
            "@check('business.answer')\n"
            "def answer() -> Measurement:\n"
            "    'The answer.'\n"
            "    return Measurement.exact(42, n=1)\n",
        )
        host = load_host([], folder=folder, installed=())
        assert host.check("business.answer").measure() == Measurement.exact(42, n=1)

    def test_no_file_is_no_plugin(self, tmp_path: Path) -> None:
        """A folder without own checks is as good as any."""
        assert load_host([], folder=tmp_path, installed=()).plugins == ()

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [("x = 1\nimport nothing_like_it\n", 2, "ModuleNotFoundError"), ("def (:\n", 1, "SyntaxError")],
    )
    def test_a_broken_file_is_an_error_with_its_line(self, tmp_path: Path, text: str, line: int, said: str) -> None:
        """The way out starts at the line that broke."""
        with pytest.raises(PluginError, match=f"mlgate_checks.py:{line}: your checks do not import: {said}"):
            load_host([], folder=local_checks(tmp_path, text), installed=())


def test_an_unknown_check_is_answered_with_the_nearest() -> None:
    """A typo costs one look."""
    host = load_host([plugin("one", a_check("performance.roc_auc"))], installed=())
    with pytest.raises(UsageError) as caught:
        host.check("performance.rocauc")
    assert str(caught.value) == "there is no check 'performance.rocauc'. Did you mean performance.roc_auc?"
