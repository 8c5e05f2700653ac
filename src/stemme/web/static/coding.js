// Coding by keyboard: a number ticks its theme, Enter saves, H skips, U undoes. The form works without.
"use strict";

addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (target.matches("textarea, select, a, button, summary, input:not([type=checkbox])")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return;
  event.preventDefault();
  control.click();
});
