"""Every mistake has its exact sentence, with file and line, and all of one file are told at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.gatefile.conftest import roc_auc

from mlgate.errors import GateFileError
from mlgate.gatefile import load

if TYPE_CHECKING:
    from tests.gatefile.conftest import Folder

SCHEMA = '[checks."data.schema"]\nschema = "x"\n'
PRECISION = '[checks."performance.precision"]\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "colour = 1",
            "2: a gate file has no key colour. It has version, candidate, champion, data, checks, policy, "
            "waivers and promote.",
        ),
        ("[candidte]", "2: a gate file has no section candidte. Did you mean candidate?"),
        ("[[waiver]]", "2: a gate file has no section waiver. Did you mean waivers?"),
        ("data = 3", "2: [data] takes a table, not 3."),
        ("[waivers]", "2: [waivers] takes a list of tables, not a table."),
        ("[candidate]", "2: [candidate] has no model. It takes text."),
        ("[candidate]\nmodle = 'x'\nmodel = 'x'", "3: [candidate] has no key modle. Did you mean model?"),
        ("[candidate]\nmodel = 3", "3: [candidate] model takes text, not 3."),
        ("[champion]\nmodel = ''", "3: [champion] model is empty."),
        (
            "[candidate]\ntrust = ['sha256:ab']",
            '3: [candidate] trust, item 1 takes sha256: and 64 hexadecimal digits, not "sha256:ab".',
        ),
        ("[champion]\ntrust = 'sha256:1'", '3: [champion] trust takes a list of text, not "sha256:1".'),
        ("[candidate]\nallow_code = 'yes'", '3: [candidate] allow_code takes true or false, not "yes".'),
        ("[candidate]\nmax_files = 0", "3: [candidate] max_files takes a whole number of at least 1, not 0."),
        ("[candidate]\nmax_size = '5s'", '3: [candidate] max_size takes a size, as "20GiB", not "5s".'),
        ("[candidate]\nmax_size = '-1B'", '3: [candidate] max_size takes a size, as "20GiB", not "-1B".'),
        ("[data]\n\nlable = 'y'", "4: [data] has no key lable. Did you mean label?"),
        ("[data]\nlabel = ['y']", "3: [data] label takes text, not a list of 1."),
        ("[data]\npositive = [1]", "3: [data] positive takes text, a number or true or false, not a list of 1."),
        ("[data]\npositive = nan", "3: [data] positive takes a finite number, not nan."),
        ("[data]\nsensitive = 'sex'", '3: [data] sensitive takes a list of text, not "sex".'),
        ("[data]\nsensitive = [\n 'sex',\n 3]", "5: [data] sensitive, item 2 takes text, not 3."),
        (
            "[data]\nsensitive = ['age']\nsensitive_bins = { agee = 4 }",
            "4: [data] sensitive_bins names 'agee', which is not listed under `sensitive`. Did you mean age?",
        ),
        (
            "[data]\nsensitive = ['age']\nsensitive_bins = { age = 1 }",
            "4: [data] sensitive_bins age takes a whole number of at least 2, not 1.",
        ),
        (
            "[data]\nsensitive = ['age']\nsensitive_bins = { age = [25, 'x'] }",
            '4: [data] sensitive_bins age, item 2 takes a number, not "x".',
        ),
        ("[data]\nslices = ['a', 3]", "3: [data] slices, item 2 takes text or a list of text, not 3."),
        ("[data]\nslices = [['a', 3]]", "3: [data] slices, item 1, item 2 takes text, not 3."),
        ("[data]\nslices = [[]]", "3: [data] slices, item 1 takes a list of text, not an empty list."),
        ("[policy]\nconfidence = 95", "3: [policy] confidence takes a number of at least 0.5 and below 1, not 95."),
        ("[policy]\nconfidence = 1.0", "3: [policy] confidence takes a number of at least 0.5 and below 1, not 1.0."),
        ("[policy]\nconfidence = nan", "3: [policy] confidence takes a finite number, not nan."),
        ("[policy]\nconfidence = true", "3: [policy] confidence takes a number of at least 0.5 and below 1, not true."),
        ("[policy]\nskip = 'fairness.*'", '3: [policy] skip takes a list of text, not "fairness.*".'),
        (
            "[policy]\nskip = ['performance.*']\n[checks.\"performance.precision\"]\nat_least = 0.5",
            "3: [policy] skip leaves out performance.precision, which has a table of its own in this file. "
            "Take away one of the two.",
        ),
        ("[policy]\nlooks = 0", "3: [policy] looks takes a whole number of at least 1, not 0."),
        ("[policy]\nlooks = 1.5", "3: [policy] looks takes a whole number of at least 1, not 1.5."),
        (
            "[policy]\nundecided = 'dney'",
            '3: [policy] undecided takes "deny" or "allow", not "dney". Did you mean deny?',
        ),
        ("[policy]\nbootstrap = false", '3: [policy] bootstrap takes "allow" or "deny", not false.'),
        ("[promote]\nalias = 3", "3: [promote] alias takes text, not 3."),
        ("[promote]\nalais = 'x'", "3: [promote] has no key alais. Did you mean alias?"),
        (
            "[promote]\nxyz = 'x'",
            "3: [promote] has no key xyz. It takes alias, break_glass, keys, max_age, registry, require_approvals, "
            "require_signature and sign.",
        ),
        (
            "[checks.performance.roc_auc]\nat_least = 0.8",
            '2: performance is no check by itself. A check\'s id stands in quotes: [checks."performance.roc_auc"].',
        ),
        (
            '[checks."performance.roc_acu"]\nat_least = 0.8',
            "2: there is no check performance.roc_acu. Did you mean performance.roc_auc?",
        ),
        (
            '[checks."mine.margin"]',
            "2: there is no check mine.margin. `mlgate checks` lists what is installed.",
        ),
        (
            '[checks."security.secrets"]\nno_findings = true',
            "2: no plugin for security checks is installed, so there is no security.secrets. Run pip install "
            "'mlgate[security]'.",
        ),
        ('[checks]\n"performance.roc_auc" = 0.8', '3: [checks."performance.roc_auc"] takes a table, not 0.8.'),
        (
            '[checks."performance.roc_auc"]\nat_lest = 0.8',
            '3: [checks."performance.roc_auc"] has no key at_lest. Did you mean at_least?',
        ),
        (
            PRECISION + "treshold = 0.3",
            '3: [checks."performance.precision"] has no key treshold. Did you mean threshold?',
        ),
        (
            PRECISION + "zzz = 0.3",
            '3: [checks."performance.precision"] has no key zzz. It takes any_of, at_least, at_most, average, '
            "better_than_champion, between, fold, level, no_findings, not_worse_than_champion, of, only, "
            "threshold, timeout and undecided.",
        ),
        (PRECISION + "threshold = 'high'", '3: [checks."performance.precision"] threshold takes a number, not "high".'),
        (
            PRECISION + "threshold = nan",
            '3: [checks."performance.precision"]: the option threshold takes finite numbers alone.',
        ),
        (
            PRECISION + "timeout = 'soon'",
            '3: [checks."performance.precision"]: timeout takes a time, as 60s or 5min: "soon" is not a number with a '
            'unit, as "50ms".',
        ),
        (
            PRECISION + "timeout = '0s'",
            '3: [checks."performance.precision"]: timeout takes a time, as 60s or 5min: it must be above 0.',
        ),
        (PRECISION + "timeout = 60", '3: [checks."performance.precision"] timeout takes text, not 60.'),
        (PRECISION + "fold = 'yes'", '3: [checks."performance.precision"] fold takes true or false, not "yes".'),
        (
            PRECISION + "average = 'marco'",
            '3: [checks."performance.precision"] average takes "macro" or "micro", not "marco". Did you mean macro?',
        ),
        (PRECISION + "only = ['a',\n3]", '4: [checks."performance.precision"] only, item 2 takes text, not 3.'),
        (
            '[checks."load.latency"]\nmode = "opne"',
            '3: [checks."load.latency"] mode takes "closed" or "open", not "opne". Did you mean open?',
        ),
        ('[checks."load.latency"]\nrate = 1.5', '3: [checks."load.latency"] rate takes a whole number, not 1.5.'),
        (
            '[checks."load.latency"]\nrate = 1.0',
            '3: [checks."load.latency"]: the option rate can\'t take this value: expected `int`, got `float`.',
        ),
        (
            '[checks."data.duplicates"]\n[checks."data.duplicates".columns.age]\nmin = "x"',
            '4: [checks."data.duplicates"] columns age min takes a number, not "x".',
        ),
        (
            SCHEMA + "span = [1, 2, 3]",
            '4: [checks."data.schema"] span takes a list of 2, not a list of 3.',
        ),
        (
            SCHEMA + "columns = { age = { min = { value = [1] } } }",
            '4: [checks."data.schema"] columns age min value takes text or a number, not a list of 1.',
        ),
        (
            SCHEMA + "columns = { age = { min = { valeu = 1 } } }",
            '4: [checks."data.schema"] columns age min has no key valeu. Did you mean value?',
        ),
        (
            SCHEMA + "columns = { age = { min = true } }",
            '4: [checks."data.schema"] columns age min takes text, a number or a table, not true.',
        ),
        (
            SCHEMA + "columns = { age = { type = 'itn' } }",
            '4: [checks."data.schema"] columns age type takes one of 9 words (as "int", "float", "text"), not "itn". '
            "Did you mean int?",
        ),
        (
            SCHEMA + "columns = { age = { mostly = 3 } }",
            '4: [checks."data.schema"] columns age mostly takes a number above 0 and at most 1, not 3.',
        ),
        (
            SCHEMA + "columns = { age = { never = 3 } }",
            '4: [checks."data.schema"] columns age holds something that may not stand there.',
        ),
        ('[checks."data.schema"]\nno_findings = true', '2: [checks."data.schema"] has no schema. It takes text.'),
        (
            '[checks."performance.roc_auc"]\nat_least = "high"',
            '3: [checks."performance.roc_auc"]: at_least: "high" is not a number with a unit, as "50ms".',
        ),
        (
            '[checks."performance.roc_auc"]\nat_least = nan',
            '3: [checks."performance.roc_auc"]: at_least takes a finite number, not nan.',
        ),
        (
            '[checks."performance.roc_auc"]\n\nbetween = [\n 1.25,\n 0.8 ]',
            '4: [checks."performance.roc_auc"]: between has its low end, 1.25, above its high end, 0.8, and no '
            "number lies "
            "there. Write [0.8, 1.25].",
        ),
        (
            '[checks."performance.roc_auc"]\nnot_worse_than_champion = { margn = 0.01 }',
            '3: [checks."performance.roc_auc"]: not_worse_than_champion has no key margn. Did you mean margin?',
        ),
        (
            '[checks."performance.roc_auc"]\nany_of = []',
            '3: [checks."performance.roc_auc"]: any_of takes a list of at least one rule, as [{ at_least = 0.8 }, '
            "{ no_findings = true }], not an empty list.",
        ),
        (
            '[checks."performance.roc_auc"]\nany_of = [\n { at_least = 0.8 },\n { at_lest = 0.8 },\n]',
            '5: [checks."performance.roc_auc"]: at_lest is not a rule. Did you mean at_least?',
        ),
        (
            '[checks."performance.roc_auc"]\nlevel = "wran"',
            '3: [checks."performance.roc_auc"]: level takes "enforce", "warn" or "observe", not "wran". Did you '
            "mean warn?",
        ),
        (
            '[checks."load.latency"]\nat_most = 50',
            '3: [checks."load.latency"]: at_most: 50 has no unit, and what is measured is in ms: write "50 ms".',
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicates'\nreason = 'r'\nuntil = 2027-01-31",
            "2: [[waivers]] has no owner. It takes text.",
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicates'\nreason = 'r'\nowner = 'o'",
            "2: [[waivers]] has no until. It takes a date, as 2027-01-31.",
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicates'\nreason = ''\nowner = 'o'\nuntil = 2027-01-31",
            "4: [[waivers]] reason is empty.",
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicate'\nreason = 'r'\nowner = 'o'\nuntil = 2027-01-31",
            "3: there is no check data.duplicate. Did you mean data.duplicates?",
        ),
        (
            "[[waivers]]\ncheck = 'security.code'\nreason = 'r'\nowner = 'o'\nuntil = 2027-01-31",
            "3: no plugin for security checks is installed, so there is no security.code. Run pip install "
            "'mlgate[security]'.",
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicates'\nreason = 'r'\nowner = 'o'\nuntil = 'soon'",
            '6: [[waivers]] until takes a date, as 2027-01-31, not "soon".',
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicates'\nreason = 'r'\nowner = 'o'\nuntil = 2027-01-31T10:00:00",
            '6: [[waivers]] until takes a date, as 2027-01-31, not "2027-01-31T10:00:00".',
        ),
        (
            "[[waivers]]\ncheck = 'data.duplicates'\nrule = 'at_mots'\nreason = 'r'\nowner = 'o'\nuntil = 2027-01-31",
            '4: [[waivers]] rule takes "at_least", "at_most", "between", "not_worse_than_champion", '
            '"better_than_champion", "no_findings" or "any_of", not "at_mots". Did you mean at_most?',
        ),
    ],
)
def test_one_mistake(text: str, sentence: str, folder: Folder) -> None:
    """What is wrong, where it stands, what was expected, the nearest known name."""
    assert folder.refusal(f"version = 1\n{text}\n") == [f"mlgate.toml:{sentence}"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "mlgate.toml:1: the gate file has no version. Write version = 1 at its top."),
        (
            "\nversion = 2\n[what] ever = 1",
            "mlgate.toml:3: this is not TOML: expected newline or end of document after a statement.",
        ),
        (
            "# mine\nversion = 2\nwhat = 'ever'",
            "mlgate.toml:2: this gate file is of version 2, and this mlgate reads version 1. Write version = 1, "
            "or use the "
            "mlgate that it was written for.",
        ),
        (
            "version = '1'",
            'mlgate.toml:1: this gate file is of version "1", and this mlgate reads version 1. Write version = '
            "1, or use "
            "the mlgate that it was written for.",
        ),
        ("version = 1\n[data]\n\nlabel =", "mlgate.toml:4: this is not TOML: invalid value."),
        ("version = 1\nversion = 1\n", "mlgate.toml:2: this is not TOML: cannot overwrite a value."),
        ("version = 1\n[data", "mlgate.toml:2: this is not TOML: expected ']' at the end of a table declaration."),
        (
            b"version = 1\n[data]\nlabel = 'k\xf6ln'\n",
            "mlgate.toml:3: the byte 0xf6 is not UTF-8, which TOML has to be. Save the file as UTF-8.",
        ),
        (
            "a = " + "[" * 3000,
            "mlgate.toml: this is not a gate file: it is nested too deeply to be read.",
        ),
        (
            "version = 1\n[" + ".".join("a" * 400) + "]\n",
            "mlgate.toml: this is not a gate file: it is nested too deeply to be read.",
        ),
        (
            "version = 1\nx = " + "9" * 5000,
            "mlgate.toml: this is not TOML: it holds a whole number of more than 64 bits.",
        ),
        (
            'version = 1\n[checks."toy.one"]\nat_least = ' + "9" * 400,
            "mlgate.toml: this is not TOML: it holds a whole number of more than 64 bits.",
        ),
    ],
)
def test_a_file_that_can_not_be_read_as_one(text: str | bytes, sentence: str, folder: Folder) -> None:
    """Not TOML, not UTF-8, not this version: the one reason."""
    assert folder.refusal(text) == [sentence]


def test_two_mistakes_are_told_together(folder: Folder) -> None:
    """In the order of the file: of the schema, of rules, of waivers, in one go."""
    text = """version = 1
