"""The worst inputs that we could think of: files that are deep, long, wide, or come to far more than they seem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

Files = dict[str, bytes]
"""What to write into an empty folder before the command runs."""


class HostileInput(NamedTuple):
    """One input: what it is, the files that make it, and what is run on them."""

    name: str
    files: Callable[[], Files]
    command: str = "summary net.yaml"
    is_large: bool = False
    """Whether it comes to more than 50,000 layers, all of which are computed: that takes as long as it takes."""


def net(text: str) -> Callable[[], Files]:
    """A spec in one file."""
    return lambda: {"net.yaml": text.encode()}


def nested_repeats(times: int, innermost: str) -> str:
    """Ten blocks inside each other, each repeated."""
    blocks = "".join(f"  b{i}: {{layers: [{{b{i + 1}: {{repeat: {times}}}}}]}}\n" for i in range(9))
    return f"input: 4\nblocks:\n{blocks}  b9: {{layers: [{innermost}]}}\nlayers: [b0]\n"


def nested_blocks(depth: int) -> str:
    """Blocks inside each other, each used once."""
    blocks = "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(depth))
    return f"input: 4\nblocks:\n{blocks}  b{depth}: {{layers: [ReLU]}}\nlayers: [b0]\n"


def two_of_each(depth: int, innermost: str = "ReLU") -> str:
    """Blocks that each use the next one twice: 2**depth items from a few lines."""
    blocks = "".join(f"  b{i}: {{layers: [b{i + 1}, b{i + 1}]}}\n" for i in range(depth))
    return f"input: 4\nblocks:\n{blocks}  b{depth}: {{layers: [{innermost}]}}\nlayers: [b0]\n"


def passed_down(depth: int, expression: str) -> str:
    """A parameter that every block computes from that of the block around it."""
    blocks = "".join(
        f"  b{i}: {{params: {{a: null}}, layers: [{{b{i + 1}: {{a: {expression}}}}}]}}\n" for i in range(depth)
    )
    last = f"  b{depth}: {{params: {{a: null}}, layers: [{{Dense: $a}}]}}\n"
    return f"input: 4\nblocks:\n{blocks}{last}layers: [{{b0: {{a: $in_channels}}}}]\n"


def alias_bomb(levels: int, width: int = 10) -> str:
    """Aliases of aliases: width**levels values."""
    lines = ["a0: &a0 [x]"] + [
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]" for i in range(1, levels + 1)
    ]  # fmt: skip
    return "\n".join(lines) + "\ninput: 4\nlayers: [Flatten]\n"


def nested_branches(depth: int) -> str:
    """Merges in branches of merges."""
    item = "ReLU"
    for _ in range(depth):
        item = f"{{Add: {{branches: {{a: [{item}], b: []}}}}}}"
    return f"input: [8, 8, 4]\nlayers: [{item}]\n"


def full(line: Callable[[int], str], head: str, size: int = 3 * 1024 * 1024 - 4096) -> str:
    """As many lines as a file may hold."""
    lines = [head]
    length = len(head)
    for index in range(10_000_000):
        text = line(index)
        length += len(text)
        if length > size:
            break
        lines.append(text)
    return "".join(lines)


def chain_of_files(count: int) -> Files:
    """Specs that each contain the next one."""
    files = {
        f"net{i}.yaml": f"input: 4\nlayers: [{{Model: net{i + 1}.yaml}}]\n".encode() for i in range(count)
    }  # fmt: skip
    files[f"net{count}.yaml"] = b"input: 4\nlayers: [ReLU]\n"
    files["net.yaml"] = files.pop("net0.yaml")
    return files


def doubling_files(count: int) -> Files:
    """Specs that each contain the next one twice: 2**count readings."""
    files = {
        f"net{i}.yaml": f"input: 4\nlayers: [{{Model: net{i + 1}.yaml}}, {{Model: net{i + 1}.yaml}}]\n".encode()
        for i in range(count)
    }
    files[f"net{count}.yaml"] = b"input: 4\nlayers: [ReLU]\n"
    files["net.yaml"] = files.pop("net0.yaml")
    return files


def including(times: int, size: int) -> Files:
    """A large spec that is included many times."""
    inner = "input: 4\nlayers:\n" + "  - ReLU\n" * size
    outer = "input: 4\nlayers:\n" + "  - Model: inner.yaml\n" * times
    return {"net.yaml": outer.encode(), "inner.yaml": inner.encode()}


def upsampling(factors: list[int], more: str = "") -> str:
    """A net whose receptive field repeats only after many positions."""
    layers = "".join(
        f"  - UpSampling2D: {{size: {factor}, interpolation: bilinear}}\n  - MaxPooling2D: {{pool_size: 3, strides: "
        f"{factor - 1}, padding: same}}\n"
        for factor in factors
    )
    return f"input: [8, 8, 4]\nlayers:\n{layers}{more}"


def parameters_in_copies(parameters: int, copies: int) -> str:
    """A block whose parameters all wait for the channels, in many copies."""
    params = "".join(f"      p{i}: $in_channels\n" for i in range(parameters))
    block = f"  b:\n    params:\n{params}    layers: [ReLU]\n"
    return f"input: 4\nblocks:\n{block}layers: [{{b: {{repeat: {copies}}}}}]\n"


def vars_in_copies(count: int, copies: int) -> Files:
    """A spec with many vars, included many times."""
    inner = "vars:\n" + "".join(f"  v{i}: {i} + 1*$v{i - 1}\n" if i else "  v0: 1\n" for i in range(count))
    outer = f"input: 4\nlayers: [{{Model: {{spec: inner.yaml, repeat: {copies}}}}}]\n"
    return {"net.yaml": outer.encode(), "inner.yaml": f"{inner}input: 4\nlayers: [ReLU]\n".encode()}


def cut_copies(layers: int, copies: int) -> Files:
    """A large spec that is cut behind its first layer, many times."""
    files = including(0, layers)
    outer = f"input: 4\nlayers: [{{Model: {{spec: inner.yaml, until: re_lu, repeat: {copies}}}}}]\n"
    return {**files, "net.yaml": outer.encode()}


LARGE_FILE: Final = "input: 4\nlayers:\n" + "".join(f"  - Dense: {{units: {i}, if: false}}\n" for i in range(60_000))


def large_files(spellings: list[str]) -> Files:
    """A spec that includes one large file, or several, under these names."""
    outer = "input: 4\nlayers:\n" + "".join(f"  - Model: {name}\n" for name in spellings)
    inner = {name: LARGE_FILE.encode() for name in spellings if not name.startswith(".")}
    return {"big0.yaml": LARGE_FILE.encode(), **inner, "net.yaml": outer.encode()}


def long_names(depth: int, item: str = "ReLU") -> str:
    """Blocks with names of 200 characters inside each other."""
    named = "".join(f"  b{i}: {{layers: [{{b{i + 1}: {{name: {'n' * 190}{i}}}}}, ReLU]}}\n" for i in range(depth))
    return f"input: [8, 8, 4]\nblocks:\n{named}  b{depth}: {{layers: [{item}]}}\nlayers: [b0]\n"


def longest_names(depth: int, layers: int) -> str:
    """Layers whose names, with those of the blocks around them, are as long as names may be."""
    blocks = "".join(f"  block_number_{i:03}: {{layers: [block_number_{i + 1:03}]}}\n" for i in range(depth))
    inner = f"  block_number_{depth:03}: {{layers: [{{ReLU: {{repeat: {layers}}}}}]}}\n"
    return f"input: [8, 8, 4]\nblocks:\n{blocks}{inner}layers: [block_number_000]\n"


def merge_of_long_names(count: int) -> str:
    """A merge that reads many items, each of which has a name of 95 characters."""
    names = [f"{'n' * 90}{i}" for i in range(count)]
    layers = "".join(f"  - ReLU: {{name: {name}}}\n" for name in names)
    return f"{HEAD}{layers}  - Add: {{from: [{', '.join(names)}]}}\n"


def wrong_sheet(layers: int, lines: int) -> Files:
    """A large net, and a sheet on which every answer is wrong."""
    net = f"{HEAD}  - Conv2D: {{filters: 4, kernel_size: 3, padding: same, repeat: {layers}}}\n"
    answers = "".join(
        f"conv2d_{i + 1}: {{output_shape: 9x9x{i + 5}, params: {i + 2}, ops: {i + 3}, receptive_field: {2 * i + 4}}}\n"
        for i in range(lines)
    )
    return {"net.yaml": net.encode(), "sheet.yaml": answers.encode()}


HEAD: Final = "input: [8, 8, 4]\nlayers:\n"
DECONVOLUTION: Final = "Conv2DTranspose: {filters: 4, kernel_size: 65, strides: 64}"
MILLION: Final = 1_000_000

WIDE_COMMANDS: Final = (
    *((f"as {format}", f"summary net.yaml --format {format}")
      for format in ("table", "json", "jsonl", "csv", "markdown", "latex", "html")),
    *((f"worksheet as {format}", f"worksheet net.yaml --solved --format {format}")
      for format in ("yaml", "csv", "markdown")),
    ("folded", "summary net.yaml --depth 1"), ("with memory", "summary net.yaml --memory"),
    ("explained", "explain net.yaml"), ("compared", "compare net.yaml lenet5"),
    ("counted", "counters net.yaml --layers"), ("rf", "rf net.yaml"), ("reconciled", "reconcile net.yaml 1000"),
)  # fmt: skip
"""What shows names side by side."""

HOSTILE_INPUTS: Final = (
    # What comes to more than it seems
    HostileInput("repeat: 10^12", net("input: 4\nlayers: [{ReLU: {repeat: 1000000000000}}]\n")),
    HostileInput("ten repeats of 10 inside each other", net(nested_repeats(10, "ReLU"))),
    HostileInput("a million layers and one", net("input: 4\nlayers: [{ReLU: {repeat: 1000000}}, ReLU]\n")),
    HostileInput("ten repeats of 10, nothing inside", net(nested_repeats(10, "{ReLU: {if: false}}"))),
    HostileInput("ten repeats of 3, nothing inside", net(nested_repeats(3, "{ReLU: {if: false}}"))),
    HostileInput("40 blocks, each using the next twice", net(two_of_each(40))),
    HostileInput("40 such blocks with nothing inside", net(two_of_each(40, "{ReLU: {if: false}}"))),
    HostileInput("40 such blocks with a mistake inside", net(two_of_each(40, "{Dense: 0}"))),
    HostileInput("5,000 blocks inside each other", net(nested_blocks(5_000))),
    HostileInput("999 blocks inside each other", net(nested_blocks(999))),
    HostileInput("a block that contains itself", net("input: 4\nblocks: {a: {layers: [a]}}\nlayers: [a]\n")),
    HostileInput("$a*$a, 900 blocks deep", net(passed_down(900, "$a*$a"))),
    HostileInput("1/($a+1), 900 blocks deep", net(passed_down(900, "1/($a+1)"))),
    HostileInput("a name of a block passed 900 deep", net(passed_down(900, "$a"))),
    HostileInput("vars that square each other",
                 net("vars:\n  a0: 9\n" + "".join(f"  a{i + 1}: $a{i}*$a{i}\n" for i in range(50_000))
                     + "input: 4\nlayers: [ReLU]\n")),
    HostileInput("2,000 parameters of $in_channels, in 20,000 copies", net(parameters_in_copies(2_000, 20_000))),
    HostileInput("20 parameters of $in_channels, in 90,000 copies", net(parameters_in_copies(20, 90_000))),
    HostileInput("2.9 MB of different expressions",
                 net(full(lambda i: f"  - Dense: {i + 2}-{i}-1\n", "input: 4\nlayers:\n", 2_900_000))),
    HostileInput("2.9 MB of different expressions in vars",
                 net(full(lambda i: f"  v{i}: 3*{i}+$a\n", "input: 4\nlayers: [ReLU]\nvars:\n  a: 1\n", 2_900_000))),
    HostileInput("2.9 MB of different conditions",
                 net(full(lambda i: f"  - ReLU: {{if: {i}+1 < 0}}\n", "input: 4\nlayers:\n", 2_900_000))),
    HostileInput("a million layers out of 100 bytes", net("input: 4\nlayers: [{ReLU: {repeat: 1000000}}]\n")),
    # YAML
    HostileInput("aliases of aliases, 10^9 values", net(alias_bomb(9))),
    HostileInput("aliases of aliases, 2^30 values", net(alias_bomb(30, 2))),
    HostileInput("200,000 open brackets", net("input: " + "[" * 200_000)),
    HostileInput("200,000 open braces", net("input: " + "{a: " * 200_000)),
    HostileInput("200,000 dashes", net("- " * 200_000)),
    HostileInput("50,000 anchors", net(full(lambda i: f"  - &a{i} ReLU: {{if: false}}\n", HEAD, 1_500_000))),
    HostileInput("100,000 %TAG lines", net("".join(f"%TAG !e{i}! tag:e,2000:\n" for i in range(100_000)) + "--- a\n")),
    HostileInput("3 MiB of spaces", net(" " * (3 * 1024 * 1024 - 1))),
    HostileInput("3 MiB of line ends", net("\n" * (3 * 1024 * 1024 - 1))),
    HostileInput("3 MiB in one line", net("name: " + "x" * (3 * 1024 * 1024 - 100) + "\ninput: 4\nlayers: [ReLU]\n")),
    HostileInput("3 MiB of tabs", net("input:\n" + "\t" * (3 * 1024 * 1024 - 100))),
    HostileInput("3 MiB of one open quote", net('name: "' + "x\n" * (3 * 512 * 1024 - 100))),
    HostileInput("3 MiB of comments", net(full(lambda i: "# nothing\n", "") + "\ninput: 4\nlayers: [ReLU]\n")),
    HostileInput("3 MiB of escapes", net('name: "' + "\\u0041" * 500_000 + '"\ninput: 4\nlayers: [ReLU]\n')),
    HostileInput("3 MiB of zero bytes", lambda: {"net.yaml": bytes(3 * 1024 * 1024)}),
    HostileInput("3 MiB of random bytes", lambda: {"net.yaml": _random_bytes(3 * 1024 * 1024)}),
    HostileInput("a file of 100 MB", lambda: {"net.yaml": b"x" * 100_000_000}),
    HostileInput("350,000 keys", net(full(lambda i: f"k{i}: 1\n", "", 2_500_000))),
    HostileInput("170,000 wrong keys in one item",
                 net("input: 4\nlayers: [{Dense: {" + ", ".join(f"k{i}: 1" for i in range(170_000)) + "}}]\n")),
    HostileInput("a number of 3,000,000 digits", net("input: " + "9" * 3_000_000 + "\nlayers: [ReLU]\n")),
    HostileInput("a key of a million characters", net("x" * MILLION + ": 1\ninput: 4\nlayers: [ReLU]\n")),
    HostileInput("1e400 filters", net(HEAD + "  - Conv2D: {filters: 1e400, kernel_size: 3}\n")),
    # Names
    HostileInput("a name of a million characters", net(HEAD + f"  - ReLU: {{name: {'n' * MILLION}}}\n")),
    HostileInput("from: a name of a million characters", net(HEAD + f"  - ReLU: {{from: {'n/' * (MILLION // 2)}}}\n")),
    HostileInput("a kind of a million characters", net(HEAD + f"  - {'K' * MILLION}\n")),
    HostileInput("an expression of a million characters", net(HEAD + f"  - Dense: {'1+' * (MILLION // 2)}1\n")),
    HostileInput("an expression of 500 brackets", net(HEAD + f"  - Dense: {'(' * 249}1{')' * 249}\n")),
    HostileInput("30,000 layers, a misspelt name",
                 net(full(lambda i: f"  - ReLU: {{name: layer{i}}}\n", HEAD, 900_000) + "  - ReLU: {from: layr7}\n")),
    HostileInput("50,000 layers with options, a wrong option at the end",
                 net(full(lambda i: "  - Conv2D: {filters: 4, kernel_size: 1}\n", HEAD, 2_100_000)
                     + "  - Dense: {n: 1}")),
    HostileInput("70,000 misspelt kinds", net(full(lambda i: f"  - Reluu{i}\n", HEAD, 1_000_000))),
    HostileInput("50,000 blocks, a misspelt one",
                 net("input: 4\nblocks:\n" + "".join(f"  block{i}: {{layers: [ReLU]}}\n" for i in range(50_000))
                     + "layers: [blok7]\n")),
    # Long nets
    HostileInput("an Add of 50,000 inputs",
                 net(HEAD + "  - Add: {from: [" + ", ".join(["input"] * 50_000) + "]}\n")),
    HostileInput("a Concatenate of 50,000 branches",
                 net(HEAD + "  - Concatenate:\n      branches:\n"
                     + "".join(f"        b{i}: []\n" for i in range(50_000)))),
    HostileInput("1,000 Adds of 1,000 inputs",
                 net(HEAD + "  - Add: {from: [" + ", ".join(["prev"] * 1_000) + "], repeat: 1000}\n")),
    HostileInput("branches inside branches, as deep as YAML goes", net(nested_branches(45))),
    HostileInput("1,000 layers, each reading every eighth before it",
                 net(HEAD + "  - ReLU: {name: l0}\n" + "".join(
                     f"  - Add: {{name: l{i}, from: [prev, {', '.join(f'l{j}' for j in range(0, i, 8))}]}}\n"
                     for i in range(1, 1_000)))),
    HostileInput("20,000 layers and a merge that does not fit",
                 net(HEAD + "  - Conv2D: {filters: 4, kernel_size: 1, repeat: 20000, name: c}\n"
                     "  - MaxPooling2D\n  - Add: {from: [c, prev]}\n")),
    HostileInput("1,900 layers and a merge that does not fit",
                 net(HEAD + "  - Conv2D: {filters: 4, kernel_size: 3, padding: same, repeat: 1900, name: c}\n"
                     "  - Conv2D: {filters: 5, kernel_size: 2}\n  - Add: {from: [input, prev]}\n")),
    # Sizes
    HostileInput("an input of 10^17 x 10^17 x 10^17",
                 net(f"input: [{10**17}, {10**17}, {10**17}]\nlayers: [Flatten, {{Dense: {10**17}}}]\n")),
    HostileInput("a window, stride and dilation of 10^17",
                 net(f"input: [{10**17}, {10**17}, 3]\nlayers:\n  - Conv2D: {{filters: 9, kernel_size: {10**17}, "
                     f"strides: {10**17}, dilation_rate: {10**17}, padding: same}}\n")),
    HostileInput("an adaptive pooling to 10^17 bins",
                 net(f"input: [{10**17 + 1}, {10**17 - 1}, 3]\nlayers:\n"
                     f"  - AdaptiveAveragePooling2D: {10**17}\n  - MaxPooling2D\n")),
    HostileInput("an upsampling by 10^17", net(HEAD + f"  - UpSampling2D: {10**17}\n  - MaxPooling2D: 3\n")),
    HostileInput("a resizing to 10^17",
                 net(HEAD + f"  - Resizing: {{height: {10**17}, width: {10**17 - 1}}}\n  - MaxPooling2D: 3\n")),
    HostileInput("groups: 10^17 - 1",
                 net(f"input: [8, 8, {10**17}]\nlayers:\n  - Conv2D: {{filters: {10**17 - 1}, kernel_size: 3, "
                     f"groups: {10**17 - 3}}}\n")),
    # Receptive fields that take long to repeat
    HostileInput("upsampling by primes", net(upsampling([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]))),
    HostileInput("200 resizings between 65,519, 65,521 and 65,536",
                 net("input: [65536, 65536, 3]\nlayers:\n" + "".join(
                     f"  - Conv2D: {{filters: 3, kernel_size: 3, padding: same}}\n"
                     f"  - Resizing: {{height: {height}, width: {width}, interpolation: bilinear}}\n"
                     for height, width in [(65_521, 65_519), (65_536, 65_536)] * 100))),
    HostileInput("upsampling by 1,009, 500 convolutions behind",
                 net(upsampling([], "  - UpSampling2D: {size: 1009, interpolation: bilinear}\n"
                                    "  - Conv2D: {filters: 4, kernel_size: 3, repeat: 500}\n"))),
    HostileInput("a transposed convolution, 1,000 large windows behind",
                 net(HEAD + f"  - {DECONVOLUTION}\n  - Conv2D: {{filters: 4, kernel_size: 999, padding: same, "
                     "dilation_rate: 7, repeat: 1000}\n")),
    HostileInput("1,000 transposed convolutions and strides",
                 net("input: [8, 8, 4]\nblocks:\n  b:\n    layers:\n"
                     "      - Conv2DTranspose: {filters: 4, kernel_size: 37, strides: 31, padding: same}\n"
                     "      - Conv2D: {filters: 4, kernel_size: 3, strides: 31, padding: same}\n"
                     "layers:\n  - b: {repeat: 1000}\n")),
    HostileInput("branches with different strides, merged 500 times",
                 net("input: [64, 64, 4]\nblocks:\n  b:\n    layers:\n      - Add:\n          branches:\n"
                     "            a: [{UpSampling2D: 997}, {MaxPooling2D: 997}]\n            b: []\n"
                     "layers:\n  - b: {repeat: 500}\n")),
    HostileInput("alternating upsampling by 1,021 and 1,019",
                 net("input: [64, 64, 4]\nblocks:\n  b:\n    layers: [{UpSampling2D: 1021}, {MaxPooling2D: 1019}]\n"
                     "layers:\n  - b: {repeat: 1000}\n")),
    # Specs in specs
    HostileInput("2,000 specs inside each other", lambda: chain_of_files(2_000)),
    HostileInput("30 specs, each including the next twice", lambda: doubling_files(30)),
    HostileInput("a spec of 100,000 layers, included 1,000 times", lambda: including(1_000, 100_000)),
    HostileInput("a spec that includes itself", net("input: 4\nlayers: [{Model: net.yaml}]\n")),
    HostileInput("a spec with 100,000 vars, included 100 times", lambda: vars_in_copies(100_000, 100)),
    HostileInput("a spec of 100,000 layers, cut behind the first, 1,000 times", lambda: cut_copies(100_000, 1_000)),
    HostileInput("a large file under 30 spellings", lambda: large_files([f"{'./' * i}big0.yaml" for i in range(30)])),
    HostileInput("30 large files", lambda: large_files([f"big{i}.yaml" for i in range(30)])),
    # Long names
    HostileInput("600 nested blocks with names of 200 characters", net(long_names(600))),
    *(
        HostileInput(f"500 layers with names of 9,600 characters, {shown}", net(longest_names(560, 500)), command)
        for shown, command in WIDE_COMMANDS
    ),
    *(
        HostileInput(f"a merge of 14,000 long names, {shown}", net(merge_of_long_names(14_000)), command)
        for shown, command in WIDE_COMMANDS
    ),
    # Answer sheets
    HostileInput("a sheet of 300 kB, all wrong, on a net of 100,000 layers",
                 lambda: wrong_sheet(100_000, 3_500), "check net.yaml sheet.yaml"),
    HostileInput("a sheet of 300 kB, all wrong, on a net of 4,000 layers",
                 lambda: wrong_sheet(4_000, 3_500), "check net.yaml sheet.yaml"),
    HostileInput("an answer sheet of 3 MiB",
                 lambda: {"sheet.yaml": full(lambda i: f"l{i}: {{params: 1}}\n", "").encode()},
                 "check lenet5 sheet.yaml"),
    HostileInput("a CSV of 3 MiB",
                 lambda: {"sheet.csv": full(lambda i: f"conv2d,{i}\n", "layer,params\n").encode()},
                 "check lenet5 sheet.csv"),
    HostileInput("a CSV line of 3 MiB",
                 lambda: {"sheet.csv": b"layer,params\nconv2d," + b"1," * 1_500_000},
                 "check lenet5 sheet.csv"),
    HostileInput("a CSV of quotes",
                 lambda: {"sheet.csv": b"layer,params\n" + b'"' * 3_000_000},
                 "check lenet5 sheet.csv"),
    HostileInput("an answer of 9*9*9*...",
                 lambda: {"sheet.yaml": b"conv2d: {params: " + b"9*" * 1_000_000 + b"9}"}, "check lenet5 sheet.yaml"),
    HostileInput("an answer of 9^9^9^9",
                 lambda: {"sheet.yaml": b"conv2d: {params: 9^9^9^9, neurons: 9**9**9**9, ops: 1e999999999}"},
                 "check lenet5 sheet.yaml"),
    HostileInput("a table in Markdown of 3 MiB",
                 lambda: {"sheet.md": full(lambda i: "| conv2d | 1 |\n", "| layer | params |\n|---|---|\n").encode()},
                 "check lenet5 sheet.md"),
)  # fmt: skip

LARGE_NETS: Final = (
    HostileInput("100,000 layers by repeat", net(HEAD + "  - Conv2D: {filters: 4, kernel_size: 1, repeat: 100000}\n"),
                 is_large=True),
    HostileInput("ten repeats of 4 inside each other: 262,144 layers", net(nested_repeats(4, "ReLU")), is_large=True),
    HostileInput("350,000 layers written out", net(full(lambda i: "  - ReLU\n", HEAD)), is_large=True),
    HostileInput("50,000 layers with options and anchors",
                 net(full(lambda i: f"  - Conv2D: &a{i} {{filters: 4, kernel_size: 1}}\n", HEAD, 2_500_000)),
                 is_large=True),
    HostileInput("a small spec, included 50,000 times: 150,000 layers", lambda: including(50_000, 3), is_large=True),
    HostileInput("190,000 layers by repeat, behind them one that does not fit",
                 net(HEAD + "  - ReLU: {repeat: 190000}\n  - Conv2D: {filters: 4, kernel_size: 99}\n"),
                 "validate net.yaml", is_large=True),
    HostileInput("a net that doubles 10,000 times: numbers of 3,000 digits",
                 net(HEAD + "  - Concatenate: {from: [prev, prev], repeat: 10000}\n"), is_large=True),
    HostileInput("a net that doubles 50,000 times: numbers of 15,000 digits",
                 net(HEAD + "  - Concatenate: {from: [prev, prev], repeat: 50000}\n"), is_large=True),
)  # fmt: skip
"""No attacks: nets within the limit on layers, each of which has a row of its own."""


def _random_bytes(count: int) -> bytes:
    """The same bytes every time."""
    import random

    return random.Random(1).randbytes(count)


def write(hostile: HostileInput, folder: Path) -> None:
    """Writes the files of an input."""
    for name, data in hostile.files().items():
        (folder / name).write_bytes(data)
