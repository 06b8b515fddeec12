"""Files and bytes from strangers: whatever they are, the end is a text or a diagnostic that says what is wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import Diagnostic, SpecError
from cnncalc.spec.source_text import MAX_SOURCE_BYTES, decode, read_source


def refusal_of_file(path: Path) -> Diagnostic:
    with pytest.raises(SpecError) as refusal:
        read_source(path)
    (diagnostic,) = refusal.value.diagnostics
    return diagnostic


def refusal_of_bytes(data: bytes) -> Diagnostic:
    with pytest.raises(SpecError) as refusal:
        decode(data, "<stdin>")
    (diagnostic,) = refusal.value.diagnostics
    return diagnostic


def test_a_file_is_read_and_knows_its_name(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("name: Né\n", encoding="utf-8")

    source = read_source(path)

    assert (source.file, source.text) == (str(path), "name: Né\n")


def test_a_byte_order_mark_and_windows_line_ends_do_not_show() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n", "f").text == "a: 1\nb: 2\nc: 3\n"


def test_a_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "lenet5.yaml").write_text("name: x\n")

    diagnostic = refusal_of_file(tmp_path / "lenet-5.yaml")

    assert diagnostic.id == "file-not-found"
    assert diagnostic.suggestion == 'did you mean "lenet5.yaml"?'


def test_a_missing_file_in_a_missing_folder(tmp_path: Path) -> None:
    diagnostic = refusal_of_file(tmp_path / "no" / "net.yaml")

    assert (diagnostic.id, diagnostic.suggestion) == ("file-not-found", "check the name and the folder")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal_of_file(tmp_path).id == "file-is-folder"


def test_a_file_as_a_folder_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")

    diagnostic = refusal_of_file(tmp_path / "a" / "b.yaml")

    assert diagnostic.id == "file-not-readable"
    assert "Not a directory" in diagnostic.message


def test_a_name_with_nul_cannot_be_read() -> None:
    assert refusal_of_file(Path("a\0b")).id == "file-not-readable"


def test_a_name_that_is_too_long_cannot_be_read(tmp_path: Path) -> None:
    diagnostic = refusal_of_file(tmp_path / ("x" * 100_000))

    assert diagnostic.id == "file-not-readable"
    assert len(diagnostic.message) < 200


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_file_without_permission_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("name: x\n")
    path.chmod(0)

    assert refusal_of_file(path).id == "file-not-readable"


def test_a_large_file_is_refused_by_its_size_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000_000)  # No disk has to hold it: the file is all hole.

    diagnostic = refusal_of_file(path)

    assert (diagnostic.id, diagnostic.found) == ("file-too-large", "100,000,000,000 bytes")
    assert diagnostic.expected == "at most 3,145,728 bytes (3 MiB)"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_of_a_device_no_more_than_the_limit_is_read() -> None:
    assert refusal_of_file(Path("/dev/zero")).id == "file-too-large"


def test_of_standard_input_one_byte_too_many_is_refused() -> None:
    assert len(decode(b"#" * MAX_SOURCE_BYTES, "<stdin>").text) == MAX_SOURCE_BYTES
    assert refusal_of_bytes(b"#" * (MAX_SOURCE_BYTES + 1)).id == "file-too-large"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_unicode_encodings_are_named(encoding: str) -> None:
    diagnostic = refusal_of_bytes("name: LeNet\n".encode(encoding))

    assert diagnostic.id == "encoding"
    assert f"encoded in {encoding.upper()[:6]}" in diagnostic.message
    assert diagnostic.suggestion == "save the file as UTF-8 in your editor"


def test_latin_1_is_named_with_the_place_and_the_letter() -> None:
    diagnostic = refusal_of_bytes("# é\nname: x\r\nsource: à la carte é\n".encode().replace("à".encode(), b"\xe0"))

    assert diagnostic.id == "encoding"
    assert diagnostic.message == "the file is not encoded in UTF-8, it looks like Latin-1 (Windows-1252), at line 3"
    assert diagnostic.found == 'the byte 0xE0, "à" in Latin-1'
    assert diagnostic.span is not None
    assert (diagnostic.span.line, diagnostic.span.column) == (3, 9)


def test_columns_of_a_wrong_byte_count_characters() -> None:
    diagnostic = refusal_of_bytes("é日😀: ".encode() + b"\xff")

    assert diagnostic.span is not None
    assert (diagnostic.span.line, diagnostic.span.column) == (1, 6)


def test_a_binary_file_is_called_no_text() -> None:
    assert "the file is no text" in refusal_of_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR").message


@given(st.binary(max_size=40))
def test_any_bytes_are_a_text_or_an_encoding_error(data: bytes) -> None:
    try:
        source = decode(data, "f")
    except SpecError as error:
        (diagnostic,) = error.diagnostics
        assert diagnostic.id == "encoding"
        assert diagnostic.span is not None
        assert diagnostic.span.line <= len(diagnostic.span.source.lines)
    else:
        assert "\r" not in source.text