[data]
lable = "y"

[checks."performance.roc_auc"]
at_least = "high"
level = "wran"

[policy]
undecided = "maybe"

[[waivers]]
check = "data.duplicate"
reason = "r"
"""
    assert folder.refusal(text) == [
        "mlgate.toml:3: [data] has no key lable. Did you mean label?",
        'mlgate.toml:6: [checks."performance.roc_auc"]: at_least: "high" is not a number with a unit, as "50ms".',
        'mlgate.toml:7: [checks."performance.roc_auc"]: level takes "enforce", "warn" or "observe", not '
        '"wran". Did you mean '
        "warn?",
        'mlgate.toml:10: [policy] undecided takes "deny" or "allow", not "maybe".',
        "mlgate.toml:12: [[waivers]] has no owner. It takes text.",
        "mlgate.toml:12: [[waivers]] has no until. It takes a date, as 2027-01-31.",
        "mlgate.toml:13: there is no check data.duplicate. Did you mean data.duplicates?",
    ]


def test_a_missing_file(folder: Folder) -> None:
    """The way out is the command that writes one."""
    with pytest.raises(GateFileError) as refusal:
        load(folder.path / "mlgate.toml", folder.checks)
    assert str(refusal.value) == "mlgate.toml: there is no such gate file. `mlgate init` writes one."


def test_a_folder_is_no_file(folder: Folder) -> None:
    """The system's own reason is passed on."""
    (folder.path / "mlgate.toml").mkdir()
    with pytest.raises(GateFileError) as refusal:
        load(folder.path / "mlgate.toml", folder.checks)
    assert (
        str(refusal.value) == "mlgate.toml: the gate file can't be read: Is a directory. Name a file that you may read."
    )


