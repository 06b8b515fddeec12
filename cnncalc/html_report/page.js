"use strict";

/* Links the picture of a net with its table and opens the formulas of a layer.
   Without it the page still shows totals, picture, table and plots. */

/** How much smaller than drawn a picture may be. */
const SMALLEST = 0.75;
const SVG = "http://www.w3.org/2000/svg";

/** Makes an element; texts become text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The explanations of a net, as `formulas.py` writes them. */
class Explanations {
  constructor(data, level) {
    this.data = data;
    this.heading = `h${level + 1}`;
    this.subheading = `h${level + 2}`;
  }

  text(number) {
    return this.data.texts[number];
  }

  section(number) {
    const [title, parts, difference] = this.data.sections[number];
    const made = element("section", {}, element(this.heading, {}, this.text(title)));
    for (const part of parts) made.append(...this.part(part));
    if (difference !== null) {
      made.append(element("p", { class: "difference" }, element("b", {}, "Why they differ: "), this.text(difference)));
    }
    return made;
  }

  part([title, lines, given, remarks]) {
    const made = [];
    if (this.text(title)) made.push(element(this.subheading, {}, this.text(title)));
    for (const line of lines) {
      const steps = line.map((step) => this.text(step));
      const value = steps.pop();
      const formula = steps.length ? steps.join(" = ") + " = " : "";
      made.push(element("p", { class: "formula" }, formula, element("b", {}, value)));
    }
    if (given.length) made.push(this.symbols(given));
    for (const remark of remarks) made.push(element("p", { class: "remark" }, this.text(remark)));
    return made;
  }

  symbols(given) {
    const list = element("dl");
    for (const entry of given) {
      const [symbol, value, derivation, origin] = entry.map((number) => this.text(number));
      const equation = [symbol, value, derivation].filter((text) => text !== "").join(" = ");
      list.append(element("dt", {}, equation), element("dd", {}, origin));
    }
    return list;
  }

  counts(number) {
    const rows = this.data.counters.map(([name, calls], index) =>
      element("tr", {}, element("th", { scope: "row" }, name),
        element("td", { class: "right" }, this.data.counts[number][index]), element("td", {}, calls)));
    const head = element("tr", {}, ...["Profiler", "counts", "and calls them"].map((text) =>
      element("th", { scope: "col" }, text)));
    return element("section", { class: "counts" }, element(this.heading, {}, "What profilers count"),
      element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
  }

  layer(number) {
    const layer = this.data.layers[number];
    const reads = layer.reads.map(([name, shape]) => `${this.text(name)}: ${this.text(shape)}`);
    const where = layer.within.map((link) => element("p", { class: "remark" }, this.text(link)));
    if (reads.length) where.push(element("p", {}, `It reads ${reads.join(", ")}.`));
    const made = element("div", { class: "explanation" }, ...where);
    const sections = element("div", { class: "sections" }, ...layer.sections.map((section) => this.section(section)));
    if ("counts" in layer) sections.append(this.counts(layer.counts));
    made.append(sections);
    return made;
  }
}

/** The input, and the box in it that the middle of a layer's output sees. */
class FieldPicture {
  constructor(figure) {
    this.svg = figure.querySelector("svg");
    this.caption = figure.querySelector("figcaption");
    this.nothing = this.caption.textContent;
  }

