// An original beside its translation: the sentence under the pointer, or the one that the arrow
// keys have come to, is lit on both sides. The n-th of one is the n-th of the other.
const sides = (beside) =>
  [".original", ".translated"].map((side) => [...beside.querySelectorAll(`${side} .segment`)]);

function light(segment) {
  document.querySelectorAll(".segment.lit").forEach((lit) => lit.classList.remove("lit"));
  const beside = segment?.closest(".beside");
  if (!beside) return;
  const [originals, translations] = sides(beside);
  const place = Math.max(originals.indexOf(segment), translations.indexOf(segment));
  // A translation of an earlier text does not match.
  if (originals.length !== translations.length) return;
  for (const one of [originals[place], translations[place]]) one?.classList.add("lit");
}

document.addEventListener("pointerover", (event) => light(event.target.closest?.(".segment")));
document.addEventListener("focusin", (event) => light(event.target.closest?.(".segment")));

// One stop for the Tab key; from there the arrow keys go from sentence to sentence.
function makeReachable() {
  document.querySelectorAll(".beside").forEach((beside) => {
    const [originals, translations] = sides(beside);
    if (originals.length !== translations.length || originals.some((segment) => segment.tabIndex === 0)) return;
    originals.forEach((segment, place) => {
      segment.tabIndex = place ? -1 : 0;
      translations[place].id ||= `translated-${place}`;
      segment.setAttribute("aria-describedby", translations[place].id);
    });
  });
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const segment = event.target.closest?.(".original .segment");
  if (!step || !segment || event.ctrlKey || event.metaKey || event.altKey) return;
  const [originals] = sides(segment.closest(".beside"));
  const next = originals[originals.indexOf(segment) + step];
  if (!next) return;
  event.preventDefault();
  segment.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

makeReachable();
new MutationObserver(makeReachable).observe(document.body, { childList: true, subtree: true });
