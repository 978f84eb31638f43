/** The small part of the interface that every page has, the labeling page and the sign-in pages too. */
import { startDialogs } from "./dialog.js";
import { startIcons } from "./icon.js";
import { startDataKeys, startKeysOverlay } from "./keys-overlay.js";
import { startMenus } from "./menu.js";
import { startPalette } from "./palette.js";
import { startRelativeTimes } from "./relative-time.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toast.js";
import { startTooltips } from "./tooltip.js";

startTheme();
startToasts();
startDialogs();
startMenus();
startTooltips();
startPalette();
startKeysOverlay();
startDataKeys();
startRelativeTimes();
startIcons();