  show(name, layer) {
    this.svg.replaceChildren();
    if (!layer || !layer.input) {
      this.caption.textContent = name ? `${name} has no receptive field in the input.` : this.nothing;
      return;
    }
    const [height, width] = FieldPicture.plane(layer.input, 1);
    const boxes = [["exact", FieldPicture.plane(layer.sees, [0, 0])]];
    if (layer.notes) boxes.push(["notes", FieldPicture.plane(FieldPicture.around(layer.sees, layer.notes), [0, 0])]);
    const ends = [[0, height - 1], [0, width - 1]].map((end, axis) => [
      Math.min(end[0], ...boxes.map(([, box]) => box[axis][0])),
      Math.max(end[1], ...boxes.map(([, box]) => box[axis][1])),
    ]);
    const sizes = ends.map(([first, last]) => last - first + 1);
    const margin = Math.max(...sizes) * 0.03;
    this.svg.setAttribute("viewBox",
      [ends[1][0] - margin, ends[0][0] - margin, sizes[1] + 2 * margin, sizes[0] + 2 * margin].join(" "));
    this.rectangle("input", [[0, height - 1], [0, width - 1]]);
    for (const [convention, box] of boxes) this.rectangle(convention, box);
    this.caption.textContent = FieldPicture.words(name, layer);
  }

  /** The last two axes of a value per axis; a single axis lies along the width. */
  static plane(axes, missing) {
    return axes.length > 1 ? axes.slice(-2) : [missing, axes[0]];
  }

  /** A box of the sizes that the notes give, around the same middle. */
  static around(sees, sizes) {
    return sees.map(([first, last], axis) => {
      const begin = Math.round((first + last + 1 - sizes[axis]) / 2);
      return [begin, begin + sizes[axis] - 1];
    });
  }

  static words(name, layer) {
    const size = (box) => box.map(([first, last]) => last - first + 1).join("x");
    const inside = layer.sees.map(([first, last], axis) =>
      [Math.max(first, 0), Math.min(last, layer.input[axis] - 1)]);
    const place = layer.at.length ? ` at position ${layer.at.join(",")}` : "";
    const cut = size(inside) === size(layer.sees) ? "" : `, ${size(inside)} of it inside`;
    const notes = layer.notes ? `; notes: ${layer.notes.join("x")}` : "";
    return `${name}${place} sees ${size(layer.sees)} of ${layer.input.join("x")}${cut}${notes}.`;
  }

  rectangle(name, [[top, bottom], [left, right]]) {
    const made = document.createElementNS(SVG, "rect");
    const place = { class: name, x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    for (const [key, value] of Object.entries(place)) made.setAttribute(key, value);
    this.svg.append(made);
  }
}

/** The tree of rows: which of them are shown, in which order, and which one is chosen. */
class LayerTable {
  constructor(net, table, explanations) {
    this.net = net;
    this.body = table.tBodies[0];
    this.headings = [...table.tHead.rows[0].cells];
    this.explanations = explanations;
    this.rows = [...this.body.rows];
    this.byName = new Map(this.rows.map((row) => [row.dataset.layer, row]));
    this.parents = this.findParents();
    this.details = new Map();
    this.sorted = null;
    this.wanted = "";
    this.current = this.rows[0];
    this.openAll(!net.article.classList.contains("large"));
    this.listen();
  }

  isBlock(row) {
    return row.classList.contains("block");
  }

  isOpen(row) {
    return row.getAttribute("aria-expanded") === "true";
  }

  findParents() {
    const parents = new Map();
    const around = [];
    for (const row of this.rows) {
      around.length = row.getAttribute("aria-level") - 1;
      parents.set(row, around.at(-1));
      around.push(row);
    }
    return parents;
  }

  listen() {
    this.headings.forEach((heading, column) =>
      heading.querySelector("button").addEventListener("click", () => this.sort(column)));
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr[data-layer]");
      if (!row || String(getSelection())) return;
      this.net.choose(row.dataset.layer, "table");
      this.toggle(row);
    });
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("focusin", (event) => {
      const row = event.target.closest("tr[data-layer]");
      if (row) this.net.point(row.dataset.layer);
    });
  }

