import { h } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";
import { callout } from "./data-step.js";

/**
 * @typedef {import("./launch.js").Outcome} Outcome
 * @typedef {import("./launch.js").Step} Step
 */

/** What is going on while a project is made, and what came of it. */
export class OutcomeView {
  #element = /** @type {HTMLElement} */ (document.getElementById("launch-progress"));
  #text = h("p", {});
  #bar = h("progress", { class: "accent", hidden: true, "aria-label": "Progress" });

  /** @param {Step} step */
  say({ text, done, total }) {
    const counted = done !== undefined && Boolean(total);
    this.#element.hidden = false;
    if (!this.#bar.isConnected) this.#element.replaceChildren(this.#text, this.#bar);
    this.#bar.hidden = !counted;
    if (counted) {
      this.#bar.max = Number(total);
      this.#bar.value = Number(done);
    }
    const numbers = counted ? `: ${grouped(Number(done))} of ${grouped(Number(total))}` : "";
    this.#text.textContent = `${text}${numbers}`;
  }

  /**
   * @param {string} text
   * @param {string} project id, when it exists already
   */
  fail(text, project) {
    this.#element.hidden = false;
    const box = callout("bad", text);
    box.setAttribute("role", "alert");
    const rest = project
      ? [
          h("p", {}, [
            h("a", { href: `/projects/${project}/` }, ["The project exists as a draft"]),
            ". Launch again to go on where it stopped.",
          ]),
        ]
      : [];
    this.#element.replaceChildren(box, ...rest);
    this.#element.scrollIntoView({ block: "nearest" });
  }

  /**
   * The data did not come in, so nothing was launched: what failed, and what can be done now.
   * @param {import("./data-sender.js").DataFailed} failure
   * @param {string} project id
   * @param {{live: boolean, again: () => void, without: () => void}} ways
   */
  failData({ message, job }, project, { live, again, without }) {
    this.#element.hidden = false;
    const came = job?.result.created ?? 0;
    const box = callout(
      "bad",
      `The import failed, so the project was not ${live ? "launched" : "finished"}.`,
    );
    box.setAttribute("role", "alert");
    box.lastElementChild?.append(
      h("p", { dir: "auto" }, [message]),
      h("p", {}, [
        came
          ? `${grouped(came)} items had come in before. Trying again adds the rest, if its rows have ids.`
          : "Nothing of it came in. All that you entered is still here: mend it, or choose another file in the step Data.",
      ]),
    );
    if (job?.error_count) box.append(refusedRows(job));
    const words = came ? "with what came in" : "without data";
    this.#element.replaceChildren(
      box,
      h("div", { class: "row" }, [
        button("Try again", again, "button primary"),
        button(live ? `Launch ${words}` : `Keep the draft ${words}`, without),
        h("a", { href: `/projects/${project}/` }, ["Open the draft"]),
      ]),
    );
    this.#element.scrollIntoView({ block: "nearest" });
  }

  /**
   * Goes on to the first item, unless there is something to be read or copied before.
   * @param {Outcome} outcome
   * @param {boolean} live
   */
  finish(outcome, live) {
    const { project, job, links, refused } = outcome;
    const imported = job !== null;
    const next = live && imported ? `/projects/${project}/label/` : `/projects/${project}/`;
    const broken = job !== null && job.error_count > 0;
    if (!broken && !links.length && !refused.length) {
      location.assign(next);
      return;
    }
    const rows = links.map(({ email, link }) =>
      h("li", {}, [h("strong", {}, [email]), " ", h("code", {}, [link])]),
    );
    this.#element.replaceChildren(
      callout("good", live ? "The project is live." : "The project is a draft."),
      ...(job && broken ? [importReport(job)] : []),
      ...(links.length
        ? [
            h("section", { class: "stack" }, [
              h("h3", {}, ["Send these links"]),
              h("p", { class: "muted" }, ["Each lets one person in. They are not shown again."]),
              h("ul", {}, rows),
            ]),
          ]
        : []),
      ...refused.map((text) => callout("warn", text)),
      h("p", {}, [
        h("a", { class: "button primary large", href: next }, [
          live && imported ? "Start labeling" : "Open the project",
        ]),
      ]),
    );
    this.#element.querySelector("a.primary")?.scrollIntoView({ block: "nearest" });
  }
}

/** @param {NonNullable<Outcome["job"]>} job */
function importReport(job) {
  const box = callout(
    "warn",
    job.error_count === 1
      ? "1 row was refused; the others are in."
      : `${grouped(job.error_count)} rows were refused; the others are in.`,
  );
  box.append(refusedRows(job));
  return box;
}

/** @param {NonNullable<Outcome["job"]>} job */
function refusedRows(job) {
  return h("a", { class: "button", href: `/jobs/${job.id}/errors.csv` }, ["Which, and why"]);
}

/**
 * @param {string} text
 * @param {() => void} run
 * @param {string} [classes]
 */
function button(text, run, classes = "button") {
  const element = h("button", { type: "button", class: classes }, [text]);
  element.addEventListener("click", run);
  return element;
}
