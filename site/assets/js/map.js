// Draws the map of clusters, topics and bridges. The table below it says the same; this file is loaded with it only.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const SVG = "http://www.w3.org/2000/svg";
// Radius, size of the label, and characters after which a line breaks.
const SHAPES = {
  cluster: { radius: 26, size: 17, line: 18 },
  topic: { radius: 6, size: 12, line: 16 },
  "bridge-active": { radius: 15, size: 14, line: 20 },
  "bridge-completed": { radius: 15, size: 14, line: 20 },
};
const TICKS = 320;
const AT_ONCE = 20; // so that the page answers its reader in between
const SMALLEST = 0.8; // of its own size: 12 px of a label are never shown in less than 9.6
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

async function draw(figure) {
  const { nodes, links } = JSON.parse(document.getElementById(figure.dataset.map).textContent);
  if (!nodes.length) return;
  for (const node of nodes) Object.assign(node, SHAPES[node.kind], { lines: broken(node.label, SHAPES[node.kind].line) });
  const edges = links.map(([source, target]) => ({ source, target }));
  await layOut(nodes, edges);

  const svg = element("svg", { role: "group", "aria-label": figure.closest("main").querySelector("h1").textContent.trim() });
  const frame = box(nodes);
  svg.setAttribute("viewBox", frame.join(" "));
  svg.style.minWidth = `${Math.round(frame[2] * SMALLEST)}px`;
  if (!figure.classList.contains("map--small")) svg.style.minHeight = `${Math.round(frame[3] * SMALLEST)}px`;
  for (const { source, target } of edges) {
    const kind = source.kind === "cluster" ? "topic" : "bridge";
    svg.append(element("line", { x1: source.x, y1: source.y, x2: target.x, y2: target.y, class: `map__line map__line--${kind}` }));
  }
  for (const node of nodes) svg.append((node.element = drawn(node)));
  const canvas = figure.querySelector(".map__canvas");
  canvas.replaceChildren(svg);
  figure.querySelector(".map__hint").hidden = canvas.scrollWidth <= canvas.clientWidth;
  canvas.scrollTo((canvas.scrollWidth - canvas.clientWidth) / 2, (canvas.scrollHeight - canvas.clientHeight) / 2);
  walk(svg, nodes);
  for (const button of figure.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => save(svg, button.dataset.export, figure.dataset.file));
  }
}

// The same data always gives the same map: d3-force begins with a fixed spiral and its own random numbers.
async function layOut(nodes, edges) {
  const simulation = forceSimulation(nodes)
    .force("link", forceLink(edges).id((node) => node.id).distance(({ source }) => (source.kind === "cluster" ? 90 : 190)).strength(0.6))
    .force("charge", forceManyBody().strength((node) => (node.kind === "topic" ? -120 : -900)))
    .force("collide", forceCollide((node) => room(node)).strength(0.9).iterations(2))
    .force("x", forceX().strength(0.05))
    .force("y", forceY().strength(0.07))
    .stop();
  for (let done = 0; done < TICKS; done += AT_ONCE) {
    simulation.tick(AT_ONCE);
    await new Promise((goOn) => setTimeout(goOn));
  }
}

function room(node) {
  const wide = Math.max(...node.lines.map((line) => line.length)) * node.size * 0.27;
  return Math.max(node.radius + node.size * (0.6 * node.lines.length), wide) + 4;
}

function broken(label, longest) {
  const lines = [];
  for (const word of label.split(/\s+/)) {
    const last = lines.length - 1;
    if (last >= 0 && `${lines[last]} ${word}`.length <= longest) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

function box(nodes) {
  const left = Math.min(...nodes.map((node) => node.x - room(node)));
  const top = Math.min(...nodes.map((node) => node.y - room(node)));
  const right = Math.max(...nodes.map((node) => node.x + room(node)));
  const bottom = Math.max(...nodes.map((node) => node.y + room(node) + node.size));
  return [left, top, right - left, bottom - top].map((figure) => Math.round(figure));
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, typeof value === "number" ? Math.round(value * 10) / 10 : value);
  }
  return made;
}

function drawn(node) {
  const link = element("a", { href: node.url, class: `map__node map__node--${node.kind}`, tabindex: "-1", "aria-label": `${node.label}, ${node.said}` });
  const { x, y, radius, size } = node;
  link.append(
    node.kind.startsWith("bridge")
      ? element("rect", { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, rx: 3 })
      : element("circle", { cx: x, cy: y, r: radius }),
  );
  const text = element("text", { x, y: y + radius + size, "text-anchor": "middle", "font-size": size, lang: node.lang });
  node.lines.forEach((line, number) => {
    const span = element("tspan", { x, dy: number ? size * 1.15 : 0 });
    span.textContent = `${line} `; // the space keeps the lines apart for who listens
    text.append(span);
  });
  link.append(text);
  return link;
}

// One stop of the tab key; the arrow keys go to the nearest node in their direction.
function walk(svg, nodes) {
  let here = nodes[0];
  here.element.setAttribute("tabindex", "0");
  const go = (node) => {
    here.element.setAttribute("tabindex", "-1");
    here = node;
    here.element.setAttribute("tabindex", "0");
    here.element.focus();
  };
  for (const node of nodes) {
    node.element.addEventListener("focus", () => {
      here.element.setAttribute("tabindex", "-1");
      here = node;
      here.element.setAttribute("tabindex", "0");
    });
  }
  svg.addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction) return;
    event.preventDefault();
    const next = nearest(here, nodes, direction);
    if (next) go(next);
  });
}

function nearest(from, nodes, [right, down]) {
  let best = null;
  let shortest = Infinity;
  for (const node of nodes) {
    const ahead = (node.x - from.x) * right + (node.y - from.y) * down;
    const aside = Math.abs((node.x - from.x) * down) + Math.abs((node.y - from.y) * right);
    if (node === from || ahead <= 0 || aside > 2 * ahead) continue;
    const distance = ahead + 2 * aside;
    if (distance < shortest) [best, shortest] = [node, distance];
  }
  return best;
}

const KEPT = ["fill", "stroke", "paint-order", "stroke-width", "stroke-linejoin", "stroke-dasharray", "font-family", "font-weight"];

// A picture that stands by itself: the colours of the present appearance, written into each element.
function picture(svg) {
  const copy = svg.cloneNode(true);
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((part, number) => {
    const style = getComputedStyle(originals[number]);
    for (const name of KEPT) part.setAttribute(name, COLOURS.has(name) ? plain(style.getPropertyValue(name)) : style.getPropertyValue(name));
    part.removeAttribute("class");
    part.removeAttribute("tabindex");
    if (part.hasAttribute("href")) part.setAttribute("href", new URL(part.getAttribute("href"), location).href);
  });
  const paper = element("rect", { x: left, y: top, width, height, fill: plain(getComputedStyle(document.body).backgroundColor) });
  copy.prepend(paper);
  copy.removeAttribute("style");
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

const COLOURS = new Set(["fill", "stroke"]);
const known = new Map();

// Programs for slides know rgb and no oklch.
function plain(colour) {
  if (colour === "none") return colour;
  if (!known.has(colour)) {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    known.set(colour, `rgb(${red}, ${green}, ${blue})`);
  }
  return known.get(colour);
}

function save(svg, kind, name) {
  const { text, width, height } = picture(svg);
  if (kind === "svg") {
    offer(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
    return;
  }
  const image = new Image();
  image.addEventListener("load", () => {
    const scale = Math.min(2, 6000 / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => offer(blob, `${name}.png`), "image/png");
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

for (const figure of document.querySelectorAll("[data-map]")) draw(figure);
