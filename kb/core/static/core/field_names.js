// Wagtail's rich text, and the one field of a simple block, stand below a heading that is not tied to them (8.0): who
// listens to the form hears no name. Blocks are added while one writes, so the form is watched. Most screens have two
// searches, of the admin and of a list: the second takes the name of its page.
{
  const NAMELESS = "[role=textbox][contenteditable], input:not([type=hidden]), select, textarea";
  const HEADING = ":scope > label, :scope > .w-panel__header [data-panel-heading-text]";

  const name = (field) => {
    if (field.labels?.length || field.matches("[aria-label], [aria-labelledby]")) return;
    for (let around = field; around && !around.matches("form"); around = around.parentElement) {
      const heading = around.querySelector(HEADING);
      if (heading) return field.setAttribute("aria-label", heading.textContent.replace("*", "").trim());
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const title = document.querySelector("main h1")?.textContent.trim();
    for (const search of document.querySelectorAll("main [role=search]:not([aria-label])")) search.ariaLabel = title ?? null;
    const form = document.querySelector("form[data-edit-form]");
    if (!form) return;
    const all = () => form.querySelectorAll(NAMELESS).forEach(name);
    let waiting = 0;
    new MutationObserver(() => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(all);
    }).observe(form, { childList: true, subtree: true });
    all();
  });
}
