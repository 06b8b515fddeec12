"""Every command on any net: it ends with 0, 1 or 2, and never with an exception."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, note
from hypothesis import strategies as st

from tests.command_line import run
from tests.fuzz.conftest import share
from tests.fuzz.outcomes import MAX_SECONDS, soon
from tests.fuzz.spec_grammar import specs
from tests.fuzz.test_specs import mutated

LAYERS = st.sampled_from(["", "1", "2", "conv2d", "a", "b/conv2d", "add", "input", "99", "-1", "'x y'"])
COMMANDS = st.one_of(
    st.sampled_from(
        [
            "summary net.yaml --convention exact",
            "summary net.yaml --depth 1 --max-expanded 2000",
            "summary net.yaml --format csv --columns name,exact.offset,notes.ops,params",
            "summary net.yaml --format latex",
            "summary net.yaml --format json --memory",
            "summary net.yaml --memory --optimizer adam --batch 7",
            "summary net.yaml --counter thop --max-macs 1M --min-rf 3",
            "summary net.yaml lenet5 --format jsonl",
            "validate net.yaml",
            "worksheet net.yaml",
            "worksheet net.yaml --solved --format csv",
            "worksheet net.yaml --solved --format markdown --convention exact",
            "compare net.yaml lenet5",
            "compare net.yaml net.yaml --format json",
            "counters net.yaml --layers",
            "counters net.yaml --format json",
            "reconcile net.yaml 1000",
            "rf net.yaml --at 0,0",
            "rf net.yaml --format json",
        ]
    ),
    st.builds("explain net.yaml {}".format, LAYERS),
    st.builds("explain net.yaml {} --format latex".format, LAYERS),
    st.builds("explain net.yaml {} --format markdown --convention exact".format, LAYERS),
    st.builds("explain net.yaml {} --format json".format, LAYERS),
    st.builds("rf net.yaml {}".format, LAYERS),
    st.builds("rf net.yaml {} --at 3,5".format, LAYERS),
)


def ends(command: str, data: bytes) -> None:
    """Runs a command on a spec."""
    note(data.decode(errors="replace"))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "net.yaml").write_bytes(data)
        with soon(3 * MAX_SECONDS):
            end = run(f"cnncalc {command}", Path(folder))
    assert end.code in (0, 1, 2)
    assert end.stderr.startswith("error: ") if end.code == 2 else end.code == 1 or not end.stderr
    if "json" not in command:
        assert all(
            line.isprintable() for text in (end.stdout, end.stderr) for line in text.replace("\t", "").split("\n")
        )


@share(0.08)
@given(COMMANDS, specs())
def test_commands_on_specs_from_the_grammar(command: str, spec: Any) -> None:
    ends(command, yaml.safe_dump(spec, sort_keys=False, allow_unicode=True).encode())


@share(0.04)
@given(COMMANDS, mutated())
def test_commands_on_mutated_shipped_specs(command: str, data: bytes) -> None:
    ends(command, data)
