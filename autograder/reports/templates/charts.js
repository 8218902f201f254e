// Draws the heat map of submissions and test cases, and makes its cells and the points of the scatter plot tell what they are.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const WORDS = { p: "passed", s: "failed, with a share of the points", f: "failed", e: "could not be judged", "-": "not asked" };
  const NAME = 0, LINK = 1, VERDICTS = 2, TOTAL = 3, X = 4, Y = 5, ACCURACY = 6, SECONDS = 7, BY_HAND = 8;
  const QUESTION = 0, CASE = 1, HIDDEN = 3, HEADER = 20;

  function tell(place, row, text) {
    const link = document.createElement(row[LINK] ? "a" : "span");
    link.textContent = row[NAME];
    if (row[LINK]) link.href = row[LINK];
    place.replaceChildren(link, ` ${text}`);
  }

  function follow(row) {
    if (row[LINK]) location.href = row[LINK];
  }

  // What somebody gave for a row's cell, whatever the test said, in words; empty for nothing.
  function byHand(row, column) {
    const set = row[BY_HAND].find(([at]) => at === column);
    return set ? `; by hand: ${+set[1].toFixed(2)} points${set[2] ? " for the question" : ""}` : "";
  }

  function heatMap(frame) {
    const canvas = frame.querySelector("canvas"), spacer = canvas.parentElement, told = document.getElementById("heat-told");
    const order = document.getElementById("heat-order"), cases = data.cases;
    let rows = data.rows, at = null, height = 0, width = 0, printed = false;

    const orders = {
      total: (a, b) => (b[TOTAL] ?? -1) - (a[TOTAL] ?? -1),
      name: (a, b) => (a[NAME] < b[NAME] ? -1 : 1),
      failed: (a, b) => count(b) - count(a),
    };
    const counts = new Map(data.rows.map((row) => [row, [...row[VERDICTS]].filter((v) => v !== "p" && v !== "-").length]));
    const count = (row) => counts.get(row);

    function measure() {
      height = rows.length <= 40 ? 14 : rows.length <= 150 ? 8 : rows.length <= 500 ? 5 : 3;
      if (printed) height = Math.max(0.3, Math.min(height, 880 / rows.length));
      width = Math.max(7, Math.floor(frame.clientWidth / cases.length));
      const whole = HEADER + rows.length * height;
      spacer.style.width = `${width * cases.length}px`;
      spacer.style.height = `${whole}px`;
      frame.style.height = `${Math.min(whole, printed ? 900 : 480) + 4}px`;
    }

    function draw() {
      const style = getComputedStyle(frame), colour = (name) => style.getPropertyValue(`--${name}`);
      const scale = devicePixelRatio || 1, wide = width * cases.length, high = frame.clientHeight;
      canvas.width = wide * scale;
      canvas.height = high * scale;
      canvas.style.width = `${wide}px`;
      canvas.style.height = `${high}px`;
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale);
      const first = Math.max(0, Math.floor(frame.scrollTop / height)), gap = height > 4 ? 1 : 0;
      const last = Math.min(rows.length, Math.ceil((frame.scrollTop + high - HEADER) / height) + 1);
      const top = (index) => HEADER + index * height - frame.scrollTop;
      // How far a mark reaches tells the verdicts apart without their colours.
      const marks = { p: ["heat-passed", 0, 1], s: ["heat-share", 0, 0.6], f: ["heat-failed", 0, 0.3], e: ["heat-errored", 0.55, 0.3] };
      for (const [verdict, [name, from, share]] of Object.entries(marks)) {
        pen.fillStyle = colour(name);
        for (let index = first; index < last; index++) {
          const verdicts = rows[index][VERDICTS], y = top(index);
          for (let column = 0; column < cases.length; column++) {
            if (verdicts[column] === verdict) {
              pen.fillRect(column * width + from * (width - 1), y, Math.max(2, share * (width - 1)), height - gap);
            }
          }
        }
      }
      // An edge on the right, whatever the verdict: the test said that, and somebody something else.
      pen.fillStyle = colour("ink");
      for (let index = first; index < last; index++) {
        for (const [column] of rows[index][BY_HAND]) pen.fillRect((column + 1) * width - 4, top(index), 3, height - gap);
      }
      pen.fillStyle = colour("paper");
      pen.fillRect(0, 0, wide, HEADER);
      pen.font = "11px system-ui, sans-serif";
      let begin = 0;
      for (let column = 1; column <= cases.length; column++) {
        if (column < cases.length && cases[column][QUESTION] === cases[begin][QUESTION]) continue;
        pen.fillStyle = colour("soft");
        pen.fillRect(begin * width, 0, 1, high);
        pen.save();
        pen.beginPath();
        pen.rect(begin * width, 0, (column - begin) * width - 2, HEADER);
        pen.clip();
        pen.fillText(cases[begin][QUESTION], begin * width + 3, 13);
        pen.restore();
        begin = column;
      }
      if (at !== null) {
        pen.strokeStyle = colour("ink");
        pen.lineWidth = 2;
        pen.strokeRect(at[1] * width - 1, top(at[0]) - 1, width + 1, height + 1);
      }
    }

    function point(row, column) {
      if (!rows.length || !cases.length) return;
      at = [Math.max(0, Math.min(rows.length - 1, row)), Math.max(0, Math.min(cases.length - 1, column))];
      const [index, chosen] = at, one = rows[index], test = cases[chosen];
      const kind = test[HIDDEN] ? "hidden" : "public", total = one[TOTAL] === null ? "" : `, ${+one[TOTAL].toFixed(2)} points`;
      tell(told, one, `(${index + 1} of ${rows.length}${total}): ${test[QUESTION]} / ${test[CASE]} (${kind}) ${WORDS[one[VERDICTS][chosen]]}${byHand(one, chosen)}`);
      draw();
    }

    function over(event) {
      const box = canvas.getBoundingClientRect(), y = event.clientY - box.top - HEADER;
      const row = Math.floor((y + frame.scrollTop) / height), column = Math.floor((event.clientX - box.left) / width);
      return y >= 0 && row < rows.length && column < cases.length ? [row, column] : null;
    }

    frame.addEventListener("mousemove", (event) => { const found = over(event); if (found) point(...found); });
    frame.addEventListener("click", (event) => { const found = over(event); if (found) follow(rows[found[0]]); });
    frame.addEventListener("scroll", draw);
    frame.addEventListener("keydown", (event) => {
      const [row, column] = at ?? [0, 0], page = Math.max(1, Math.floor((frame.clientHeight - HEADER) / height) - 1);
      const next = {
        ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
        PageUp: [row - page, column], PageDown: [row + page, column], Home: [row, 0], End: [row, cases.length - 1],
      }[event.key];
      if (event.key === "Enter" && at) follow(rows[at[0]]);
      if (!next) return;
      event.preventDefault();
      at === null ? point(0, 0) : point(...next);
      const y = at[0] * height, view = frame.clientHeight - HEADER - height;
      if (y < frame.scrollTop) frame.scrollTop = y;
      if (y > frame.scrollTop + view) frame.scrollTop = y - view;
    });
    order.addEventListener("change", () => { rows = [...data.rows].sort(orders[order.value]); at = null; draw(); });
    addEventListener("resize", () => { measure(); draw(); });
    addEventListener("beforeprint", () => { printed = true; measure(); draw(); });
    addEventListener("afterprint", () => { printed = false; measure(); draw(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    rows = [...data.rows].sort(orders.total);
    measure();
    draw();

    const text = document.getElementById("heat-text");
    text.addEventListener("toggle", () => {
      const body = text.querySelector("tbody");
      if (!text.open) return;
      body.replaceChildren(...rows.slice(0, 200).map((row) => {
        const line = document.createElement("tr"), name = document.createElement("td"), rest = document.createElement("td");
        const all = cases.map((test, column) => [test, row[VERDICTS][column], byHand(row, column)]);
        const met = all.filter(([, v, hand]) => hand || (v !== "p" && v !== "-"));
        name.className = "name";
        tell(name, row, "");
        rest.textContent = met.map(([test, v, hand]) => `${test[QUESTION]}/${test[CASE]}${v === "f" && !hand ? "" : ` (${WORDS[v]}${hand})`}`).join(", ") || "nothing";
        line.append(name, rest);
        return line;
      }));
    });
  }

  function scatter(frame) {
    const svg = frame.querySelector("svg"), told = document.getElementById("scatter-told"), mark = svg.querySelector(".here");
    const points = data.rows.filter((row) => row[X] !== null).sort((a, b) => a[ACCURACY] - b[ACCURACY]);
    let at = null;
    function choose(index) {
      at = Math.max(0, Math.min(points.length - 1, index));
      const row = points[at];
      mark.setAttribute("cx", row[X]);
      mark.setAttribute("cy", row[Y]);
      mark.removeAttribute("visibility");
      tell(told, row, `${+row[ACCURACY].toFixed(2)} % in ${+row[SECONDS].toFixed(2)} s (${at + 1} of ${points.length} by accuracy)`);
    }
    function nearest(event) {
      const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
      const x = (event.clientX - box.left) / box.width * view.width, y = (event.clientY - box.top) / box.height * view.height;
      let best = null, least = 400;
      points.forEach((row, index) => {
        const away = (row[X] - x) ** 2 + (row[Y] - y) ** 2;
        if (away < least) [best, least] = [index, away];
      });
      return best;
    }
    frame.addEventListener("mousemove", (event) => { const found = nearest(event); if (found !== null) choose(found); });
    frame.addEventListener("click", (event) => { const found = nearest(event); if (found !== null) follow(points[found]); });
    frame.addEventListener("keydown", (event) => {
      const next = { ArrowLeft: (at ?? 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: points.length - 1 }[event.key];
      if (event.key === "Enter" && at !== null) follow(points[at]);
      if (next === undefined) return;
      event.preventDefault();
      choose(next);
    });
  }

  const map = document.getElementById("heat-frame"), runs = document.getElementById("scatter-frame");
  if (map) heatMap(map);
  if (runs) scatter(runs);
})();
