import { showCombo } from "../../core/combo.js";
import { h, keycap } from "../../core/dom.js";
import { relativeTime } from "../../core/relative-time.js";
import { serverNow } from "../label/server.js";

/**
 * @typedef {import('./types.js').Course} Course
 * @typedef {import('./types.js').Result} Result
 * @typedef {{text: string, run: () => void, primary?: boolean}} Way
 * @typedef {{title: string, lines: string[], result: Result | null, ways: Way[]}} Card
 *
 * @typedef {(field: string, name: string) => string} TitleOf what a class is called
 *
 * @typedef {object} Ways what can be done from a card
 * @property {() => void} quiz
 * @property {() => void} practice
 * @property {() => void} work
 * @property {() => void} look at the practice items once more
 */

/**
 * What stands between the items: before the quiz, after it, while one waits.
 * @param {Course} course
 * @param {Ways} ways
 * @param {TitleOf} [titleOf]
 * @returns {Card}
 */
export function cardOf(course, ways, titleOf = (_field, name) => name) {
  const { stage, result, practiced } = course;
  const again = { text: "Practice once more", run: ways.practice };
  const look = { text: "Look at your practice again", run: ways.look };
  const side = practiced.length > 0 ? [again, look] : [];
  if (stage === "certified") {
    const shown = result?.passed ? result : null;
    return {
      title: shown ? `Passed: ${shown.right} of ${shown.asked} right` : "You have a certificate",
      lines: [...remarkedLines(shown), untilLine(course), "The queue is open to you."],
      result: shown,
      ways: [{ text: "Go to work", run: ways.work, primary: true }],
    };
  }
  const failed = result && !result.passed ? result : null;
  const title = failed
    ? `Not passed: ${failed.right} of ${failed.asked} right, ${failed.needed} needed`
    : "Ready for the quiz";
  if (stage === "waiting" || stage === "stopped")
    return { title, lines: [...remarkedLines(failed), waitLine(course)], result: failed, ways: side };
  const start = { text: failed ? "Take the quiz again" : "Start the quiz", run: ways.quiz, primary: true };
  const work = course.is_certified ? [{ text: "Go to work", run: ways.work }] : [];
  return {
    title,
    lines: [...remarkedLines(failed), ...certificateLines(course), ...quizLines(course, titleOf)],
    result: failed,
    ways: [start, ...side, ...work],
  };
}

/** @param {Result | null} result @returns {string[]} that it was marked anew, when, why, and what that changed */
function remarkedLines(result) {
  if (!result?.remarked || !result.remarked_at) return [];
  const { right, asked, remarked, remarked_at: at } = result;
  const { because, right_before: before, asked_before: of, change } = remarked;
  const unfit = because.includes("unfit") ? "An item in it proved unfit and counts for nobody." : "";
  const corrected = because.includes("corrected") || !unfit ? "A known answer in it was corrected." : "";
  const counts = before === null ? "" : `${before} of ${of} were right before, ${right} of ${asked} are now.`;
  const said = { passes: "It was failed; you pass now.", kept: "What was passed stays passed.", same: "" };
  return [[`Marked anew on ${day(at)}.`, corrected, unfit, counts, said[change]].filter(Boolean).join(" ")];
}

/** @param {Course} course */
function untilLine({ certificate }) {
  return certificate?.expires_at
    ? `Your certificate lasts until ${day(certificate.expires_at)}.`
    : "Your certificate does not run out.";
}

/** @param {Course} course @returns {string[]} why somebody who had one is here again */
function certificateLines(course) {
  const { certificate, is_certified: valid } = course;
  if (!certificate) return [];
  if (valid) return [untilLine(course), "You can renew it now."];
  if (certificate.withdrawn_at) return [`Your certificate was withdrawn: ${certificate.withdrawal_reason}`];
  return [`Your certificate ran out on ${day(certificate.expires_at ?? "")}.`];
}

/**
 * @param {Course} course
 * @param {TitleOf} titleOf
 * @returns {string[]}
 */
