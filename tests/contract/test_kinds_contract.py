"""Every layer kind is one pydantic model that says all there is to say, and a new kind is one class."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import BaseModel, ValidationError

import cnncalc
from cnncalc.analysis.counts import count_layer
from cnncalc.conventions.convention import CONVENTIONS, Convention
from cnncalc.errors import Problem, SpecError
from cnncalc.formula import formula
from cnncalc.layer_reference import kind_reference
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.layers.vocabulary import MEANINGS, meaning
from cnncalc.profile.counters import SYMBOLS, parts, rule
from cnncalc.profile.profilers import COUNTERS
from cnncalc.profile.saved_for_backward import entries
from cnncalc.schema import schema
from cnncalc.tensor import Tensor
from tests.command_line import run
from tests.contract import own_kind

KINDS = tuple(registry.kinds())


def example(kind: str) -> Layer:
    """The layer of a kind's example."""
    layer = registry.layer_class(kind)
    value = yaml.safe_load(layer.example or "{}")
    values = value if isinstance(value, dict) else {layer.primary: value}
    exact = {name: Fraction(str(entry)) if isinstance(entry, float) else entry for name, entry in values.items()}
    return registry.build(kind, {name: entry for name, entry in exact.items() if name != "from"})


@pytest.fixture(params=KINDS)
def layer(request: pytest.FixtureRequest) -> Layer:
    return example(request.param)


# One model per kind -----------------------------------------------------------------------------------------------


def test_a_kind_is_a_pydantic_model_of_its_own(layer: Layer) -> None:
    assert isinstance(layer, BaseModel)
    assert type(layer).__name__ == layer.kind
    assert {"strict": True, "extra": "forbid", "frozen": True}.items() <= layer.model_config.items()


def test_nothing_changes_a_layer(layer: Layer) -> None:
    for name in layer.arguments():
        with pytest.raises(ValidationError):
            setattr(layer, name, 1)


def test_a_kind_has_a_docstring_an_example_and_descriptions(layer: Layer) -> None:
    assert type(layer).__doc__
    assert "Shape: " in kind_reference(layer.kind).text
    assert layer.primary in layer.arguments() if layer.arguments() else layer.primary == ""
    for field in layer.arguments().values():
        assert field.description


def test_the_registry_names_every_kind_of_its_modules() -> None:
    for module, names in registry.MODULES.items():
        classes = vars(sys.modules[f"cnncalc.layers.{module}"]).values()
        own = [value for value in classes if isinstance(value, type) and issubclass(value, Layer)]
        kinds = [value.__name__ for value in own if value.example or not value.__subclasses__()]
        assert {name for name in kinds if registry.is_kind(name)} >= set(names)


# No table is silent about a kind ----------------------------------------------------------------------------------


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=lambda counter: counter.name)
def test_every_profiler_considers_every_kind(counter: object) -> None:
    for kind in KINDS:
        for part in parts(example(kind)):
            text = rule(counter, part)  # type: ignore[arg-type]
            assert text is None or set(formula(text).names) <= MEANINGS.keys() | SYMBOLS.keys()


def test_it_is_known_what_a_kind_saves_for_the_backward_pass(layer: Layer) -> None:
    for entry in entries(layer):
        for text in (entry.numbers, entry.bytes, entry.per_batch):
            assert set(formula(text).names) <= {*MEANINGS, *SYMBOLS, "normalized_groups"}


@pytest.mark.parametrize("convention", CONVENTIONS.values(), ids=list(CONVENTIONS))
def test_every_convention_considers_a_kind(convention: Convention, layer: Layer) -> None:
    assert layer.family in convention.neurons
    assert layer.family in convention.ops


def test_the_names_in_formulas_have_a_meaning(layer: Layer) -> None:
    formulas = kind_reference(layer.kind).formulas
    assert formulas is not None
    shapes = layer.example_inputs or [(64,) * (layer.rank + 1)] * (2 if layer.merges else 1)
    inputs = list(map(Tensor, shapes))
    try:
        symbols = count_layer(layer, inputs).symbols
    except Problem:  # the example wants another input
        return
    for name in symbols:
        assert meaning(name, type(layer))


# Wrong arguments --------------------------------------------------------------------------------------------------


