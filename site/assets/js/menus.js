// The header's menu folds on a phone; every open menu closes with Escape, a click beside it, or when the focus leaves it.
export function menus() {
  const toggle = document.querySelector("[data-menu-toggle]");
  const header = toggle?.closest("header");
  const set = (open) => {
    toggle.setAttribute("aria-expanded", String(open));
    header.classList.toggle("is-open", open);
  };
  toggle?.addEventListener("click", () => set(!header.classList.contains("is-open")));

  const open = () => document.querySelector("details[data-menu][open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const details = open();
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    } else if (header?.classList.contains("is-open")) {
      set(false);
      toggle.focus();
    }
  });
  for (const left of ["click", "focusin"]) {
    document.addEventListener(left, (event) => {
      const details = open();
      if (details && !details.contains(event.target)) details.open = false;
    });
  }
}
