// Paper is white: a dark theme is set aside while the page is printed, and folded parts open.
export function printing() {
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
  let theme;
  let opened = [];
  window.addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.kernTheme;
    document.documentElement.dataset.kernTheme = "light";
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    if (theme) document.documentElement.dataset.kernTheme = theme;
    else delete document.documentElement.dataset.kernTheme;
    for (const details of opened) details.open = false;
  });
}
