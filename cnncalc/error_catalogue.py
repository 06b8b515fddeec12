"""Every diagnostic that there is: its id, what it is called and what a student should know about it.

Data only. `docs/errors.md` is made from it; a test compares the ids with those that the code uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

About = Literal["file", "yaml", "spec", "expansion", "shapes", "answers", "command", "python"]

SECTIONS: Final[dict[About, str]] = {
    "file": "Reading a file",
    "yaml": "YAML",
    "spec": "What a spec is made of",
    "expansion": "Names, blocks and arithmetic",
    "shapes": "Shapes",
    "answers": "Answer sheets",
    "command": "The command line",
    "python": "Specs as Python data",
}
"""What a diagnostic can be about, in the order in which it comes up, with the title of its section in the docs."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One diagnostic: its stable id, a title, and a paragraph that explains it."""

    id: str
    about: About
    title: str
    explanation: str


_ENTRIES: Final = (
    # Reading a file
    Entry("file-not-found", "file", "There is no such file",
          "The name leads to nothing. Names are relative to the folder in which the command runs; a name without an "
          "ending may also be that of a shipped spec, and `cnncalc specs` lists those."),
    Entry("file-is-folder", "file", "A folder where a file is wanted",
          "The name is that of a folder. Name a file inside it; the shell's `folder/*.yaml` names all of them."),
    Entry("file-not-readable", "file", "The file cannot be read",
          "The operating system refused: you may not read the file, its name is too long, or the disk has a problem."),
    Entry("file-too-large", "file", "The file is too large",
          "A spec has at most 3 MiB, room for 50,000 layers written one by one. A larger file is mostly another file, "
          "weights for instance; layers that repeat are written once, with `repeat`."),
    Entry("encoding", "file", "The file is no UTF-8",
          "Specs and answer sheets are texts in UTF-8, as editors save them today. Older programs save Latin-1 or "
          "UTF-16; every editor can save as UTF-8."),
    Entry("control-character", "file", "An invisible character",
          "Control characters and halves of surrogate pairs cannot stand in a text. Most editors do not show them; "
          "retype the line in which they are."),
    Entry("empty-document", "file", "The file is empty",
          "There is nothing in the file but comments, if that. Mostly it was not saved yet."),
    # YAML
    Entry("invalid-yaml", "yaml", "This is not YAML",
          "The file breaks a rule of YAML. Texts with special characters, such as `@`, `*` or a colon with a space "
          "behind it, stand in quotes."),
    Entry("invalid-escape", "yaml", "An unknown escape",
          "In double quotes a backslash starts an escape. Write it twice, or use single quotes, in which it is a "
          "character like any other."),
    Entry("tab-indentation", "yaml", "A tab at the start of a line",
          "YAML indents with spaces only. Editors can replace tabs by spaces when they save."),
    Entry("odd-space", "yaml", "A character that only looks like a space",
          "Text that was copied from a web page or a PDF often has spaces of another kind. Type them again."),
    Entry("indentation", "yaml", "The indentation fits nothing",
          "Lines that belong together start in the same column; what belongs to a key stands further right."),
    Entry("unclosed-bracket", "yaml", "A bracket is missing",
          "Every `[` needs its `]`, every `{` its `}`. The place shown is the bracket that has no partner."),
    Entry("unclosed-quote", "yaml", "A quote is missing",
          "A text that starts with a quote ends with one. An apostrophe inside single quotes is written twice."),
    Entry("missing-colon", "yaml", "A colon is missing",
          "A key is followed by a colon, an item with options too: `- Conv2D:` and the options below it."),
    Entry("missing-comma", "yaml", "A comma is missing",
          "In braces and brackets a comma separates: `{filters: 6, kernel_size: 5}`."),
    Entry("missing-space-after-colon", "yaml", "A space is missing after a colon",
          "`filters:6` is a text for YAML. The colon that makes a key is followed by a space: `filters: 6`."),
    Entry("second-colon", "yaml", "A second colon in one line",
          "A line has one key. A text with a colon in it stands in quotes; the options of an item stand in braces or "
          "on lines of their own."),
    Entry("torn-number", "yaml", "A number torn apart at its comma",
          "In braces a comma separates, inside a number too: `{params: 61,706}` has two keys for YAML. Write the "
          "number without commas or in quotes."),
    Entry("torn-at-comma", "yaml", "A value torn apart at its comma",
          "In braces a comma separates, in parentheses too. A list of sizes is written in brackets, `[5, 5]`; "
          "arithmetic with a comma stands in quotes, `\"min($a, 64)\"`."),
    Entry("duplicate-key", "yaml", "A key twice",
          "The same key stands twice in one mapping, and only one of them could count."),
    Entry("key-not-scalar", "yaml", "A key that is no name",
          "What stands before a colon is a name, not a list or a mapping. Braces are for options, brackets for lists."),
    Entry("tag", "yaml", "A tag",
          "`!!int` and the like tell YAML how to read a value. They are refused: values mean what they look like, and "
          "nothing in a file is ever executed."),
    Entry("merge-key", "yaml", "A merge key",
          "`<<` takes over the keys of another mapping. It is refused; in a spec, `defaults` or a block with "
          "parameters says the same in a way that can be read."),
    Entry("undefined-alias", "yaml", "An alias without an anchor",
          "An asterisk at the start of a value means an alias. A parameter is written with a dollar, `$filters`; "
          "a text that starts with an asterisk stands in quotes."),
    Entry("recursive-alias", "yaml", "An alias inside of its own anchor",
          "A list or mapping cannot contain itself."),
    Entry("too-many-aliases", "yaml", "Aliases that repeat too much",
          "Aliases of aliases multiply: a few lines can mean billions of values. What repeats in a spec is a block."),
    Entry("several-documents", "yaml", "Two documents in one file",
          "A line `---` starts another document. A spec is one document; each further one needs a file of its own."),
    Entry("nesting-too-deep", "yaml", "Too many brackets inside each other",
          "Lists and mappings stand at most 200 deep inside each other. Mostly a bracket was never closed."),
    Entry("too-many-values", "yaml", "Too many values",
          "A file has at most 360,000 values, lists and mappings. Layers that repeat are written once, with `repeat`."),
    Entry("number-too-long", "yaml", "A number with too many digits",
          "An integer in a file has at most 18 digits, any other number at most 50. Figures that are computed may be "
          "as long as they like."),
    # What a spec is made of
    Entry("not-a-spec", "spec", "This is no spec",
          "A spec is a mapping with the keys `input` and `layers`. `cnncalc new` prints one to start from."),
    Entry("missing-key", "spec", "A key is missing",
          "A spec needs `input` and `layers`, a block needs `layers`."),
    Entry("unknown-key", "spec", "An unknown key",
          "At the top of a spec, in a block and under `limits` only certain keys are known; a misspelt one would "
          "otherwise go unnoticed."),
    Entry("not-a-mapping", "spec", "A mapping is wanted",
          "Some things are written as names with values: `vars: {width: 64}`."),
    Entry("not-a-list", "spec", "A list of items is wanted",
          "Layers stand in a list, each with a dash before it. Only a branch may be empty: `shortcut: []`."),
    Entry("bad-item", "spec", "This is no item",
          "An item is a kind, `Flatten`; a kind with its first argument, `Dense: 10`; or a kind with options, "
          "`Dense: {units: 10}`. It has one key, its kind."),
    Entry("option-beside-kind", "spec", "An option beside its kind",
          "The options of an item stand inside of it: in braces, or on lines that are indented further than the kind."),
    Entry("unknown-kind", "spec", "An unknown kind",
          "There is no layer and no block of this name. Kinds have Keras's names; `cnncalc layers` lists them."),
    Entry("unknown-argument", "spec", "An unknown argument",
          "The layer or block takes no argument of this name. Arguments have Keras's names; `cnncalc layers KIND` "
          "lists those of a kind."),
    Entry("missing-argument", "spec", "An argument is missing",
          "The layer or block cannot do without it: a Conv2D needs `filters` and `kernel_size`, a Dense `units`, a "
          "block every parameter whose default is null."),
    Entry("bad-value", "spec", "A value that does not fit",
          "The value is of another kind than the argument takes, or out of its range. A size is a positive whole "
          "number without quotes; true and false are written so."),
    Entry("channels-first", "spec", "Channels first",
          "Shapes are height x width x channels, as in Keras. Write them so and leave `data_format` out."),
    Entry("bad-shape", "spec", "An input's shape that is none",
          "A shape is `[224, 224, 3]`, `224x224x3`, or one number for a vector. Sizes are positive whole numbers; "
          "only a spatial size may be null, which is unknown."),
    Entry("batch-in-shape", "spec", "The batch in a shape",
          "Shapes are those of one image: what Keras prints as `(None, 224, 224, 3)` is written `[224, 224, 3]`."),
    Entry("from-and-branches", "spec", "Inputs said twice",
          "A merge reads the items that `from` names, or the ends of its `branches`. It cannot do both."),
    Entry("first-without-repeat", "spec", "A first copy without copies",
          "`first` changes the first of several copies; it stands beside `repeat`."),
    Entry("block-named-like-kind", "spec", "A block with the name of a layer",
          "A block may not be called like a kind of layer: nobody could tell which of them is meant."),
    Entry("bad-parameter-name", "spec", "A parameter's name that is none",
          "Parameters and vars have letters, digits and underscores, do not start with a digit, and are not called "
          "like what every item takes anyway (`name`, `from`, `repeat`, ...)."),
    Entry("bad-amount", "spec", "A limit that is no amount",
          "Under `limits` stand amounts: whole numbers, also as `5M` or `1.2G`."),
    # Names, blocks and arithmetic
    Entry("bad-name", "expansion", "A name that is none",
          "Names have letters from a to z, digits, `_`, `.` and `-`. A slash comes with blocks: `conv2_1/conv2d`. "
          "`input` and `prev` mean tensors already."),
    Entry("name-taken", "expansion", "A name twice",
          "Every item has a name of its own. Items without one are called after their kind, `conv2d`, `conv2d_1`, and "
          "so on; such a name is taken as well."),
    Entry("no-such-name", "expansion", "A name that means nothing here",
          "An item reads an earlier one of the same list, or of the lists around it up to the block's edge. Branches "
          "do not see each other; an item of a block is named `block/item`."),
    Entry("name-comes-later", "expansion", "A name that comes later",
          "An item reads what stands before it. There are no loops in a net of this kind."),
    Entry("no-running-tensor", "expansion", "Nothing to read",
          "A model with several inputs has no running tensor at its start: the first item of every path says `from`."),
    Entry("merge-without-inputs", "expansion", "A merge that does not say what it merges",
          "Add, Concatenate and the like read several tensors: `from: [a, b]`, or `branches` with a list for each."),
    Entry("wrong-number-of-inputs", "expansion", "Too few inputs, or too many",
          "A merge needs at least two inputs, Subtract exactly two. The same tensor may be read twice."),
    Entry("structure-depends-on-shape", "expansion", "Layers that would depend on a shape",
          "`repeat`, `if` and `trainable` decide which layers there are, before any shape is known. They may use "
          "parameters, but not `$in_channels`."),
    Entry("bad-share", "expansion", "Weights that cannot be shared",
          "`share` reuses the weights of an earlier item of the same kind whose weights have the same shapes; a block "
          "shares with an earlier use of the same block."),
    Entry("block-calls-itself", "expansion", "A block inside itself",
          "Blocks may use other blocks, but none may contain itself, directly or through others: there would be no "
          "end. Copies one behind the other are made by `repeat`."),
    Entry("too-deep", "expansion", "Too many blocks inside each other",
          "Blocks stand at most 1,000 deep inside each other."),
    Entry("names-too-long", "expansion", "Names that are too long together",
          "A layer's name has the names of all blocks around it in front. With long names, or with many blocks inside "
          "each other, those of a large net come to more text than anybody reads, all of which would be kept."),
    Entry("too-many-layers", "expansion", "Too many layers",
          "The spec comes to more layers than the limit, 200,000 unless `--max-expanded` says otherwise. Repeats "
          "inside each other multiply. The parameters of blocks count as well, those of all copies: five for each "
          "layer that the limit allows."),
    Entry("unknown-parameter", "expansion", "An unknown parameter",
          "`$name` means a parameter of the block, or one of the file's vars. A block does not see the parameters of "
          "the block that uses it: they are handed over by name."),
    Entry("bad-expression", "expansion", "Arithmetic that cannot be computed",
          "Expressions have numbers, parameters with their dollar, `+ - * / // %`, comparisons, `and`, `or`, `not`, "
          "`min` and `max`. There is no power, and a division by zero has no result."),
    Entry("number-too-large", "expansion", "A result that is too large",
          "Arithmetic in a spec stays below 100 digits."),
    Entry("unknown-variable", "expansion", "A variable that the spec has not",
          "`--set NAME=VALUE` replaces one of the spec's `vars`; the spec has none of this name."),
    Entry("unknown-input", "expansion", "An input that the spec has not",
          "`--input SHAPE` is for the only input, `--input NAME=SHAPE` for one of several."),
    Entry("no-such-spec", "expansion", "There is no such spec",
          "A name without an ending is that of a shipped spec, which `cnncalc specs` lists. A file is named with its "
          "ending, in a `Model` relative to the folder of the spec that names it."),
    Entry("path-leaves-folder", "expansion", "A path that leads out of the folder",
          "A `Model` may name files in the folder of its own spec, and below it. Specs come from strangers: none may "
          "read other files of yours."),
    Entry("model-includes-itself", "expansion", "A spec inside itself",
          "A `Model` cannot contain the spec in which it stands, directly or through others."),
    Entry("several-inputs", "expansion", "A model in a model with several inputs",
          "A `Model` takes the running tensor for its input, so its spec must have one input."),
    # Shapes
    Entry("size-below-one", "shapes", "Nothing would be left of the map",
          "Every convolution without padding and every pooling makes the map smaller; here a window is larger than "
          "what it slides over. Use `padding: same`, smaller windows, fewer strides, or a larger input."),
    Entry("wrong-rank", "shapes", "A map where a vector is wanted, or the other way round",
          "Conv2D and its kin read height x width x channels; Flatten and global pooling make a vector of that. "
          "Conv1D reads length x channels."),
    Entry("shapes-do-not-fit", "shapes", "Shapes that do not fit together",
          "Add and its kin need inputs of one shape, Concatenate needs equal height and width, Reshape needs as many "
          "elements as it gets. Mostly a stride or `padding: same` is missing in one branch, or a 1x1 convolution in "
          "the shortcut."),
    Entry("unknown-size", "shapes", "A size that must be known",
          "With null in the input's shape, sizes that depend on it are unknown. Dense after Flatten, Reshape and some "
          "others need them; global pooling does not."),
    Entry("numbers-too-long", "shapes", "Numbers with too many digits",
          "A size has at most 18 digits, written or computed. Counts are exact, whatever they come to; but a net "
          "whose sizes or strides double again and again comes to numbers that take too long to write down."),
    Entry("groups-do-not-divide", "shapes", "Groups that do not divide the channels",
          "Groups share the channels out evenly, so their number divides those of the input and of the output."),
    Entry("no-such-axis", "shapes", "An axis that is not there",
          "Axes are counted as in Keras: 0 is the batch, 1 the first axis of the shape, -1 the channels."),
    Entry("padding-too-large", "shapes", "More padding than half of a pooling window",
          "A pooling window that lies in the padding alone would have no maximum. PyTorch refuses it, too."),
    Entry("output-padding-too-large", "shapes", "More output_padding than a stride",
          "`output_padding` chooses among the sizes that a stride cannot tell apart: it is smaller than the stride."),
    Entry("regions-of-regions", "shapes", "Regions of regions",
          "RoI pooling cuts regions out of the map of a whole image. Its input comes from before any other RoI "
          "pooling."),
    Entry("broken-limit", "shapes", "A limit is broken",
          "The net is fine, but has more (or less) of something than `limits` allow. The exit code is 1."),
    Entry("unknown-limit", "shapes", "A limit on a figure that is not known",
          "With null in the input's shape, or where regions decide, some figures are not known: nothing can be said "
          "about a limit on them."),
    # Answer sheets
    Entry("answers-not-mapping", "answers", "This is no answer sheet",
          "A sheet is a mapping from layers to answers, or a table with a header. `cnncalc worksheet SPEC` writes a "
          "blank one."),
    Entry("no-answers", "answers", "A sheet without answers",
          "Nothing in the sheet is filled in."),
    Entry("no-answers-table", "answers", "A table without a header",
          "The first line of a table says what its columns are: `layer,output_shape,neurons,params`."),
    Entry("no-sheets", "answers", "A folder without answer sheets",
          "Sheets are files that end in .yaml, .yml, .json or .csv."),
    Entry("unknown-layer", "answers", "An answer for a layer that is not there",
          "Layers are called by their names, as `cnncalc summary` shows them, or by their numbers: 1 is the first item "
          "after the inputs."),
    Entry("unknown-quantity", "answers", "An unknown quantity",
          "Answers are given for `output_shape`, `neurons`, `params`, `receptive_field`, `ops` and the like, by the "
          "names of the JSON."),
    Entry("answered-twice", "answers", "Two answers to one question",
          "The same quantity of the same layer is answered twice, under its name and its number perhaps."),
    Entry("bad-answer", "answers", "An answer that is no value",
          "An answer is one number or one shape."),
    Entry("unreadable-answer", "answers", "An answer that cannot be read",
          "Numbers are written as people write them, `61,706` or `28*28*6`; shapes as `28x28x6` or `[28, 28, 6]`."),
    Entry("rounded-answer", "answers", "A rounded answer",
          "`61.7K` says less than the figure that was asked for. Write all digits, or have `--tolerance` allowed."),
    Entry("too-many-cells", "answers", "More cells than columns",
          "A comma inside a number or a shape makes two cells of it. Such a cell stands in double quotes."),
    # The command line
    Entry("usage", "command", "The command line cannot be read",
          "An option is misspelt, or an argument is missing. `cnncalc COMMAND --help` says what there is."),
    Entry("unknown-command", "command", "An unknown command",
          "What was written is no command, no file and no shipped spec. `cnncalc --help` lists the commands."),
    Entry("bad-option", "command", "A value that an option does not take",
          "The option is right, its value is not."),
    Entry("no-such-layer", "command", "A layer that is not there",
          "Layers are called by their names, as `cnncalc summary` shows them, or by their numbers: 1 is the first item "
          "after the inputs. A block has no figures of its own: `block/inner` names a layer in it."),
    Entry("unknown-column", "command", "An unknown column",
          "`--columns` takes the names of the JSON, such as `name,params,exact.macs`."),
    Entry("unknown-convention", "command", "An unknown convention",
          "Figures follow the course notes (`notes`) or the literature (`exact`)."),
    Entry("unknown-counter", "command", "An unknown counter",
          "Counters are profilers whose way of counting is known; `cnncalc counters SPEC` shows all of them."),
    Entry("nothing-to-compare", "command", "Nothing to compare",
          "`cnncalc compare` takes two specs or more, or one of them at two inputs or with two values of a variable: "
          "the same `--input` or `--set` twice."),
    Entry("cannot-write", "command", "The output cannot be written",
          "The folder does not exist, you may not write there, or the disk is full. A file that was there is left as "
          "it was."),
    Entry("file-exists", "command", "The file exists already",
          "`cnncalc new FILE` replaces nothing. Choose another name, or remove the file first."),
    Entry("system-error", "command", "The system refused",
          "The operating system could not give what the command needed, memory or processes for instance."),
    Entry("worker-ended", "command", "A helper process ended",
          "With `--jobs` several processes share the work, and one of them was ended from outside, mostly for want of "
          "memory."),
    # Python
    Entry("unsupported-type", "python", "A Python object that no file could hold",
          "`from_dict` takes what `json.load` returns: dicts, lists, texts, numbers, booleans and None."),
    Entry("key-not-text", "python", "A key that is no text",
          "The keys of a spec are names."),
    Entry("self-reference", "python", "Data that contains itself",
          "A dict or list that is inside of itself has no end."),
)  # fmt: skip

CATALOGUE: Final[dict[str, Entry]] = {entry.id: entry for entry in _ENTRIES}
"""Every diagnostic by its id."""
