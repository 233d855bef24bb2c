// Keys for who works here all day: J and K walk the list, other keys press the button
// that shows them. Typing in a field is never taken for a key.
const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  next.focus();
  next.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
  else document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
});

// The row that was opened is the current one, before its review has arrived.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  document.querySelectorAll("[data-row][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
  document.querySelector(".panes")?.classList.add("has-review");
});

// Choosing an order applies it; the button beside it is for pages without scripts.
document.addEventListener("change", (event) => {
  if (event.target.matches(".sorting select")) event.target.form.requestSubmit();
});
document.documentElement.classList.add("scripted");
