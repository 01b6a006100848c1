// "Was this helpful?" answered in its place. Without a script the same forms lead to a page of their own.
export function helpful() {
  document.addEventListener("submit", (event) => {
    const place = event.target.closest("[data-helpful]");
    if (!place) return;
    event.preventDefault();
    answer(place, event.target, event.submitter);
  });
}

async function answer(place, form, button) {
  const said = new FormData(form, button);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: said,
      headers: { "X-Lotse-Fragment": "1" },
    });
    // 422: the form again, with its errors in place. 429: too much from this connection, said in words.
    if (!response.ok && ![422, 429].includes(response.status)) throw new Error(String(response.status));
    const next = document.createRange().createContextualFragment(await response.text());
    place.replaceWith(next);
    document.querySelector("[data-helpful] [tabindex]")?.focus();
  } catch {
    // The plain way shows what is the matter. The pressed button counts there too.
    if (button?.name) {
      const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
      form.append(pressed);
    }
    form.submit();
  }
}
