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
      const keys = new Map(rows.map((row) => [row, LayerTable.sortKey(row.cells[column], column)]));
      rows = [...rows].sort((one, other) => LayerTable.compareKeys(keys.get(one), keys.get(other), sign));
    }
    for (const row of rows) {
      this.body.append(row);
      if (this.details.has(row)) this.body.append(this.details.get(row));
    }
    this.show();
  }

  /** What a cell is sorted by: a name, or the product of the numbers in it; null for what is not counted. */
  static sortKey(cell, column) {
    if (!cell) return null;
    if (column === 0) return cell.textContent;
    const numbers = cell.textContent.replace(/(\d),(?=\d{3})/g, "$1").match(/\d+/g);
    return numbers ? numbers.reduce((product, number) => product * Number(number), 1) : null;
  }

  static compareKeys(one, other, sign) {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (one < other ? -1 : one > other ? 1 : 0);
  }
}
