// Fills the blanks of a letter on this screen. Nothing typed here is sent, stored or kept: the fields have no name and stand in
// no form, and they are emptied when the page is left.
(() => {
  "use strict";
  const panel = document.getElementById("names");
  if (!panel) return;
  const fields = [...panel.querySelectorAll("[data-fills]")];
  const blanks = [...document.querySelectorAll("[data-blank]")].map((el) => ({ el, name: el.dataset.blank, words: el.textContent }));
  const fill = (field) => {
    const typed = field.value.trim();
    for (const b of blanks) {
      if (b.name !== field.dataset.fills) continue;
      b.el.textContent = typed || b.words;
      b.el.classList.toggle("is-filled", typed !== "");
    }
  };
  const empty = () => { for (const f of fields) { f.value = ""; fill(f); } };
  for (const f of fields) f.addEventListener("input", () => fill(f));
  document.getElementById("clear-names").addEventListener("click", () => { empty(); fields[0]?.focus(); });
  document.getElementById("print-letter").addEventListener("click", () => window.print());
  window.addEventListener("pagehide", empty);
  window.addEventListener("pageshow", (e) => { if (e.persisted) empty(); });
  empty(); // what a browser put back by itself
  panel.hidden = false;
})();
