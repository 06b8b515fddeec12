"""Every command ends well, whatever happens to it: closed streams, full disks, signals, too little memory.

"Well": soon, with an exit code that says what happened, a diagnostic instead of a traceback, no process and no
half-written file left. `make test` tries a sample of all pairs of a command and a fault, `make fuzz` (`HOSTILE=all`)
all of them.
"""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

import pytest

from tests.hostile.commands import LONG_TRIES, TRIES, Try, expected_codes, write_files
from tests.hostile.processes import Ending, Surroundings, are_gone, end_session, finish, run, start

pytestmark = pytest.mark.slow

ALL: Final = os.environ.get("HOSTILE") == "all"
ANSWERS: Final = b"conv2d_1: {params: 156}\n"
NET: Final = b"input: [8, 8, 3]\nlayers: [Flatten]\n"
NOBODY: Final = 65534
Case = TypeVar("Case")


def sample(cases: list[Case], every: int) -> list[Case]:
    """All cases, or one of so many: the same every time, of all commands and faults in turn."""
    return cases if ALL else cases[:: every + (len(cases) % every == 0)]


def shown(value: object) -> str:
    """What a case is called."""
    match value:
        case Try():
            return value.line
        case tuple():
            return "+".join(value)
        case signal.Signals():
            return value.name
    return str(value)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may look into, with the files that the commands read."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        write_files(path)
        yield path


def standard_input(tried: Try) -> bytes | None:
    """What is written to a command that reads standard input."""
    if not tried.reads_stdin:
        return None
    return ANSWERS if tried.line.startswith("cnncalc check lenet5") else NET


def holds(end: Ending, tried: Try, codes: tuple[int, ...]) -> None:
    """The code is one of these, and whatever is wrong is a diagnostic."""
    assert end.is_clean, end.stderr
    assert end.code in codes, (tried.line, end)
    if end.code == 2 and tried.line != "cnncalc":
        assert end.stderr.startswith(
            "[" if "json" in tried.arguments and "--error-format" in tried.arguments else "error: "
        )


