// Steps against the clock. With a beginning each step gets its time of day; with the clock running, a bar says how long
// the step still has and when everything ends, and what comes later moves along. All of it stays in this browser.
const PREFIX = "lotse:clock:";
const MINUTE = 60_000;
const TICK_MS = 500;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key)) ?? {};
  } catch {
    return {};
  }
}

function write(key, state) {
  try {
    if (state.begin || state.at) localStorage.setItem(PREFIX + key, JSON.stringify(state));
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // Private windows may refuse; the clock then lasts as long as the page.
  }
}

const two = (number) => String(number).padStart(2, "0");
const timeOfDay = (moment) => `${two(moment.getHours())}:${two(moment.getMinutes())}`;

function today(words) {
  const [hours, minutes] = words.split(":").map(Number);
  return new Date(new Date().setHours(hours, minutes, 0, 0)).getTime();
}

function minutesAndSeconds(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

export function timing() {
  for (const guide of document.querySelectorAll("[data-ticks]")) {
    const bar = guide.querySelector("[data-clock]");
    if (bar) clock(guide, bar);
  }
}

function clock(guide, bar) {
  const key = guide.dataset.ticks;
  const state = read(key);
  const plan = guide.querySelector("[data-plan]");
  const begin = plan.querySelector("[data-plan-begin]");
  const start = plan.querySelector("[data-clock-start]");
  const part = (name) => bar.querySelector(`[data-clock-${name}]`);
  const steps = [...guide.querySelectorAll("[data-step]")].map((item) => ({
    item,
    box: item.querySelector("[data-tick]"),
    title: item.querySelector("h3").textContent,
    length: Number(item.dataset.step) * MINUTE,
    time: item.querySelector("[data-step-time]"),
  }));
  const open = () => steps.find((step) => !step.box.checked);
  const current = () => steps.find((step) => step.box.dataset.tick === state.at);
  let timer;
  let awake;
  let said;

  // When each step begins: from the running step on while the clock runs, else from the beginning.
  function schedule() {
    const running = current();
    let moment = running ? state.since : state.begin ? today(state.begin) : null;
    for (const step of running ? steps.slice(steps.indexOf(running)) : steps) {
      if (moment === null) {
        step.time.textContent = "";
        continue;
      }
      const end = moment + step.length;
      step.time.textContent = step.length
        ? `${timeOfDay(new Date(moment))}–${timeOfDay(new Date(end))}`
        : timeOfDay(new Date(moment));
      moment = end;
    }
    return moment;
  }

  function show() {
    const running = current();
    bar.hidden = !running;
    plan.hidden = Boolean(running); // a beginning that was planned says nothing while the clock runs
    for (const step of steps) step.item.toggleAttribute("data-now", step === running);
    const end = schedule();
    if (!running) return;
    const left = running.length - (Date.now() - state.since);
    const words = running.length ? (left > -1000 ? "left" : "over") : "since";
    bar.toggleAttribute("data-late", words === "over");
    part("title").textContent = `${steps.indexOf(running) + 1}. ${running.title}`;
    part("left").textContent = bar.dataset[words].replace("{time}", minutesAndSeconds(left));
    part("end").textContent = bar.dataset.end.replace("{time}", timeOfDay(new Date(Math.max(end, Date.now()))));
    if (words === "over" && said !== running) {
      said = running;
      part("status").textContent = bar.dataset.said.replace("{title}", running.title);
      navigator.vibrate?.(300);
    }
  }

  function go(step) {
    Object.assign(state, step ? { at: step.box.dataset.tick, since: Date.now() } : { at: null, since: null });
    write(key, state);
    clearInterval(timer);
    if (step) timer = setInterval(show, TICK_MS);
    stayAwake(Boolean(step));
    show();
  }

  // A phone on the table must not go dark. Where that is not allowed, the clock runs all the same.
  function stayAwake(wanted) {
    awake?.then((lock) => lock?.release());
    awake = wanted ? navigator.wakeLock?.request("screen").catch(() => null) : null;
  }

  begin.value = state.begin ?? "";
  begin.addEventListener("change", () => {
    state.begin = begin.value;
    write(key, state);
    show();
  });
  start.addEventListener("click", () => {
    go(open() ?? steps[0]);
    part("next").focus();
  });
  part("next").addEventListener("click", () => {
    const running = current();
    if (running.box.checked) go(open());
    else running.box.click();
    if (!current()) start.focus();
  });
  part("stop").addEventListener("click", () => {
    go(null);
    start.focus();
  });
  guide.addEventListener("change", ({ target }) => {
    if (current()?.box === target && target.checked) go(open());
  });
  if (current()) {
    timer = setInterval(show, TICK_MS);
    stayAwake(true);
  }
  show();
}
