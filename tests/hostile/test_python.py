"""The Python API: errors that can be sent between processes, any mapping, a working directory that is gone."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
from collections import ChainMap, OrderedDict, UserDict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import cnncalc
from cnncalc import CnncalcError, SpecError
from cnncalc.errors import AnswersError, Diagnostic, Problem, UsageError

GOOD = "input: [8, 8, 3]\nlayers: [{Conv2D: {filters: 4, kernel_size: 3}}, Flatten]\n"
UNKNOWN_KIND = "input: [8, 8, 3]\nlayers: [Cnv2D]\n"
MISFIT = "input: [8, 8, 3]\nlayers: [{Conv2D: {filters: 4, kernel_size: 99}}]\n"


def analyze(text: str) -> str:
    """What a worker does; it can be pickled."""
    return cnncalc.loads(text).analyze().name


def raised(text: str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        analyze(text)
    return caught.value


@pytest.mark.parametrize("text", [UNKNOWN_KIND, MISFIT])
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_spec_errors_are_pickled_and_copied(text: str, again: Callable[[SpecError], SpecError]) -> None:
    error = raised(text)
    other = again(error)
    assert type(other) is SpecError
    assert str(other) == str(error)
    assert [one.to_dict() for one in other.diagnostics] == [one.to_dict() for one in error.diagnostics]


@pytest.mark.parametrize("kind", [CnncalcError, SpecError, AnswersError, UsageError])
def test_every_kind_of_error(kind: type[CnncalcError]) -> None:
    error = kind([Diagnostic("usage", "one"), Diagnostic("usage", "two")])
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (type(other), other.diagnostics) == (kind, error.diagnostics)


def test_problems_without_a_place() -> None:
    problem = Problem("bad-value", "it is wrong", expected="a", found="b", suggestion="c", argument="filters")
    for other in (pickle.loads(pickle.dumps(problem)), copy.copy(problem)):
        assert vars(other) == vars(problem)


@pytest.mark.slow
def test_a_bad_spec_does_not_hang_a_pool() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply_async(analyze, (GOOD,)).get(timeout=30) == "model"
        with pytest.raises(SpecError, match="Cnv2D"):
            pool.apply_async(analyze, (UNKNOWN_KIND,)).get(timeout=30)


class OwnMapping(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values_ = values

    def __getitem__(self, key: str) -> Any:
        return self.values_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


@pytest.mark.parametrize("wrap", [MappingProxyType, OrderedDict, UserDict, ChainMap, OwnMapping])
def test_from_dict_takes_any_mapping(wrap: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
    plain = {"input": [8, 8, 3], "layers": [{"Conv2D": {"filters": 4, "kernel_size": 3}}, "Flatten"]}
    deep = wrap({**plain, "layers": [wrap({"Conv2D": wrap({"filters": 4, "kernel_size": 3})}), "Flatten"]})
    assert cnncalc.from_dict(deep).analyze().to_dict() == cnncalc.from_dict(plain).analyze().to_dict()


def test_from_dict_of_what_contains_itself() -> None:
    own: dict[str, Any] = {"input": 4}
    own["layers"] = [own]
    with pytest.raises(SpecError):
        cnncalc.from_dict(own)


def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    folder, before = tmp_path / "gone", Path.cwd()
    folder.mkdir()
    os.chdir(folder)
    try:
        folder.rmdir()
        assert cnncalc.loads(GOOD).analyze().totals.params == 112
        assert cnncalc.from_dict({"input": 4, "layers": [{"Dense": 3}]}).analyze().totals.params == 15
        assert cnncalc.load("lenet5").analyze().totals.params == 61_706
        with pytest.raises(SpecError):
            cnncalc.load("nothing.yaml")
        with pytest.raises(SpecError):
            cnncalc.loads("input: 4\nlayers: [{Model: inner.yaml}]\n")
    finally:
        os.chdir(before)
