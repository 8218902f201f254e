// Sorts tables by the heading that is pressed, and searches, filters and pages the long ones: with DataTables if the page has it.
"use strict";
const LIMIT = 50;

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.order ?? cell.textContent.trim();
}

function compare(x, y, sign) {
  if (x === "" || y === "") return (x === "") - (y === "");  // nothing to say comes last, whichever way
  return sign * (isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y);
}

function makeSortable(table) {
  for (const button of table.querySelectorAll("th button")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const head = button.parentElement, body = table.tBodies[0];
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => valueOf(row, head.cellIndex), sign = down ? -1 : 1;
      body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b), sign)));
      table.dispatchEvent(new Event("sorted"));
    });
  }
}

// What is searched in a row: all that it shows, and what its cells hold for searching only.
const texts = new WeakMap();
function textOf(row) {
  if (!texts.has(row)) {
    const parts = [...row.cells].map((cell) => cell.textContent + " " + (cell.dataset.search ?? ""));
    texts.set(row, parts.join(" ").toLowerCase());
  }
  return texts.get(row);
}

function makeFilter(controls) {
  const field = (name) => controls.querySelector(`[name="${name}"]`);
  return (row) => {
    const status = field("status").value, mistake = field("mistake")?.value ?? "";
    return (status === "" || row.dataset.status === status)
      && (mistake === "" || row.dataset.mistakes.split("\n").includes(mistake))
      && (!field("noted").checked || row.dataset.noted === "yes")
      && field("search").value.toLowerCase().split(/\s+/).every((word) => textOf(row).includes(word));
  };
}

// The rows stay what they are and are asked only for what is needed: of thousands, those of one page and of one sorted column.
function withLibrary(table, controls, wanted) {
  for (const button of table.querySelectorAll("th button")) button.replaceWith(button.textContent);
  const rows = [...table.tBodies[0].rows];
  table.tBodies[0].replaceChildren();
  const copied = (cell, column, row) => {
    const source = row.cells[column];
    cell.className = source.className;
    cell.title = source.title;
    cell.append(...source.cloneNode(true).childNodes);
  };
  Object.assign(jQuery.fn.dataTable.ext.type.order, {
    "ours-asc": (x, y) => compare(x, y, 1), "ours-desc": (x, y) => compare(x, y, -1),
  });
  const columns = [...table.tHead.rows[0].cells].map((head, column) => ({
    data: null, searchable: false, type: "ours", orderSequence: ["asc", "desc"],
    render: (data, type, row) => (type === "display" ? "" : valueOf(row, column)),
    createdCell: (cell, value, row) => copied(cell, column, row),
  }));
  const pager = jQuery(table).DataTable({
    data: rows, columns, autoWidth: false, orderClasses: false, order: [], pageLength: LIMIT, deferRender: true,
    lengthMenu: [LIMIT, 200, { label: "all", value: -1 }],
    layout: { topStart: null, topEnd: null, bottomStart: "info", bottom: "pageLength", bottomEnd: "paging" },
    language: { lengthMenu: "_MENU_ on a page", emptyTable: "No submissions", zeroRecords: "Nothing matches" },
  });
  pager.search.fixed("wanted", (text, row) => wanted(row));
  controls.addEventListener("input", () => pager.draw());
  let length = LIMIT;
  addEventListener("beforeprint", () => { length = pager.page.len(); pager.page.len(-1).draw(); });
  addEventListener("afterprint", () => pager.page.len(length).draw());
}

function byItself(table, controls, wanted) {
  const rows = [...table.tBodies[0].rows];
  const told = document.createElement("p"), words = document.createElement("span"), more = document.createElement("button");
  told.className = "soft";
  more.type = "button";
  more.textContent = "Show all";
  told.append(words, " ", more);
  told.setAttribute("role", "status");
  table.parentElement.after(told);
  let limit = LIMIT;
  const show = () => {
    let found = 0;
    for (const row of table.tBodies[0].rows) row.hidden = !(wanted(row) && ++found <= limit);
    const shown = Math.min(found, limit);
    words.textContent = `Showing ${shown} of ${found}${found < rows.length ? `, found among ${rows.length}` : ""}.`;
    more.hidden = found <= limit;
  };
  more.addEventListener("click", () => { limit = Infinity; show(); });
  controls.addEventListener("input", show);
  table.addEventListener("sorted", show);
  addEventListener("beforeprint", () => { const before = limit; limit = Infinity; show(); limit = before; });
  addEventListener("afterprint", show);
  makeSortable(table);
  show();
}

for (const table of document.querySelectorAll("table:not(.paged)")) makeSortable(table);
for (const table of document.querySelectorAll("table.paged")) {
  const controls = document.getElementById("filters"), wanted = makeFilter(controls);
  controls.hidden = false;
  table.classList.add("live");
  (window.jQuery?.fn.DataTable ? withLibrary : byItself)(table, controls, wanted);
  for (const button of document.querySelectorAll("button[data-mistake]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      controls.querySelector('[name="mistake"]').value = button.dataset.mistake;
      controls.dispatchEvent(new Event("input"));
      controls.scrollIntoView();
      controls.querySelector('[name="mistake"]').focus();
    });
  }
}
