"""The first sheet of an Excel workbook (.xlsx), as the lines of a table.

A workbook is a zip file of XML (ECMA-376, part 1, section 18); the standard library reads both, so nothing has to be
installed for it. Formulas are not computed: what counts is the value that the program saved beside each.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from cnncalc.errors import AnswersError, Diagnostic, Source, Span
from cnncalc.marking.tables import Cell, Line
from cnncalc.spec.placed import MAX_VALUES

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAX_PART_BYTES: Final = 20 * 1024 * 1024
_MAX_COLUMNS: Final = 1000


def workbook_lines(data: bytes, file: str) -> list[Line]:
    """Reads the lines of the first sheet that is not empty. Raises: AnswersError: if it is no workbook that is read."""
    source = Source(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            strings = _shared_strings(archive)
            for part in _sheets(archive):
                lines = list(_lines(_parse(archive, part), strings, source))
                if lines:
                    return lines
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, ElementTree.ParseError, NotImplementedError) as error:
        raise _no_workbook(source, str(error).strip("'\"")) from None
    except RuntimeError:  # what zipfile raises for a password
        raise _no_workbook(source, "it has a password") from None
    return []


def _no_workbook(source: Source, reason: str) -> AnswersError:
    message = f"the workbook cannot be read: {reason}"
    hint = "save it as CSV UTF-8 in your spreadsheet program"
    return AnswersError(Diagnostic("file-not-readable", message, Span(source), suggestion=hint))


def _parse(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    if archive.getinfo(part).file_size > _MAX_PART_BYTES:
        raise ValueError(f"{part} has more than {_MAX_PART_BYTES:,} bytes")
    text = archive.read(part)
    if b"<!DOCTYPE" in text:
        raise ValueError(f"{part} declares a document type, which no spreadsheet program writes")
    return ElementTree.fromstring(text)


def _sheets(archive: zipfile.ZipFile) -> Iterator[str]:
    """Lists the parts of the sheets in the workbook's order."""
    relations = _parse(archive, "xl/_rels/workbook.xml.rels")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in _parse(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)]
        yield target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(item) for item in _parse(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]


def _text(element: ElementTree.Element) -> str:
    """Joins the runs of a text; how it is pronounced (`rPh`) is no part of it."""
    runs = [element, *element.findall(f"{_MAIN}r")]
    return "".join(text.text or "" for run in runs for text in run.findall(f"{_MAIN}t"))


def _lines(sheet: ElementTree.Element, strings: list[str], source: Source) -> Iterator[Line]:
    count = 0
    for position, row in enumerate(sheet.iter(f"{_MAIN}row"), 1):
        number = int(row.get("r", position))
        texts: dict[int, str] = {}
        for cell in row.findall(f"{_MAIN}c"):
            reference = cell.get("r")
            column = len(texts) + 1 if reference is None else _column(reference)
            if column > _MAX_COLUMNS or count > MAX_VALUES:
                raise ValueError("it has too many cells")
            count += 1
            if text := _value(cell, strings):
                texts[column] = text
        if texts:
            width = max(texts)
            yield [
                Cell(texts.get(column, ""), Span(source, number, column, number, column + 1))
                for column in range(1, width + 1)
            ]


def _column(reference: str) -> int:
    """Counts the column of a cell from 1: `A5` is in 1, `AB5` in 28."""
    letters = re.fullmatch(r"([A-Z]{1,3})\d+", reference)
    if letters is None:
        raise ValueError(f"{reference[:20]} is no cell")
    column = 0
    for letter in letters[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _value(cell: ElementTree.Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return "" if inline is None else _text(inline).strip()
    value = cell.findtext(f"{_MAIN}v", "").strip()
    if kind == "s" and value:
        index = int(value)
        if not 0 <= index < len(strings):
            raise ValueError("it refers to a text that it does not have")
        return strings[index].strip()
    # Spreadsheets keep numbers as binary fractions: 61706.0 is 61706.
    return value.removesuffix(".0") if kind == "n" else value