@pytest.mark.parametrize("text", ["[project]\nname = 'x'\n", "tool = 3\n", "[tool]\nmlgate = 3\n"])
def test_a_pyproject_without_a_gate(text: str, folder: Folder) -> None:
    """Named by hand, it says what it lacks."""
    assert folder.refusal(text, "pyproject.toml") == [
        "pyproject.toml: there is no [tool.mlgate] in it. `mlgate init` writes a gate file."
    ]


def test_mistakes_in_pyproject_have_its_lines(folder: Folder) -> None:
    """The line is that of the file, not of the section."""
    text = "[project]\nname = 'x'\n\n[tool.mlgate]\nversion = 1\n[tool.mlgate.data]\nlable = 'y'\n"
    assert folder.refusal(text, "pyproject.toml") == ["pyproject.toml:7: [data] has no key lable. Did you mean label?"]


def test_no_plugin_at_all(folder: Folder) -> None:
    """Without any check installed, every family says which extra brings it."""
    path = folder.write('version = 1\n[checks."performance.roc_auc"]\nat_least = 0.8\n')
    with pytest.raises(GateFileError) as refusal:
        load(Path(path), [])
    assert str(refusal.value) == (
        "mlgate.toml:2: no plugin for performance checks is installed, so there is no performance.roc_auc. "
        "Run pip install "
        "'mlgate[performance]'."
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "registry = 'mlfow'",
            '[promote] registry names "mlfow", and no registry that is installed here is called so. '
            "Did you mean mlflow?",
        ),
        (
            "registry = 'zzz'",
            '[promote] registry names "zzz", and no registry that is installed here is called so. '
            "There are folder, mlflow and models.",
        ),
        ("registry = 'mlflow'", None),
        ("registry = 'folder'", None),
        (
            "alias = 'the champion'",
            '[promote] alias is "the champion", which no registry takes. '
            "An alias is one word of letters, digits, - and _.",
        ),
        ("alias = 'eu.champion'", None),
        (
            "keys = ['release.pem.pbu']",
            '[promote] keys names the file "release.pem.pbu", which does not exist. Did you mean release.pem.pub?',
        ),
        ("keys = ['release.pem.pub']", None),
        (
            "sign = 'release.pme'",
            '[promote] sign names the file "release.pme", which does not exist. Did you mean release.pem.pub?',
        ),
        ("sign = 'kept-in-another-job'", None),
        ("sign = 'env:MLGATE_SIGNING_KEY'", None),
    ],
)
def test_what_a_promotion_names_exists(
    text: str, told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told when the gate is read, not on the day of the promotion. A private key may be kept elsewhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "release.pem.pub").touch()
    path = tmp_path / "mlgate.toml"
    path.write_text(f"version = 1\n[promote]\n{text}\n", encoding="utf-8")
    if told is None:
        assert load(path, [], {"folder", "models"}).path == path
        return
    with pytest.raises(GateFileError) as refusal:
        load(path, [], {"folder", "models"})
    assert str(refusal.value) == f"mlgate.toml:3: {told}"


