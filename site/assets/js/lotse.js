// Everything here makes a finished page more comfortable; nothing here is needed to read, ask or print.
import { arriving } from "./arriving.js";
import { asking } from "./asking.js";
import { checklists } from "./checklists.js";
import { contents } from "./contents.js";
import { helpful } from "./helpful.js";
import { menus } from "./menus.js";
import { printing } from "./printing.js";
import { suggesting } from "./suggesting.js";
import { theme } from "./theme.js";
import { timing } from "./timing.js";

asking();
theme();
menus();
checklists();
timing();
contents();
helpful();
printing();
suggesting();
arriving();
