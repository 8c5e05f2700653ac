// Niceties for browsers that run scripts; every page is complete without them.
"use strict";

// A form goes once: a second tap while the first is under way is not a second answer.
const sent = new WeakSet();
addEventListener("submit", (event) => {
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
  setTimeout(() => sent.delete(event.target), 8000);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sent.delete(form);
});

// "None of these" and the other boxes of a question rule each other out.
addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || !target.checked || !target.form) return;
  for (const other of target.form.elements) {
    if (other === target || other.type !== "checkbox" || other.name !== target.name) continue;
    if (target.hasAttribute("data-exclusive") || other.hasAttribute("data-exclusive")) other.checked = false;
  }
});

// The browser's Back shows a survey page as it was; what was answered since lies here, sealed so that
// nobody can read it, and goes along with the next step. The receipt clears it away.
addEventListener("pageshow", () => {
  const form = document.getElementById("survey");
  try {
    if (document.querySelector("[data-forget]")) sessionStorage.removeItem("survey");
    if (!form?.dataset.run) return;
    const { run, step } = form.dataset;
    const { state, newest } = form.elements;
    const kept = JSON.parse(sessionStorage.getItem("survey") ?? "{}");
    if (kept.run !== run || kept.step <= +step) {
      sessionStorage.setItem("survey", JSON.stringify({ run, step: +step, state: state.value }));
    } else {
      newest.value = kept.state;
    }
  } catch {
    // Storage is switched off: then Back shows what it shows, as without script.
  }
});

// What must be put right is read first.
document.querySelector("[data-focus]")?.focus();

// The list of languages closes when the reader goes elsewhere.
const languages = document.querySelector(".languages");
addEventListener("click", ({ target }) => {
  if (languages?.open && !languages.contains(target)) languages.open = false;
});
addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !languages?.open) return;
  languages.open = false;
  languages.firstElementChild.focus();
});
