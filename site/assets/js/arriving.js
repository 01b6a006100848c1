// A link to a passage moves the focus there, so that a screen reader goes on reading where the eyes are, and the next
// Tab starts there too. What cannot be focused can be for as long as it is.
export function arriving() {
  const arrive = () => {
    // A browser without text directives (kb/ask/passage_links.py) takes them for a part of the anchor's name.
    const [anchor, directive] = location.hash.split(":~:");
    if (directive !== undefined) {
      location.replace(anchor || "#main");
      return;
    }
    const target = anchor.length > 1 && document.getElementById(decodeURIComponent(anchor.slice(1)));
    if (!target || !target.closest("main")) return;
    const lent = target.tabIndex < 0 && !target.hasAttribute("tabindex");
    if (lent) target.setAttribute("tabindex", "-1");
    target.classList.add("arrived");
    const leave = () => {
      target.classList.remove("arrived");
      if (lent) target.removeAttribute("tabindex");
    };
    target.addEventListener("blur", leave, { once: true });
    target.focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", arrive);
  if (location.hash) arrive();
}
