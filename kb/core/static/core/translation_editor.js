// Two texts of wagtail-localize's editor are English whatever the language: its script does not ask its catalogue for
// them (1.14). They are replaced in what it has drawn, in place, so that it can go on drawing.
{
  const said = document.currentScript.dataset;
  // Before that script, which comes later in the page, waits for the same event.
  document.addEventListener("DOMContentLoaded", () => {
    const editor = document.querySelector(".js-translation-editor");
    if (!editor) return;
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
    }).observe(editor, { childList: true, subtree: true });
  });
}
