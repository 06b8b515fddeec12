"""Every profiler's table has a rule for every kind of layer, and says so where it has none: nothing is silently 0."""

from __future__ import annotations

from fractions import Fraction

import pytest
import yaml

import cnncalc
from cnncalc.analysis.analyze import analyzed
from cnncalc.counting import tally
from cnncalc.errors import UsageError
from cnncalc.formula import formula
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.costs import ACTIVATION_COSTS
from cnncalc.layers.vocabulary import MEANINGS
from cnncalc.profile.counter import Counter
from cnncalc.profile.counters import SYMBOLS, parts, rule
from cnncalc.profile.profilers import ALIASES, COUNTERS, find_counter


def example(kind: str) -> Layer:
    """The layer of the example that the reference has for a kind."""
    item = yaml.safe_load(registry.layer_class(kind).example_item())
    value = item[kind] if isinstance(item, dict) else {}
    if not isinstance(value, dict):
        value = {registry.layer_class(kind).primary: value}
    exact = {name: Fraction(str(entry)) if isinstance(entry, float) else entry for name, entry in value.items()}
    return registry.build(kind, {name: entry for name, entry in exact.items() if name != "from"})


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=lambda counter: counter.name)
def test_there_is_a_rule_for_every_kind(counter: Counter) -> None:
    for kind in registry.kinds():
        for part in parts(example(kind)):
            text = rule(counter, part)
            assert text is None or formula(text)


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=lambda counter: counter.name)
def test_there_is_a_rule_for_every_activation(counter: Counter) -> None:
    for name in ACTIVATION_COSTS:
        (part,) = parts(registry.build("Activation", {"activation": name}))
        text = rule(counter, part)
        assert text is None or formula(text)


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=lambda counter: counter.name)
def test_formulas_read_known_names(counter: Counter) -> None:
    for text in counter.rules.values():
        if text is not None:
            assert set(formula(text).names) <= MEANINGS.keys() | SYMBOLS.keys()


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=lambda counter: counter.name)
def test_no_rule_is_for_something_that_there_is_not(counter: Counter) -> None:
    used = {key for kind in registry.kinds() for part in parts(example(kind)) for key in part.keys}
    variants = {"relu6", "hard_tanh", "leaky_relu", "threshold", "relu with several options", "elu with a factor"}
    variants |= {"bilinear", "bicubic", "trilinear", "lanczos3", "lanczos5", "antialias"}
    assert counter.rules.keys() <= used | ACTIVATION_COSTS.keys() | variants | {"input", "activation", "other"}


def test_counters_are_found_by_their_other_names() -> None:
    assert find_counter("DeepSpeed").name == "calflops"
    for name, meant in ALIASES.items():
        assert find_counter(name) is COUNTERS[meant]
    with pytest.raises(UsageError, match='did you mean "fvcore"'):
        find_counter("fvcor")


# TensorFlow's profiler has no entry that is known for a layer normalisation; the convolution before it is known.
def test_what_is_not_known_is_said() -> None:
    model = cnncalc.loads(
        """
        input: [8, 8, 3]
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, padding: same, use_bias: false}
          - LayerNormalization: {name: norm}
          - Conv2D: {filters: 4, kernel_size: 1, use_bias: false, activation: gelu, name: last}
        """
    )
    _, analysis = analyzed(model.expansion, "exact")
    count = tally(analysis, COUNTERS["tensorflow"])
    assert count.layers == (0, 2 * 64 * 9 * 3 * 4, None, None)
    assert count.total is None
    assert count.known == 2 * 64 * 9 * 3 * 4 + 2 * 64 * 4 * 4
    assert count.uncounted == ("norm", "last")


def test_a_size_that_is_not_known_is_no_missing_rule() -> None:
    model = cnncalc.loads("input: [null, null, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 3}]")
    _, analysis = analyzed(model.expansion, "exact")
    count = tally(analysis, COUNTERS["fvcore"])
    assert (count.layers, count.total, count.uncounted) == ((0, None), None, ())


def test_regions_multiply() -> None:
    text = "input: [8, 8, 3]\nlayers: [RoIAlign: {pool_size: 2, regions: 5}, Flatten, Dense: {units: 7}]"
    _, analysis = analyzed(cnncalc.loads(text).expansion, "exact")
    assert tally(analysis, COUNTERS["ptflops"]).layers[-1] == 5 * (12 * 7 + 7)