function quizLines({ terms, attempts_left: left }, titleOf) {
  const marks = Object.entries(terms.class_marks).flatMap(([field, names]) =>
    Object.entries(names).map(([name, mark]) => `${titleOf(field, name)} ${percent(mark)}`),
  );
  return [
    `${terms.quiz_length} items, ${terms.needed} of them must be right. You hear how it went at the end.`,
    marks.length ? `Of each of these at least so many must be right: ${marks.join(", ")}.` : "",
    terms.cooldown_minutes
      ? `If it does not work out, you can try again after ${span(terms.cooldown_minutes)}.`
      : "",
    left === null ? "" : `Attempts left: ${left}.`,
  ].filter(Boolean);
}

/** @param {Course} course */
function waitLine({ stage, next_at: at, terms, attempts_left: left }) {
  if (stage === "stopped" || !at) return "You have no attempt left. A manager can give you one.";
  const when = new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
  const away = relativeTime((serverNow() - Date.parse(at)) / 1000);
  const items = terms.other_items ? ", with other items" : "";
  const few = left === null ? "" : ` Attempts left: ${left}.`;
  return `You can take the quiz again at ${when} (${away})${items}.${few}`;
}

/**
 * @param {Card} card
 * @param {TitleOf} titleOf
 * @returns {Node[]}
 */
export function drawCard({ title, lines, result, ways }, titleOf) {
  return [
    h("div", { class: "course-card" }, [
      h("h1", {}, [title]),
      ...lines.map((line) => h("p", { dir: "auto" }, [line])),
      result ? resultTable(result, titleOf) : null,
      h("div", { class: "row" }, [
        ...ways.map(({ text, run, primary }) => {
          const key = primary ? keycap(showCombo("Enter")) : null;
          const button = h("button", { type: "button", class: primary ? "button primary large" : "button" }, [
            text,
            key,
          ]);
          button.addEventListener("click", run);
          return button;
        }),
      ]),
    ]),
  ];
}

/**
 * @param {Result} result
 * @param {TitleOf} titleOf
 */
function resultTable({ right, asked, needed, low, high, classes }, titleOf) {
  const row = (
    /** @type {string} */ name,
    /** @type {string} */ said,
    /** @type {string} */ mark,
    /** @type {boolean | null} */ passed,
  ) =>
    h("tr", {}, [
      h("th", { scope: "row", dir: "auto" }, [name]),
      h("td", { class: "number", "data-label": "Right" }, [said]),
      h("td", { class: "number", "data-label": "Needed" }, [mark]),
      h("td", {}, [
        passed === null
          ? ""
          : h("span", { class: `badge ${passed ? "good" : "bad"}` }, [passed ? "enough" : "too few"]),
      ]),
    ]);
  return h("div", { class: "table-wrap" }, [
    h("table", { class: "table stacked" }, [
      h("thead", {}, [
        h("tr", {}, [
          h("th", { scope: "col" }, ["What"]),
          h("th", { scope: "col", class: "number" }, ["Right"]),
          h("th", { scope: "col", class: "number" }, ["Needed"]),
          h("th", { scope: "col" }, [h("span", { class: "visually-hidden" }, ["Enough"])]),
        ]),
      ]),
      h("tbody", {}, [
        row(
          "All items",
          `${right} of ${asked} (${percent(low)} to ${percent(high)})`,
          String(needed),
          right >= needed,
        ),
        ...classes.map((one) =>
          row(
            titleOf(one.field, one.name),
            `${one.right} of ${one.asked}`,
            one.mark === null ? "–" : percent(one.mark),
            one.passed,
          ),
        ),
      ]),
    ]),
  ]);
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** @param {string} moment */
function day(moment) {
  return new Date(moment).toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
}

/** @param {number} minutes */
function span(minutes) {
  if (minutes % 1440 === 0) return minutes === 1440 ? "a day" : `${minutes / 1440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? "an hour" : `${minutes / 60} hours`;
  return minutes === 1 ? "a minute" : `${minutes} minutes`;
}