  key(event) {
    const row = event.target;
    if (!this.parents.has(row)) return;
    const shown = this.rows.filter((other) => !other.hidden);
    const move = (to) => this.focus(to ?? row);
    const keys = {
      ArrowDown: () => move(this.next(row, 1)),
      ArrowUp: () => move(this.next(row, -1)),
      Home: () => move(this.order()[0]),
      End: () => move(this.order().at(-1)),
      ArrowRight: () => this.isOpen(row) ? move(this.next(row, 1)) : this.setOpen(row, true),
      ArrowLeft: () => this.isOpen(row) ? this.setOpen(row, false) : move(this.shownParent(row, shown)),
      Enter: () => { this.net.choose(row.dataset.layer, "table"); this.toggle(row); },
      " ": () => { this.net.choose(row.dataset.layer, "table"); this.toggle(row); },
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
    if (this.isBlock(row)) this.show();
  }

  /** The rows that are shown, from top to bottom. */
  order() {
    return [...this.body.rows].filter((row) => this.parents.has(row) && !row.hidden);
  }

  next(row, step) {
    const order = this.order();
    return order[order.indexOf(row) + step];
  }

  shownParent(row, shown) {
    const parent = this.parents.get(row);
    return shown.includes(parent) ? parent : undefined;
  }

  focus(row) {
    this.setCurrent(row);
    row.focus();
  }

  /** Makes a row the one that Tab goes to. */
  setCurrent(row) {
    this.current.tabIndex = -1;
    this.current = row;
    row.tabIndex = 0;
  }

  toggle(row) {
    this.setCurrent(row);
    this.setOpen(row, !this.isOpen(row));
    this.show();
  }

  /** Opens or closes a block, or a layer's explanation. */
  setOpen(row, open) {
    if (!row.hasAttribute("aria-expanded")) return;
    row.setAttribute("aria-expanded", open);
    if (this.isBlock(row)) return;
    if (open && !this.details.has(row)) {
      const cell = element("td", { colspan: this.headings.length }, this.explanations.layer(row.dataset.last));
      const details = element("tr", { class: "details", "aria-level": Number(row.getAttribute("aria-level")) + 1 }, cell);
      this.details.set(row, details);
      row.after(details);
    }
    const details = this.details.get(row);
    if (details) details.hidden = !open || row.hidden;
  }

  openAll(open) {
    for (const row of this.rows) if (this.isBlock(row)) this.setOpen(row, open);
    this.show();
  }

  /** Opens what is around a row, and drops a filter that hides it. */
  reveal(row) {
    if (this.wanted && !this.matches(row)) this.net.clearFilter();
    for (let around = this.parents.get(row); around; around = this.parents.get(around)) this.setOpen(around, true);
    if (this.isBlock(row) && this.sorted) this.sort(null);
    this.show();
  }

  matches(row) {
    return row.dataset.layer.toLowerCase().includes(this.wanted) ||
      row.cells[0].querySelector(".kind").textContent.toLowerCase().includes(this.wanted);
  }

  filter(text) {
    this.wanted = text.trim().toLowerCase();
    return this.show();
  }

  /** Hides and shows rows; returns how many layers there are to see if all blocks were open. */
  show() {
    const found = new Set();
    let layers = 0;
    for (const row of this.rows) {
      if (!this.wanted || this.matches(row)) {
        layers += this.isBlock(row) ? 0 : 1;
        for (let each = row; each; each = this.parents.get(each)) found.add(each);
      }
    }
    for (const row of this.rows) {
      const parent = this.parents.get(row);
      const isUnfolded = !parent || (!parent.hidden && this.isOpen(parent));
      row.hidden = this.sorted !== null
        ? this.isBlock(row) || !found.has(row)
        : !(this.wanted ? found.has(row) : isUnfolded);
      const details = this.details.get(row);
      if (details) details.hidden = row.hidden || !this.isOpen(row);
    }
    if (this.current.hidden) this.setCurrent(this.order()[0] ?? this.rows[0]);
    else this.current.tabIndex = 0;
    return layers;
  }

  /** Sorts the layers by a column: up, down, and then in the order of the net again. */
  sort(column) {
    const before = column === null ? "none" : this.headings[column].getAttribute("aria-sort");
    const after = column === null ? "none" : { none: "descending", descending: "ascending", ascending: "none" }[before];
    for (const heading of this.headings) heading.setAttribute("aria-sort", "none");
    if (column !== null) this.headings[column].setAttribute("aria-sort", after);
    this.sorted = after === "none" ? null : column;
    let rows = this.rows;
    if (this.sorted !== null) {
      const sign = after === "ascending" ? 1 : -1;
      const keys = new Map(rows.map((row) => [row, LayerTable.key(row.cells[column], column)]));
      rows = [...rows].sort((one, other) => LayerTable.compare(keys.get(one), keys.get(other), sign));
    }
    for (const row of rows) {
      this.body.append(row);
      if (this.details.has(row)) this.body.append(this.details.get(row));
    }
    this.show();
  }

  /** What a cell is sorted by: a name, or the product of the numbers in it; null for what is not counted. */
  static key(cell, column) {
    if (!cell) return null;
    if (column === 0) return cell.textContent;
    const numbers = cell.textContent.replaceAll(",\u200b", "").replace(/(\d),(?=\d{3})/g, "$1").match(/\d+/g);
    return numbers ? numbers.reduce((product, number) => product * Number(number), 1) : null;
  }

  static compare(one, other, sign) {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (one < other ? -1 : one > other ? 1 : 0);
  }
}

/** One net of the page: its table, its pictures and its receptive fields. */
class Net {
  constructor(article) {
    this.article = article;
    const data = JSON.parse(article.querySelector("script[type='application/json']").textContent);
    this.explanations = new Explanations(data, Number(article.dataset.level));
    this.fields = new FieldPicture(article.querySelector(".field"));
    this.filterField = article.querySelector("input[type='search']");
    this.count = article.querySelector("output");
    this.table = new LayerTable(this, article.querySelector("table.layers"), this.explanations);
    this.picture = article.querySelector(".picture");
    this.fitPicture();
    this.boxes = this.findBoxes();
    this.chosen = null;
    const totals = article.querySelector(".totals-explained");
    if (totals) totals.append(...data.totals.map((section) => this.explanations.section(section)));
    this.listen();
  }

