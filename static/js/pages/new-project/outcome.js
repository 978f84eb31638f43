import { h } from "../../core/dom.js";
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
    const numbers = counted
      ? `: ${Number(done).toLocaleString("en")} of ${Number(total).toLocaleString("en")}`
      : "";
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
   * Goes on to the first item, unless there is something to be read or copied before.
   * @param {Outcome} outcome
   * @param {boolean} live
   */
  finish(outcome, live) {
    const { project, job, links, refused } = outcome;
    const imported = job?.state === "done";
    const next = live && imported ? `/projects/${project}/label/` : `/projects/${project}/`;
    const broken = job !== null && (job.state !== "done" || job.error_count > 0);
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
  if (job.state !== "done")
    return callout(
      "bad",
      `The import ${job.state === "cancelled" ? "was cancelled" : "failed"}. ${job.error}`,
    );
  const box = callout(
    "warn",
    job.error_count === 1
      ? "1 row was refused; the others are in."
      : `${job.error_count.toLocaleString("en")} rows were refused; the others are in.`,
  );
  box.append(h("a", { class: "button", href: `/jobs/${job.id}/errors.csv` }, ["Which, and why"]));
  return box;
}