def leftovers(folder: Path) -> list[str]:
    """Files that a command began and did not finish."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


# Streams ----------------------------------------------------------------------------------------------------------


CLOSED: Final = (("stdin",), ("stdout",), ("stderr",), ("stdin", "stdout", "stderr"))


@pytest.mark.parametrize(
    ("tried", "closed"),
    sample([(tried, closed) for tried in TRIES for closed in CLOSED], 9),
    ids=shown,
)
def test_closed_streams(tried: Try, closed: tuple[str, ...], folder: Path) -> None:
    stdin = None if "stdin" in closed else standard_input(tried)
    end = run(tried.arguments, folder, Surroundings(closed=closed), stdin)
    assert end.is_clean, end.stderr
    codes = expected_codes(tried)
    if "stdin" in closed and tried.reads_stdin:
        codes = (2,)
    if "stdout" in closed:
        codes = (*codes, 2)  # where it has something to say
    assert end.code in codes
    assert end.stderr.startswith(("error: ", "[", "Usage: ")) or end.code != 2 or "stderr" in closed


WRITERS: Final = sample([tried for tried in TRIES if tried.writes_file], 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    ("tried", "stream"),
    sample([(tried, stream) for tried in TRIES for stream in ("stdout", "stderr")], 9),
    ids=shown,
)
def test_a_full_disk_behind_a_stream(tried: Try, stream: str, folder: Path) -> None:
    full = Surroundings(stdout="/dev/full") if stream == "stdout" else Surroundings(stderr="/dev/full")
    end = run(tried.arguments, folder, full, standard_input(tried))
    if stream == "stderr":
        assert end.code in expected_codes(tried)
    elif end.code != 2 or "No space left" in end.stderr:
        assert tried.writes_file or end.code == 2 or "validate" in tried.line
    assert end.is_clean, end.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_marks_that_cannot_be_written_are_no_wrong_answers(folder: Path) -> None:
    end = run(["check", "lenet5", "answers.yaml"], folder, Surroundings(stdout="/dev/full"))
    assert end.code == 2
    assert end.stderr.startswith("error: standard output cannot be written: No space left on device")


@pytest.mark.parametrize("tried", WRITERS, ids=shown)
def test_a_full_disk_behind_a_file(tried: Try, folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    holds(run(tried.arguments, folder, Surroundings(file_size=50)), tried, (2,))
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("tried", WRITERS, ids=shown)
def test_a_folder_that_cannot_be_written_to(tried: Try, folder: Path) -> None:
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IROTH | stat.S_IXOTH)
    is_root = os.getuid() == 0
    try:
        end = run(tried.arguments, folder, Surroundings(user=NOBODY if is_root else None))
    except PermissionError:
        pytest.skip("another user can't run this Python")
    finally:
        folder.chmod(0o755)
    if is_root and end.code != 2 and "Permission denied" in end.stderr and "error:" not in end.stderr:
        pytest.skip("another user can't run this Python")
    holds(end, tried, (2,))
    assert not leftovers(folder)


# Memory -----------------------------------------------------------------------------------------------------------

MEGABYTE: Final = 1024 * 1024


@pytest.mark.parametrize(
    ("tried", "megabytes"),
    sample([(tried, megabytes) for tried in (*LONG_TRIES, *TRIES) for megabytes in (60, 80, 120, 180)], 40),
    ids=shown,
)
def test_too_little_memory(tried: Try, megabytes: int, folder: Path) -> None:
    (folder / "long.yaml").write_text("input: 4\nlayers: [{ReLU: {repeat: 150000}}]\n")
    end = run(tried.arguments, folder, Surroundings(memory=megabytes * MEGABYTE), standard_input(tried))
    assert end.is_clean, end.stderr
    assert end.code in (*expected_codes(tried), 2)


# Signals ----------------------------------------------------------------------------------------------------------

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOMENTS: Final = (0.0, 0.03, 0.06, 0.1, 0.2, 0.4, 0.8)


def codes_of(number: signal.Signals) -> tuple[int, ...]:
    """How a process may end that gets a signal: with the code that shells make of it; by it, before we are loaded."""
    return (-number, 128 + number)


@pytest.mark.parametrize(
    ("tried", "moment", "number"),
    sample([(tried, moment, number) for tried in LONG_TRIES for moment in MOMENTS for number in SIGNALS], 31),
    ids=shown,
)
def test_a_signal_at_any_moment(tried: Try, moment: float, number: signal.Signals, folder: Path) -> None:
    process = start(tried.arguments, folder)
    try:
        time.sleep(moment)
        process.send_signal(number)
        end = finish(process)
        assert end.code in (*codes_of(number), *expected_codes(tried), 1)  # 1: Python itself, before we are imported
        assert ", in main\n" not in end.stderr, end.stderr  # what comes before is Python's own
        assert end.code != 1 or "KeyboardInterrupt" in end.stderr
        assert not leftovers(folder)
        assert are_gone(process.pid)
    finally:
        end_session(process)


@pytest.mark.parametrize(
    ("tried", "number"), sample([(tried, number) for tried in LONG_TRIES for number in SIGNALS], 10), ids=shown
)
def test_a_signal_while_nobody_reads_the_output(tried: Try, number: signal.Signals, folder: Path) -> None:
    process = start(tried.arguments, folder)
    try:
        assert process.stdout is not None
        if not tried.writes_file and "validate" not in tried.line:
            process.stdout.read(1)  # it writes now, more than the pipe holds
        time.sleep(0.1)
        process.send_signal(number)
        end = finish(process)
        assert end.code in (*codes_of(number), *expected_codes(tried), 1)
        assert end.is_clean, end.stderr
        assert not leftovers(folder)
        assert are_gone(process.pid)
    finally:
        end_session(process)


@pytest.mark.parametrize("tried", sample(list(LONG_TRIES), 5), ids=shown)
def test_a_reader_that_leaves(tried: Try, folder: Path) -> None:
    process = start(tried.arguments, folder)
    try:
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        process.stdout = None
        end = finish(process)
        assert end.code in (128 + signal.SIGPIPE, *expected_codes(tried))
        assert end.stderr == ""
        assert not leftovers(folder)
        assert are_gone(process.pid)
    finally:
        end_session(process)
