// Reads {name: html} from standard input and prints {name: [what is not HTML]}. tests/audit calls it.
import { readFileSync } from "node:fs";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
const pages = JSON.parse(readFileSync(0, "utf8"));
const validator = new HtmlValidate(new StaticConfigLoader({ extends: ["html-validate:standard"] }));
const found = {};
for (const [name, html] of Object.entries(pages)) {
  const report = await validator.validateString(html);
  found[name] = report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => ({ rule: ruleId, message, line })),
  );
}
process.stdout.write(JSON.stringify(found));
