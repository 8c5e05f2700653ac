// A count, step by step: the numbers are those of the table below, which is always there.
"use strict";

{
  const place = document.getElementById("count");
  const table = place && document.getElementById(place.dataset.table);
  if (table) {
    const buys = table.id === "bought";
    const SVG = "http://www.w3.org/2000/svg";
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const text = (cell) => cell.querySelector("bdi[dir]")?.textContent ?? "";
    // Digits are Latin everywhere; spaces part thousands, comma or point the decimals.
    const number = (cell) => Number(text(cell).replace(/[^\d.,]/g, "").replace(",", ".")) || 0;
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const frames = buys ? rows.length : heads.length;
    const cellOf = (row, at) => row.cells[buys ? 2 : at + 1];
    const most = Math.max(1, ...rows.flatMap((row) =>
      buys ? [number(row.cells[2])] : [...row.cells].slice(1).map(number)));

    const make = (name, from, classes = "") => {
      const made = document.createElement(name);
      made.className = classes;
      from.append(made);
      return made;
    };
    const said = make("p", place, "said");
    said.setAttribute("aria-live", "polite");
    const list = make("table", place, "bars");
    list.setAttribute("aria-hidden", "true");
    const body = make("tbody", list);
    const lines = rows.map((row) => {
      const line = make("tr", body);
      const head = make("th", line);
      head.append(row.cells[0].firstChild.cloneNode(true));
      const drawn = document.createElementNS(SVG, "svg");
      drawn.setAttribute("class", "bar");
      drawn.setAttribute("viewBox", "0 0 100 10");
      drawn.setAttribute("preserveAspectRatio", "none");
      const [track, bar] = ["track", ""].map((kind) => {
        const rect = document.createElementNS(SVG, "rect");
        rect.setAttribute("class", kind);
        rect.setAttribute("height", 10);
        rect.setAttribute("width", kind ? 100 : 0);
        drawn.append(rect);
        return rect;
      });
      head.append(drawn);
      return { line, bar, value: make("td", line), row };
    });

    let at = 0;
    let timer = 0;
    const show = () => {
      lines.forEach(({ line, bar, value, row }, index) => {
        const cell = cellOf(row, at);
        const there = buys ? index <= at : text(cell) !== "";
        // As a property it moves; where a browser does not know that, the attribute stands.
        const width = there ? (number(cell) / most) * 100 : 0;
        bar.setAttribute("width", width);
        bar.style.width = `${width}px`;
        bar.setAttribute("class", !buys && cell.className === "out" ? "low" : buys || cell.className === "in" ? "" : "rest");
        line.className = there ? "" : "gone";
        value.replaceChildren(there ? text(cell) : "–");
      });
      said.textContent = buys
        ? `${rows[at].cells[0].textContent} · ${heads[2].textContent}: ${text(rows[at].cells[3])}`
        : heads[at].dataset.said;
      back.disabled = at === 0;
      on.disabled = at === frames - 1;
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = place.dataset.play;
    };
    const go = (to) => {
      at = Math.min(frames - 1, Math.max(0, to));
      show();
      if (at === frames - 1) stop();
    };
    const buttons = make("div", place, "buttons");
    const button = (label, act) => {
      const made = make("button", buttons, "ds-button");
      made.type = "button";
      made.dataset.variant = "secondary";
      made.textContent = label;
      made.addEventListener("click", act);
      return made;
    };
    const play = button(place.dataset.play, () => {
      if (timer) return stop();
      if (at === frames - 1) go(0);
      play.textContent = place.dataset.pause;
      timer = setInterval(() => go(at + 1), still.matches ? 3000 : 1800);
    });
    const back = button(place.dataset.back, () => { stop(); go(at - 1); });
    const on = button(place.dataset.on, () => { stop(); go(at + 1); });
    show();
    place.hidden = false;
  }
}