def test_all_wrong_arguments_of_a_layer_come_at_once() -> None:
    text = """
    input: [8, 8, 3]
    layers:
      - Conv2D:
          filters: four
          kernel_size: [3, 3, 3]
          padding: sam
          use_bias: "yes"
          activation: rleu
    """
    with pytest.raises(SpecError) as caught:
        cnncalc.loads(text).analyze()
    found = [(wrong.span.line, wrong.found, wrong.suggestion) for wrong in caught.value.diagnostics if wrong.span]
    assert found == [
        (5, '"four"', None),
        (6, "[3, 3, 3]", None),
        (7, '"sam"', 'did you mean "same"?'),
        (8, '"yes"', "write true or false, without quotes"),
        (9, '"rleu"', 'did you mean "relu"?'),
    ]


def test_an_argument_that_is_missing_comes_with_those_that_are_wrong() -> None:
    with pytest.raises(SpecError) as caught:
        cnncalc.loads("input: [8, 8, 3]\nlayers: [{Conv2D: {filters: 0, strides: 0}}]").analyze()
    assert [wrong.id for wrong in caught.value.diagnostics] == ["missing-argument", "bad-value", "bad-value"]


# A new kind is one class ------------------------------------------------------------------------------------------

SPEC = "input: [8, 8, 3]\nlayers: [{Damp: 3}, Flatten, {Dense: 10}]\n"


@pytest.fixture
def damp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Puts the class where the registry finds it, and its name into the registry's table."""
    monkeypatch.setitem(sys.modules, "cnncalc.layers.own_kind", own_kind)
    monkeypatch.setitem(registry.MODULES, "own_kind", ("Damp",))
    monkeypatch.setitem(registry.MODULE_OF, "Damp", "own_kind")  # which is made of MODULES at start-up
    (tmp_path / "net.yaml").write_text(SPEC)
    yield tmp_path
    registry.layer_class.cache_clear()


def in_process(command: str, folder: Path) -> str:
    end = run(command, folder)
    assert end.code == 0, end.stderr
    return end.stdout


def test_a_new_kind_has_figures_everywhere(damp: Path) -> None:
    report = json.loads(
        in_process(
            "cnncalc summary net.yaml --format json --counter thop --counter fvcore --memory --optimizer sgd", damp
        )
    )
    row = report["layers"][1]
    assert (row["type"], row["name"], row["output_shape"], row["params"]) == ("Damp", "damp", [8, 8, 3], 3)
    assert (row["exact"]["macs"], row["exact"]["flops"]) == (3 * 192, 6 * 192)
    assert row["counters"] == {"thop": 3 * 192, "fvcore": None}  # fvcore says that it does not know it
    assert report["layers"][0]["memory"]["kept"] == 4 * 192  # what the new kind reads is saved for the backward pass
    assert "damp" in in_process("cnncalc summary net.yaml", damp)


def test_a_new_kind_is_explained(damp: Path) -> None:
    explained = in_process("cnncalc explain net.yaml damp", damp)
    assert "steps*H'*W'*C' = 3*8*8*3 = 576" in explained
    reference = in_process("cnncalc layers Damp", damp)
    assert "Each channel times a trained factor" in reference
    assert "how often the factor is applied" in reference
    assert "Damp" in in_process("cnncalc layers", damp)


def test_a_new_kind_is_in_the_schema(damp: Path) -> None:
    spec = Draft7Validator(schema("spec"))
    assert spec.is_valid(yaml.safe_load(SPEC))
    assert spec.is_valid({"input": 3, "layers": [{"Damp": {"steps": "$n", "trained": False, "name": "a"}}]})
    assert not spec.is_valid({"input": 3, "layers": [{"Damp": {"steps": 0}}]})
    assert not spec.is_valid({"input": 3, "layers": [{"Damp": {"stepz": 1}}]})


def test_mistakes_in_a_new_kind_are_explained(damp: Path) -> None:
    (damp / "bad.yaml").write_text("input: [8, 8, 3]\nlayers: [{Damp: {steps: 0}}]\n")
    assert 'argument "steps" of Damp must be a positive integer, not 0' in run("cnncalc bad.yaml", damp).stderr
    (damp / "bad.yaml").write_text("input: [8, 8, 3]\nlayers: [{Damp: {step: 1}}]\n")
    assert 'did you mean "steps"?' in run("cnncalc bad.yaml", damp).stderr