  static nameOf(target) {
    return target.dataset.layer ?? target.dataset.block;
  }

  /** Makes a picture that is too wide smaller, as long as its texts can be read. */
  fitPicture() {
    const svg = this.picture.querySelector("svg");
    const width = Number(svg.getAttribute("width"));
    svg.style.width = `${Math.max(Math.min(width, this.picture.clientWidth), width * SMALLEST)}px`;
    this.picture.scrollLeft = (this.picture.scrollWidth - this.picture.clientWidth) / 2;
  }

  findBoxes() {
    const boxes = new Map();
    for (const box of this.article.querySelectorAll("svg [data-layer], svg [data-block]")) {
      const names = box.dataset.copies ? box.dataset.copies.split("\n") : [box.dataset.layer ?? box.dataset.block];
      for (const name of names) boxes.set(name, [...(boxes.get(name) ?? []), box]);
    }
    return boxes;
  }

  listen() {
    this.filterField.addEventListener("input", () => this.filter());
    for (const button of this.article.querySelectorAll("button[data-open]")) {
      button.addEventListener("click", () => this.table.openAll(button.dataset.open === "true"));
    }
    this.article.addEventListener("pointerover", (event) => {
      const target = event.target.closest("[data-layer], [data-block]");
      this.point(target ? Net.nameOf(target) : this.chosen);
    });
    this.article.addEventListener("click", (event) => {
      const box = event.target.closest("svg [data-layer], svg [data-block]");
      if (box) this.choose(Net.nameOf(box), "picture");
    });
    this.listenToKeys(this.picture);
  }

