// htmx on the search page. Set before it starts: no inline styles and no eval (the site's content security policy
// forbids both), and no copy of answers in the browser's storage: going back asks the server again.
export function asking() {
  if (!window.htmx) return;
  Object.assign(window.htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    selfRequestsOnly: true,
    // "Please wait" is shown where the answer would stand; other errors leave the page as it is.
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..|429|503", swap: true },
      { code: "...", swap: false, error: true },
    ],
  });
}
