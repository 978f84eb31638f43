/** The interface of the managers' pages: what every page has, and the elements of tables, forms and plots. */
import "./focus.js";
import { startCombobox } from "./combobox.js";
import { startCsv } from "./csv.js";
import { startDropzone } from "./dropzone.js";
import { startHtmx } from "./htmx-setup.js";
import { startInterval } from "./interval.js";
import { startPlots } from "./plots.js";
import { startSelection } from "./selection.js";
import { startTabs } from "./tabs.js";

startHtmx();
startCombobox();
startDropzone();
startInterval();
startSelection();
startTabs();
startCsv();
startPlots();
