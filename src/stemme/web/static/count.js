// A count, step by step: the numbers are those of the table below, which is always there.
"use strict";

{
  const place = document.getElementById("count");
  const table = place && document.getElementById(place.dataset.table);
  if (table) {
    const buys = table.id === "bought";
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const figure = (cell) => cell.querySelector("bdi[dir]");
    const text = (cell) => figure(cell)?.textContent ?? "";
    // Digits are Latin everywhere; spaces part thousands, comma or point the decimals.
    const number = (cell) => Number(text(cell).replace(/[^\d.,]/g, "").replace(",", ".")) || 0;
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const last = (buys ? rows : heads).length - 1;
    const cells = rows.map((row) => (buys ? [row.cells[2]] : [...row.cells].slice(1)));
    const most = Math.max(1, ...cells.flat().map(number));

    const make = (name, from, classes = "") => {
      const made = document.createElement(name);
      made.className = classes;
      from.append(made);
      return made;
    };
    const top = make("div", place, "top");
    const said = make("p", top, "said");
    said.setAttribute("aria-live", "polite");
    const buttons = make("div", top, "buttons");
    const list = make("table", place, "bars");
    list.setAttribute("aria-hidden", "true");
    const body = make("tbody", list);
    const lines = rows.map((row) => {
      const line = make("tr", body);
      const head = make("th", line);
      head.append(row.cells[0].firstChild.cloneNode(true));
      head.insertAdjacentHTML("beforeend", '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none"><rect class="track" width="100" height="10"/><rect height="10"/></svg>');
      return { line, bar: head.lastChild.lastChild, value: make("td", line) };
    });

    let at = -1;
    let timer = 0;
    const show = () => {
      lines.forEach(({ line, bar, value }, index) => {
        const cell = cells[index][buys ? 0 : at];
        const there = buys ? index <= at : text(cell) !== "";
        const width = there ? (number(cell) / most) * 100 : 0;
        // As a property it moves; where a browser does not know that, the attribute stands.
        bar.setAttribute("width", width);
        bar.style.width = `${width}px`;
        bar.setAttribute("class", buys || cell.className === "in" ? "" : cell.className === "out" ? "low" : "rest");
        line.className = there ? "" : "gone";
        value.replaceChildren(there ? figure(cell).cloneNode(true) : "–");
      });
      if (buys) said.replaceChildren(rows[at].cells[0].firstChild.cloneNode(true), ` · ${heads[2].textContent}: `, figure(rows[at].cells[3]).cloneNode(true));
      else said.textContent = heads[at].dataset.said;
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = place.dataset.play;
    };
    const go = (to) => {
      at = Math.min(last, Math.max(0, to));
      list.hidden = back.hidden = on.hidden = false;
      for (const [one, ended] of [[back, at === 0], [on, at === last]]) {
        one.ariaDisabled = ended;
        one.dataset.variant = ended ? "tertiary" : "secondary";
      }
      show();
      if (at === last) stop();
    };
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
      go(at === last ? 0 : at + 1);
      if (at === last) return;
      play.textContent = place.dataset.pause;
      timer = setInterval(() => go(at + 1), still.matches ? 3500 : 2000);
    });
    const back = button(place.dataset.back, () => { stop(); go(at - 1); });
    const on = button(place.dataset.on, () => { stop(); go(at + 1); });
    list.hidden = back.hidden = on.hidden = true;
    place.classList.toggle("many", rows.length > 12);
    place.hidden = false;
  }
}
