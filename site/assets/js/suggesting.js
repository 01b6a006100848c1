// Suggestions while somebody types: the editable combobox with a listbox of the WAI-ARIA Authoring Practices Guide.
// The focus stays in the box; aria-activedescendant names the option that the arrow keys have reached.
const WAIT = 120; // ms without a key: a quick typist presses one every 100 to 200 ms, and each request counts
const ANNOUNCE = 600; // ms: the screen reader first says what was typed
const LEAST = 2; // letters or digits
const LONGEST = 200; // characters: the server suggests nothing beyond

export function suggesting() {
  for (const form of document.querySelectorAll("form[data-suggestions]")) combobox(form);
}

function combobox(form) {
  const input = form.querySelector("input[name=q]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  const answers = new Map();
  let shown = null; // the text that the options in the list belong to
  let active = null;
  let waiting = 0;
  let announcing = 0;
  let request = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  const options = () => [...list.querySelectorAll("[role=option]")];

  const reach = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    if (!active) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    active.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  };

  const announce = (text) => {
    clearTimeout(announcing);
    announcing = setTimeout(() => (status.textContent = text), text ? ANNOUNCE : 0);
  };

  const outdate = () => {
    clearTimeout(waiting);
    request?.abort();
    request = null;
  };

  const close = () => {
    outdate();
    reach(null);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    announce("");
  };

  const open = () => {
    if (!list.childElementCount) return false;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    return true;
  };

  const show = (typed, { found, said }) => {
    const wasOpen = !list.hidden;
    shown = typed;
    reach(null);
    list.replaceChildren(...found.map((option) => option.cloneNode(true)));
    if (document.activeElement !== input) return;
    if (open()) announce(said);
    else {
      close();
      if (wasOpen) announce(said);
    }
  };

  const ask = async (typed) => {
    outdate();
    const letters = typed.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
    if (letters < LEAST || typed.length > LONGEST) {
      list.replaceChildren();
      close();
      return;
    }
    if (answers.has(typed)) {
      show(typed, answers.get(typed));
      return;
    }
    const mine = (request = new AbortController());
    try {
      const response = await fetch(`${form.dataset.suggestions}?${new URLSearchParams({ q: typed })}`, {
        signal: mine.signal,
        credentials: "same-origin",
      });
      if (!response.ok) throw new Error(String(response.status));
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine.signal.aborted) return;
      const answer = {
        found: [...parsed.querySelectorAll("[role=option]")],
        said: parsed.querySelector("[role=status]")?.textContent ?? "",
      };
      answers.set(typed, answer);
      show(typed, answer);
    } catch {
      // Outdated, offline or refused: the box stays what it is without a script, a form.
      if (!mine.signal.aborted) close();
    }
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(input.value), WAIT);
  };

  // Whoever walks the list has chosen among these options: an answer that is still on its way would take them away.
  const move = (step) => {
    outdate();
    const all = options();
    const place = all.indexOf(active);
    const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step;
    reach(all[next]); // beyond the first or last one: back in the box
  };

  const choose = (option) => {
    const question = option.dataset.question;
    if (question === undefined) {
      location.assign(option.href);
    } else {
      input.value = question;
      form.requestSubmit();
    }
    close();
  };

  input.addEventListener("input", (event) => {
    reach(null);
    if (!event.isComposing) later();
  });
  input.addEventListener("compositionend", later);

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const isOpen = !list.hidden;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (event.altKey && event.key === "ArrowUp") {
          if (isOpen) close();
        } else if (isOpen || (input.value === shown && open())) {
          if (!event.altKey) move(event.key === "ArrowDown" ? 1 : -1);
        } else {
          ask(input.value);
        }
        event.preventDefault();
        break;
      case "Escape":
        if (!isOpen) return; // the browser empties a search field
        close();
        event.preventDefault();
        event.stopPropagation(); // the phone's menu stays as it is
        break;
      case "Enter":
        if (isOpen && active) {
          choose(active);
          event.preventDefault();
        }
        break;
      case "Home":
      case "End":
        if (!active) return;
        reach(null);
        input.setSelectionRange(...(event.key === "Home" ? [0, 0] : [input.value.length, input.value.length]));
        event.preventDefault();
        break;
      case "ArrowLeft":
      case "ArrowRight":
        reach(null);
        break;
      case "Tab":
        close();
        break;
    }
  });

  // The focus stays in the box while a mouse or finger is on the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(option);
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  form.addEventListener("submit", () => {
    close();
    // htmx leaves the page where it is: the keyboard of a phone would cover the answer.
    if (window.matchMedia("(pointer: coarse)").matches) input.blur();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) close();
  });
}
