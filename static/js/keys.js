// Keys for who works here all day: J and K walk the list, other keys press the button
// that shows them. Typing in a field is never taken for a key.
const typing = (element) =>
  element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => rows().findIndex((row) => row.getAttribute("aria-current") === "true");

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const next = all[Math.min(Math.max(current() + step, 0), all.length - 1)];
  next.focus();
  next.click();
}

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  o: () => walk(0),
  t: () => document.querySelector("#review .translated button")?.click(),
  x: () => rows()[Math.max(current(), 0)]?.closest("li").querySelector("[data-select]")?.click(),
  "/": () => document.querySelector("#id_words, #id_q")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  // Within an open sheet, letters belong to it.
  if (event.target.closest("[popover]") && event.key !== "?") return;
  const key = event.key.toLowerCase();
  const field = document.querySelector(`[data-focus-key="${CSS.escape(key)}"]`);
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!KEYS[key] && !field && !button) return;
  event.preventDefault();
  // Before the focus, and the selection with it, goes elsewhere.
  takeSelection();
  if (KEYS[key]) KEYS[key]();
  else if (field) field.focus();
  else button.click();
});

// The row that was opened is the current one, before its review has arrived.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  document
    .querySelectorAll("[data-row][aria-current]")
    .forEach((other) => other.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
  document.querySelector(".panes")?.classList.add("has-review");
});

// The row of the review that is shown, however it came there, is the current one.
function markCurrent() {
  const shown = document.getElementById("review")?.dataset.pk;
  if (!shown) return;
  rows().forEach((row) => {
    const here = row.dataset.row === shown;
    if (here) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}
const panes = document.querySelector(".panes");
if (panes) new MutationObserver(markCurrent).observe(panes, { childList: true });

// What is marked in the original goes into the fields that take a passage.
function takeSelection() {
  const selection = document.getSelection();
  const original = document.getElementById("original");
  const passage = selection.toString().trim();
  if (!passage || !original?.contains(selection.anchorNode)) return;
  document.querySelectorAll("[data-takes-selection]").forEach((field) => {
    field.value = passage;
  });
}
document.addEventListener("selectionchange", takeSelection);

// What is sent from the pane swaps it, and takes the field that had the focus with it. The pane
// itself has it then, before and after: keys go on working.
document.addEventListener("submit", (event) => {
  if (event.target.closest("#review")) {
    document.getElementById("review").focus({ preventScroll: true });
  }
});

// Choosing an order applies it; the button beside it is for pages without scripts.
document.addEventListener("change", (event) => {
  if (event.target.matches(".sorting select")) event.target.form.requestSubmit();
});
document.documentElement.classList.add("scripted");
