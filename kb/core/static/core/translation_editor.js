// Two texts of wagtail-localize's editor are English whatever the language: its script does not ask its catalogue for
// them (1.14). They are replaced in what it has drawn, in place, so that it can go on drawing. Its headings leave out a
// rank, and the field for a file has no name: both are mended in the same place.
{
  const said = document.currentScript.dataset;
  // Before that script, which comes later in the page, waits for the same event.
  document.addEventListener("DOMContentLoaded", () => {
    const editor = document.querySelector(".js-translation-editor");
    if (!editor) return;
    Object.assign(window.django.catalog, JSON.parse(said.catalogue)); // German that says "Sie", as everywhere here
    const { sourceLocale, locale } = JSON.parse(editor.dataset.props);
    const from = sourceLocale.displayName;
    const to = locale.displayName;
    const texts = new Map([
      ["More actions", said.moreActions],
      [`${from} to ${to} translation`, said.translation.replace("{from}", from).replace("{to}", to)],
    ]);
    new MutationObserver(() => {
      for (const element of editor.querySelectorAll("section h3, .w-dropdown__toggle .w-sr-only")) {
        const text = element.firstChild;
        if (text && texts.has(text.data)) text.data = texts.get(text.data);
      }
      for (const heading of editor.querySelectorAll("section > :not(ul) > h3")) heading.ariaLevel = 2;
      const file = editor.querySelector("input[type=file]");
      if (file) file.ariaLabel = said.file;
    }).observe(editor, { childList: true, subtree: true });
  });
}
