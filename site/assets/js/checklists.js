// Ticks of a guide (preparation, materials, steps). They stay in this browser, under the guide's own key, by the
// stable id of the block, so that an edited guide keeps the ticks of the lines that stayed.
const PREFIX = "lotse:ticks:";

function read(key) {
  try {
    return new Set(JSON.parse(localStorage.getItem(PREFIX + key) ?? "[]"));
  } catch {
    return new Set();
  }
}

function write(key, ticks) {
  try {
    if (ticks.size) localStorage.setItem(PREFIX + key, JSON.stringify([...ticks]));
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // Private windows may refuse; the ticks then last as long as the page.
  }
}

export function checklists() {
  for (const guide of document.querySelectorAll("[data-ticks]")) {
    const key = guide.dataset.ticks;
    const ticks = read(key);
    const boxes = [...guide.querySelectorAll("input[data-tick]")];
    const notes = [...guide.querySelectorAll("[data-tick-note]")];

    const count = () => {
      for (const note of notes) {
        const own = boxes.filter((box) => box.closest("[data-tick-group]") === note.closest("[data-tick-group]"));
        const done = own.filter((box) => box.checked).length;
        note.querySelector("[data-tick-count]").textContent = note.dataset.tickNote
          .replace("{done}", done)
          .replace("{all}", own.length);
        note.querySelector("[data-tick-reset]").hidden = done === 0;
      }
    };

    for (const box of boxes) {
      box.checked = ticks.has(box.dataset.tick);
      box.addEventListener("change", () => {
        if (box.checked) ticks.add(box.dataset.tick);
        else ticks.delete(box.dataset.tick);
        write(key, ticks);
        count();
      });
    }
    for (const note of notes) {
      const group = note.closest("[data-tick-group]");
      note.querySelector("[data-tick-reset]").addEventListener("click", () => {
        for (const box of boxes) {
          if (box.closest("[data-tick-group]") !== group) continue;
          box.checked = false;
          ticks.delete(box.dataset.tick);
        }
        write(key, ticks);
        count();
        boxes.find((box) => box.closest("[data-tick-group]") === group)?.focus();
      });
    }
    count();
  }
}