  /** Tab goes to one box of the picture, arrows to the next, Enter chooses. */
  listenToKeys(picture) {
    picture.querySelector("svg").setAttribute("role", "group"); // not an image: its boxes are buttons
    const boxes = [...picture.querySelectorAll("[data-layer]")];
    for (const box of boxes) {
      box.setAttribute("tabindex", box === boxes[0] ? 0 : -1);
      box.setAttribute("role", "button");
      box.addEventListener("focus", () => this.point(box.dataset.layer));
    }
    picture.addEventListener("keydown", (event) => {
      const box = event.target.closest("[data-layer]");
      if (!box) return;
      const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
      const other = boxes[boxes.indexOf(box) + (steps[event.key] ?? 0)];
      if (event.key in steps && other) {
        box.setAttribute("tabindex", -1);
        other.setAttribute("tabindex", 0);
        other.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        this.choose(box.dataset.layer, "picture");
      } else {
        return;
      }
      event.preventDefault();
    });
  }

  filter() {
    const layers = this.table.filter(this.filterField.value);
    this.count.textContent = this.table.wanted ? `${layers} layers` : "";
  }

  clearFilter() {
    this.filterField.value = "";
    this.filter();
  }

  /** The boxes of a layer and the frame of a block, or what the picture shows of the nearest block around it. */
  boxesOf(name) {
    for (let part = name; part; part = part.slice(0, Math.max(part.lastIndexOf("/"), 0))) {
      if (this.boxes.has(part)) return this.boxes.get(part);
      const inside = [...this.boxes.keys()].filter((other) => other.startsWith(`${part}/`));
      if (inside.length) return inside.flatMap((other) => this.boxes.get(other));
    }
    return [];
  }

  /** Marks a layer in pictures and table, and shows what it sees. */
  point(name) {
    for (const marked of this.article.querySelectorAll(".pointed")) marked.classList.remove("pointed");
    if (name === null || name === undefined) {
      this.fields.show(null, null);
      return;
    }
    const row = this.table.byName.get(name);
    for (const one of [row, ...this.boxesOf(name)]) if (one) one.classList.add("pointed");
    this.fields.show(name, row ? this.explanations.data.layers[row.dataset.last] : null);
  }

  /** Chooses a layer: its row and box are marked, and where the choice did not come from is scrolled to. */
  choose(name, from) {
    const row = this.table.byName.get(name);
    if (!row) return;
    for (const marked of this.article.querySelectorAll(".chosen")) marked.classList.remove("chosen");
    const boxes = this.boxesOf(name);
    for (const one of [row, ...boxes]) one.classList.add("chosen");
    this.chosen = name;
    this.point(name);
    if (from === "picture") {
      this.table.reveal(row);
      this.table.setOpen(row, true);
      this.table.show();
      this.table.setCurrent(row);
      row.scrollIntoView({ block: "nearest" });
      this.table.details.get(row)?.scrollIntoView({ block: "nearest" });
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.scrollPicture(boxes[0]);
    }
  }

  /** Scrolls the picture, and not the page, so that a box is in its middle. */
  scrollPicture(box) {
    if (!box || !this.picture.contains(box)) return;
    const [inner, outer] = [box.getBoundingClientRect(), this.picture.getBoundingClientRect()];
    this.picture.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
    this.picture.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }

  /** Opens every block and every explanation for paper, and remembers what was open. */
  openForPrint() {
    this.before = this.table.rows.map((row) => row.getAttribute("aria-expanded"));
    for (const details of this.article.querySelectorAll("details")) details.open = true;
    this.clearFilter();
    for (const row of this.table.rows) this.table.setOpen(row, true);
    this.table.show();
  }

  closeAfterPrint() {
    this.table.rows.forEach((row, index) => this.table.setOpen(row, this.before[index] === "true"));
    this.table.show();
  }
}

const nets = [...document.querySelectorAll("article.net")].map((article) => new Net(article));
addEventListener("beforeprint", () => nets.forEach((net) => net.openForPrint()));
addEventListener("afterprint", () => nets.forEach((net) => net.closeAfterPrint()));
document.documentElement.classList.add("ready");
