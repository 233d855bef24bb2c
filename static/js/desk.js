// The answer's editor: how long it is, templates by "/", suggestions, sending by keyboard.
const editor = () => document.querySelector("#id_body[data-templates]");
const list = () => document.getElementById("templates");

function count() {
  const field = editor();
  const counter = document.querySelector("[data-counter]");
  if (!field || !counter) return;
  // Characters as people count them, not code units.
  const length = [...field.value].length;
  counter.textContent = length;
  counter.closest("p").classList.toggle("over", length > Number(field.dataset.limit));
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// What stands between the last "/" at the beginning of a word and the caret, null without one.
function asked(field) {
  const before = field.value.slice(0, field.selectionStart);
  return before.match(/(?:^|\s)\/([^\s/]*)$/)?.[1] ?? null;
}

const options = () => [...(list()?.querySelectorAll("[role=option]:not([hidden])") ?? [])];

function choose(option) {
  list()
    .querySelectorAll("[role=option]")
    .forEach((other) => other.setAttribute("aria-selected", other === option));
  option?.scrollIntoView({ block: "nearest" });
}

function offer(field) {
  const words = asked(field);
  const box = list();
  if (!box) return;
  if (words === null || !box.children.length) {
    box.hidden = true;
    return;
  }
  for (const option of box.querySelectorAll("[role=option]")) {
    option.hidden = !option.textContent.toLowerCase().includes(words.toLowerCase());
  }
  box.hidden = !options().length;
  choose(options()[0]);
}

// An empty editor, or one with nothing but greeting and signature, is replaced as a whole.
function put(field, text, { template = "", language = "" } = {}) {
  const words = asked(field);
  const end = field.selectionStart;
  const start = words === null ? end : end - words.length - 1;
  const rest = (field.value.slice(0, start) + field.value.slice(end)).trim();
  const isFrame = rest === "" || rest === (field.dataset.frame ?? field.defaultValue).trim();
  if (isFrame && !field.dataset.typed) field.setRangeText(text, 0, field.value.length, "end");
  else field.setRangeText(text, start, end, "end");
  if (template) field.form.elements.template.value = template;
  // It is written in the language of what was put in.
  const spoken = field.form.elements.language;
  if (spoken && [...spoken.options].some((each) => each.value === language)) {
    spoken.value = language;
    translates();
  }
  if (list()) list().hidden = true;
  field.focus();
  changed(field);
}

document.addEventListener("input", (event) => {
  if (event.target !== editor()) return;
  count();
  offer(event.target);
  // Words of one's own are never written over; a lone "/…" is none.
  const own = event.target.value.replace(/(^|\s)\/\S*/g, "").trim();
  if (own !== event.target.defaultValue.trim()) event.target.dataset.typed = "1";
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (field !== editor()) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.querySelector("[data-send]").click();
    return;
  }
  const box = list();
  if (!box || box.hidden) return;
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) choose(all[(at + moves[event.key] + all.length) % all.length]);
  else if (event.key === "Enter" || event.key === "Tab") all[at].click();
  else if (event.key === "Escape") box.hidden = true;
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const field = editor();
  const option = event.target.closest("#templates [role=option]");
  const suggestion = event.target.closest("[data-insert]");
  if (field && option) put(field, option.dataset.text, option.dataset);
  else if (field && suggestion) put(field, suggestion.dataset.insert, suggestion.dataset);
});

// Who writes in the reviewer's language has nothing to translate.
function translates() {
  const spoken = document.getElementById("id_language");
  const draft = document.getElementById("draft");
  if (spoken && draft) draft.hidden = spoken.value === draft.dataset.language;
  // Spelling is checked in the language that is written.
  if (spoken && editor()) editor().lang = spoken.value;
}
document.addEventListener("change", (event) => {
  if (event.target.id === "id_language") translates();
});
const detail = document.querySelector(".panes");
if (detail) new MutationObserver(translates).observe(detail, { childList: true, subtree: true });
translates();

document.addEventListener("focusin", count);
