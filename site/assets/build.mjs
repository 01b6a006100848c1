// Makes site/assets/build: one style sheet, one script, the fonts. `npm ci && npm run build`; the same input
// always gives the same bytes. Only CSS that a template, a Python file or a script names is kept.

import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const out = path.join(here, "build");
const require = createRequire(import.meta.url);

// Classes that no file spells out, because a value of the database stands in their name.
const SAFELIST = {
  standard: ["js", /^kind-/, /^map__/],
  // KERN sets its contextual colours on :is(body, .kern-light, …); purgecss would drop the whole rule.
  greedy: [/data-kern-theme/, /^:is$/, /htmx-/],
};

// Latin is what German and English need; Latin Extended waits behind its unicode-range for a Polish or Turkish name.
const FONTS = ["latin-400-normal", "latin-400-italic", "latin-600-normal", "latin-ext-400-normal", "latin-ext-600-normal"];

async function styles() {
  const bundled = await build({
    entryPoints: [path.join(here, "css/lotse.css")],
    bundle: true,
    write: false,
    external: ["*.woff2"],
    logLevel: "warning",
  });
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: bundled.outputFiles[0].text }],
    content: [`${root}/templates/**/*.html`, `${root}/kb/**/*.py`, `${here}/js/**/*.js`],
    // Class names hold - and _; a template's braces and quotes end them.
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: SAFELIST,
    keyframes: true,
  });
  const { code } = await transform(withoutUnusedVariables(purged.css), { loader: "css", minify: true, legalComments: "none" });
  const licence = "/*! Contains parts of KERN UX (@kern-ux/native), EUPL-1.2 */\n";
  await writeFile(path.join(out, "lotse.css"), licence + code);
}

// KERN defines some 900 custom properties. Those that no rule and no kept property refers to are left out, round
// by round, since one may stand for another.
function withoutUnusedVariables(css) {
  const tree = postcss.parse(css);
  for (;;) {
    const used = new Set();
    tree.walkDecls(({ value }) => {
      for (const [, name] of value.matchAll(/var\(\s*(--[\w-]+)/g)) used.add(name);
    });
    let removed = 0;
    tree.walkDecls(/^--/, (declaration) => {
      if (used.has(declaration.prop)) return;
      declaration.remove();
      removed += 1;
    });
    if (!removed) return tree.toString();
  }
}

async function scripts() {
  await build({
    // The map comes with a library that no other page needs.
    entryPoints: [path.join(here, "js/lotse.js"), path.join(here, "js/map.js")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    outdir: out,
    logLevel: "warning",
  });
}

async function fonts() {
  const from = path.dirname(require.resolve("@fontsource/fira-sans/package.json"));
  await mkdir(path.join(out, "fonts"), { recursive: true });
  for (const name of FONTS) {
    await cp(path.join(from, `files/fira-sans-${name}.woff2`), path.join(out, `fonts/fira-sans-${name}.woff2`));
  }
  await writeFile(path.join(out, "fonts/OFL.txt"), await readFile(path.join(from, "LICENSE")));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([styles(), scripts(), fonts()]);
