// Light, dark or as the system says. The choice is kept in this browser; base.html applies it before the first paint.
const KEY = "lotse:theme";

function stored() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system";
  }
}

function choose(value) {
  if (value === "system") delete document.documentElement.dataset.kernTheme;
  else document.documentElement.dataset.kernTheme = value;
  try {
    if (value === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // A browser that keeps nothing still shows the choice on this page.
  }
}

export function theme() {
  const options = [...document.querySelectorAll("[data-theme-option]")];
  const show = (value) => {
    for (const option of options) option.setAttribute("aria-pressed", String(option.dataset.themeOption === value));
  };
  show(stored());
  for (const option of options) {
    option.addEventListener("click", () => {
      choose(option.dataset.themeOption);
      show(option.dataset.themeOption);
    });
  }
}
