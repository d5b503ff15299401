"""The conformance kit: a plugin that keeps the contract passes, and one that does not is told everything at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType

import pytest

from mlgate import Check, Measurement, ResourceProvider, check, hookimpl
from mlgate.gate.inputs import Inputs
from mlgate.testing import assert_plugin_conforms, toys
from mlgate.testing.conformance import CORE_RESOURCES


@check("shop.profit", better="higher", unit="EUR", default={"at_least": 0.0})
def profit(orders: list[float], *, cost: float = 1.5) -> Measurement:
    """Mean profit of an order.

    What is left of an order's price once its cost is paid. It is what the model is for, and where it falls the other
    numbers matter little.

    ## What to do
    Look at the orders with the greatest loss.
    """
    return Measurement.mean([price - cost for price in orders], unit="EUR")


def plugin_of(*checks: object, **hooks: Callable[..., object]) -> ModuleType:
    """A plugin module that declares these checks and has these further hooks."""
    module = ModuleType("shop_plugin")
    module.mlgate_checks = hookimpl(lambda: list(checks), specname="mlgate_checks")  # type: ignore[attr-defined]
    for name, hook in hooks.items():
        setattr(module, name, hook)
    return module


def orders() -> ModuleType:
    """A plugin with one good check and the resource that it asks for."""
    provide = hookimpl(lambda: [ResourceProvider("orders", lambda: [1.0, 2.0], "Prices.")], specname="mlgate_resources")
    return plugin_of(profit, mlgate_resources=provide)


def problems(plugin: ModuleType, **facts: object) -> list[str]:
    """What the kit says of a plugin, one line per problem."""
    with pytest.raises(AssertionError) as refused:
        assert_plugin_conforms(plugin, **{"families": ["shop"], **facts})  # type: ignore[arg-type]
    head, *lines = str(refused.value).splitlines()
    assert head == "shop_plugin does not keep the contract of mlgate.spec:"
    return [line.removeprefix("- ") for line in lines]


def test_a_good_plugin_conforms() -> None:
    """Nothing to say."""
    assert_plugin_conforms(orders(), families=["shop"], given={"orders": [3.0, 4.0, 5.5]})


def test_the_kit_knows_every_resource_of_the_core() -> None:
    """A resource that the core makes is no unknown name."""
    providers = Inputs(settings=None, host=None).providers()  # type: ignore[arg-type]
    handed_over = {"folder", "planned"}
    assert {provider.name for provider in providers} | handed_over == CORE_RESOURCES


def test_a_check_of_another_family_and_an_unknown_resource_are_told_together() -> None:
    """All problems at once, each beginning with whose it is."""
    assert problems(plugin_of(profit), families=["store"]) == [
        "shop.profit: nothing provides the resource 'orders' (name it in `resources` if another plugin does).",
        "shop.profit: its family is not one that this plugin declares (store).",
    ]


def test_a_thin_page_is_told_what_it_lacks() -> None:
    """What, why and how to mend it."""

    @check("shop.thin")
    def thin() -> Measurement:
        """Too little
        to read
        """
        return Measurement.exact(1, n=1)

    assert problems(plugin_of(thin)) == [
        "shop.thin: the first line of its page has to be a sentence with its full stop.",
        "shop.thin: the second line of its page has to be empty.",
        "shop.thin: its page has 4 words; what, why and how to mend it take 30.",
        "shop.thin: its page has no section '## What to do'.",
    ]


def test_options_need_types_that_a_gate_file_holds_and_defaults_that_fit() -> None:
    """An option is set in TOML, by a person who reads its type."""

    def measure(*, a=1, b: float = float("nan"), c: int = "x", d: Check | None = None) -> Measurement:  # type: ignore[no-untyped-def, assignment]
        return Measurement.exact(1, n=1)

    measure.__doc__ = profit.page
    assert problems(plugin_of(check("shop.options")(measure))) == [
        "shop.options: the option a has no type.",
        "shop.options: the option b has a default that does not fit its type: its default is nan, which JSON does not "
        "have. Leave it out, or hand over None.",
        "shop.options: the option c has a default that does not fit its type: Expected `int`, got `str`",
        "shop.options: the option d is of type mlgate.checks.Check | None, which a gate file can't hold.",
    ]


def test_a_default_rule_is_read_as_a_gate_file_is() -> None:
    """A misspelt default would never judge."""

    def measure() -> Measurement:
        return Measurement.exact(1, n=1)

    measure.__doc__ = profit.page
    (problem,) = problems(plugin_of(check("shop.rule", default={"at_leest": 1})(measure)))
    assert problem.startswith("shop.rule: its default rule: at_leest is not a rule.")


def test_two_checks_of_one_id_are_told() -> None:
    """The host would refuse the plugin."""
    assert problems(plugin_of(profit, profit), resources=["orders"])[0] == "shop.profit: 2 checks have this id."


def test_hooks_that_never_are_called_or_return_something_else_are_told() -> None:
    """A marker that is missing, a name that is misspelt, a hook that breaks, a reporter that can't draw."""
    unmarked = plugin_of(mlgate_reporters=lambda: {})
    assert problems(unmarked) == ["mlgate_reporters: it is not marked with @hookimpl, so it is never called."]
    broken = plugin_of(
        "not a check",
        mlgate_resources=hookimpl(lambda: 1 / 0, specname="mlgate_resources"),
        mlgate_reporters=hookimpl(lambda: {"pdf": object()}, specname="mlgate_reporters"),
    )
    assert problems(broken) == [
        "mlgate_resources: it raised ZeroDivisionError: division by zero.",
        "mlgate_checks: it returned a str, where Check is expected.",
        "mlgate_reporters: object lacks render.",
    ]
    (misspelt,) = problems(plugin_of(mlgate_chekcs=hookimpl(lambda: [], specname="mlgate_chekcs")))
    assert "unknown hook 'mlgate_chekcs'" in misspelt
    (extra,) = problems(plugin_of(mlgate_registries=hookimpl(lambda host: {}, specname="mlgate_registries")))
    assert "hookimpl definition: <lambda>(host)" in extra


def test_a_check_that_changes_what_it_was_given_is_caught() -> None:
    """Later checks are given the same list."""
    assert "toy.mutates: it changed the resource 'toys', which later checks are given too." in _said_of_toys()


def test_a_check_that_draws_without_a_seed_is_caught() -> None:
    """A run that is repeated must say the same."""

    def measure() -> Measurement:
        return Measurement.exact(random.random(), n=1)

    measure.__doc__ = profit.page
    assert problems(plugin_of(check("shop.luck")(measure)), given={}) == [
        "shop.luck: it measured something else the second time: a check that draws at random needs a seed."
    ]


def test_checks_that_crash_or_return_no_measurement_are_caught() -> None:
    """With the words of the error."""
    said = _said_of_toys()
    assert "toy.raises: it raised ZeroDivisionError: division by zero" in said
    assert "toy.is_nan: it raised ValueError: a measured value is finite, not nan" in said
    assert (
        "toy.returns_text: it raised TypeError: toy.returns_text returned str, where a Measurement is expected" in said
    )


def _said_of_toys() -> str:
    with pytest.raises(AssertionError) as refused:
        assert_plugin_conforms(toys, families=["toy"], given={"toys": [1, 2]})
    return str(refused.value)