@pytest.mark.parametrize(
    ("within", "rule", "told"),
    [
        ((0, 1), "at_least = 80", "at_least is 80, and roc_auc lies between 0 and 1. Write 0.8, if percent is meant."),
        ((0, 1), "at_most = -1", "at_most is -1, and roc_auc lies between 0 and 1."),
        (
            (0, 1),
            "between = [70, 80]",
            "between is 70 to 80, and roc_auc lies between 0 and 1. Write 0.7 and 0.8, if percent is meant.",
        ),
        ((0, 1), "any_of = [{ at_least = 7 }]", "at_least is 7, and roc_auc lies between 0 and 1. Write 0.07, if"),
        ((0, None), "at_most = -3", "at_most is -3, and roc_auc is never below 0."),
        ((None, 1), 'at_least = "130%"', "at_least is 130%, and roc_auc is never above 1."),
        ((0, 1), 'at_least = "80%"', None),
        ((0, 1), "at_least = 1", None),
        ((0, 1), "between = [0.9, 1.25]", None),
        ((0, 1), "at_least = { p99 = 80 }", None),
        ((-1, 1), "at_least = -0.5", None),
        ((None, None), "at_least = 80", None),
    ],
)
def test_a_bound_beyond_all_that_can_be_measured_is_told(
    within: tuple[float | None, float | None], rule: str, told: str | None, tmp_path: Path
) -> None:
    """A share that is at least 80 is never one; what is possible, however odd, is let be."""
    check = replace(roc_auc, within=within)
    path = tmp_path / "mlgate.toml"
    path.write_text(f'version = 1\n[checks."performance.roc_auc"]\n{rule}\n', encoding="utf-8")
    if told is None:
        assert load(path, [check]).checks[check.id].rules
        return
    with pytest.raises(GateFileError) as refusal:
        load(path, [check])
    assert f'mlgate.toml:3: [checks."performance.roc_auc"]: {told}' in str(refusal.value)
