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

// `order` is given the value of a row in the chosen column, and 1 or -1; by default it moves the rows that there are.
function makeSortable(table, order) {
  const body = table.tBodies[0];
  order ??= (key, sign) => body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b), sign)));
  for (const button of table.querySelectorAll("th button")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const head = button.parentElement, down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      order((row) => valueOf(row, head.cellIndex), down ? -1 : 1);
    });
  }
}

// The rows of the long table, which wait as text: a browser that had to make elements of thousands would take long to show one.
// They are made of it when they are asked for, and by and by while there is nothing else to do.
function waitingRows(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("<tr ")), made = [], holder = document.createElement("template");
  const row = (at) => {
    if (!made[at]) {
      const begin = at - at % LIMIT;
      holder.innerHTML = lines.slice(begin, begin + LIMIT).join("");
      [...holder.content.children].forEach((one, offset) => { made[begin + offset] = one; });
    }
    return made[at];
  };
  let next = 0;
  const ahead = (left) => {
    for (; next < lines.length && left.timeRemaining() > 5; next += LIMIT) row(next);
    if (next < lines.length) requestIdleCallback(ahead);
  };
  addEventListener("load", () => setTimeout(() => requestIdleCallback(ahead), 500));
  return { count: lines.length, row };
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

// What the controls ask for now, as a test of rows; null if they ask for nothing.
function makeFilter(controls) {
  const field = (name) => controls.querySelector(`[name="${name}"]`);
  return () => {
    const status = field("status").value, mistake = field("mistake")?.value ?? "", noted = field("noted").checked;
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!status && !mistake && !noted && !words.length) return null;
    return (row) => (status === "" || row.dataset.status === status)
      && (mistake === "" || row.dataset.mistakes.split("\t").includes(mistake))
      && (!noted || row.dataset.noted === "yes")
      && words.every((word) => textOf(row).includes(word));
  };
}

// Rows are asked only for what is needed: of thousands, those of one page and of one sorted column.
function withLibrary(table, controls, filter, rows) {
  for (const button of table.querySelectorAll("th button")) button.replaceWith(button.textContent);
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
    render: (data, type, one) => (type === "display" ? "" : valueOf(rows.row(one.at), column)),
    createdCell: (cell, value, one) => copied(cell, column, rows.row(one.at)),
  }));
  const pager = jQuery(table).DataTable({
    data: Array.from({ length: rows.count }, (_, at) => ({ at })), columns, autoWidth: false, orderClasses: false, order: [], pageLength: LIMIT, deferRender: true,
    lengthMenu: [LIMIT, 200, { label: "all", value: -1 }],
    layout: { topStart: null, topEnd: null, bottomStart: "info", bottom: "pageLength", bottomEnd: "paging" },
    language: { lengthMenu: "_MENU_ on a page", emptyTable: "No submissions", zeroRecords: "Nothing matches" },
  });
  let wanted = null;
  pager.search.fixed("wanted", (text, one) => !wanted || wanted(rows.row(one.at)));
  controls.addEventListener("input", () => { wanted = filter(); pager.draw(); });
  let length = LIMIT;
  addEventListener("beforeprint", () => { length = pager.page.len(); pager.page.len(-1).draw(); });
  addEventListener("afterprint", () => pager.page.len(length).draw());
}

function byItself(table, controls, filter, rows) {
  const told = document.createElement("p"), words = document.createElement("span"), more = document.createElement("button");
  told.className = "soft";
  more.type = "button";
  more.textContent = "Show all";
  told.append(words, " ", more);
  told.setAttribute("role", "status");
  table.parentElement.after(told);
  let limit = LIMIT, order = Array.from({ length: rows.count }, (_, at) => at);
  const show = () => {
    const wanted = filter(), found = wanted ? order.filter((at) => wanted(rows.row(at))) : order;
    table.tBodies[0].replaceChildren(...found.slice(0, limit).map(rows.row));
    const shown = Math.min(found.length, limit);
    words.textContent = `Showing ${shown} of ${found.length}${found.length < rows.count ? `, found among ${rows.count}` : ""}.`;
    more.hidden = found.length <= limit;
  };
  more.addEventListener("click", () => { limit = Infinity; show(); });
  controls.addEventListener("input", show);
  addEventListener("beforeprint", () => { const before = limit; limit = Infinity; show(); limit = before; });
  addEventListener("afterprint", show);
  makeSortable(table, (key, sign) => {
    const keys = order.map((at) => key(rows.row(at)));
    order = order.map((at, place) => [at, keys[place]]).sort((a, b) => compare(a[1], b[1], sign)).map(([at]) => at);
    show();
  });
  show();
}

for (const table of document.querySelectorAll("table")) if (!table.closest(".paged")) makeSortable(table);
for (const table of document.querySelectorAll(".paged table")) {
  const controls = document.getElementById("filters"), filter = makeFilter(controls);
  const rows = waitingRows(document.getElementById("rows").textContent);
  controls.hidden = false;
  (window.jQuery?.fn.DataTable ? withLibrary : byItself)(table, controls, filter, rows);
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
