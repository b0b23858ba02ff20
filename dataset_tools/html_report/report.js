
"use strict";
// Reading needs none of this: it adds sorting, filtering and folding to what is there.

const numberOf = (text) => {
  const plain = text.replace(/[,%\s]/g, "");
  return plain !== "" && !Number.isNaN(Number(plain)) ? Number(plain) : null;
};

const compare = (a, b) => {
  const [first, second] = [numberOf(a), numberOf(b)];
  return first !== null && second !== null ? first - second : a.localeCompare(b);
};

const sortBy = (table, column, descending) => {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, key: row.cells[column].textContent.trim() }));
  rows.sort((a, b) => (descending ? compare(b.key, a.key) : compare(a.key, b.key)));
  body.append(...rows.map(({ row }) => row));
};

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const numbers = head.classList.contains("n");
      const descending = before === "none" ? numbers : before === "ascending";
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortBy(table, column, descending);
    });
  });
}

let fields = 0;

const tools = (before) => {
  const box = document.createElement("div");
  box.className = "tools";
  before.before(box);
  return box;
};

const addFilter = (box, items, what) => {
  const [label, input, said] = ["label", "input", "output"].map((name) => document.createElement(name));
  fields += 1;
  input.type = "search";
  input.id = `filter-${fields}`;
  label.htmlFor = input.id;
  label.textContent = `Filter: ${what}`;
  said.htmlFor.add(input.id);
  box.append(label, input, said);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase().normalize();
    let shown = 0;
    for (const item of items) {
      item.hidden = !item.textContent.toLowerCase().normalize().includes(wanted);
      shown += item.hidden ? 0 : 1;
    }
    said.textContent = wanted === "" ? "" : `${shown} of ${items.length}`;
  });
};

for (const table of document.querySelectorAll("table.filterable")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length > 3) addFilter(tools(table.parentElement), rows, table.caption.textContent.trim().toLowerCase());
}

const addFolding = (box, folds) => {
  for (const [text, open] of [["Open all", true], ["Fold all", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => folds.forEach((fold) => { fold.open = open; }));
    box.append(button);
  }
};

for (const group of document.querySelectorAll(".foldable")) {
  const pairs = [...group.querySelectorAll("details.pair")];
  const box = tools(group);
  addFolding(box, pairs);
  addFilter(box, pairs, "pairs");
}

const openTarget = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();

// What is folded is printed too, and folded again after that.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => folded.forEach((fold) => { fold.open = false; }));
