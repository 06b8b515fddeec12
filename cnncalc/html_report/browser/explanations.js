"use strict";

/* Links the picture of a net with its table and opens the formulas of a layer.
   Without it the page still shows totals, picture, table and plots.
   This file is followed by field.js, table.js and net.js. */

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
