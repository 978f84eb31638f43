import { api } from "../../ui/api.js";

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {string} state
 * @property {number} done
 * @property {number | null} total
 * @property {string} error
 * @property {{checked?: number, invalid?: number, examples?: DryRun["examples"]}} result
 *
 * @typedef {object} DryRun
 * @property {{kind: string, path: string, text: string}[]} changes
 * @property {number} checked
 * @property {number} invalid
 * @property {{task: string, annotation: string, problem: string}[]} examples
 */

const POLL = 500;

/**
 * What saving this would change and break. Where there are many answers a job counts them; giving up stops it.
 * @param {string} project
 * @param {unknown} definition
 * @param {{signal: AbortSignal, progress: (job: Job) => void}} options
 * @returns {Promise<DryRun>}
 * @throws {import("../../ui/api.js").ApiError | Error} when the server refuses, or the job came to nothing
 */
export async function dryRun(project, definition, { signal, progress }) {
  const url = `/api/v1/projects/${project}/ontologies/?dry_run=true`;
  const found = /** @type {DryRun & {job: Job | null}} */ (await api("POST", url, { definition }, signal));
  let { job } = found;
  if (!job) return found;
  const at = `/api/v1/jobs/${job.id}/`;
  signal.addEventListener("abort", () => void api("DELETE", at).catch(() => {}));
  while (job.state === "queued" || job.state === "running") {
    progress(job);
    await new Promise((resolve) => setTimeout(resolve, POLL));
    job = /** @type {Job} */ (await api("GET", at, undefined, signal));
  }
  if (job.state !== "done")
    throw new Error(
      `The answers could not be checked: ${job.error || "somebody cancelled it."} Nothing was saved.`,
    );
  const { checked = 0, invalid = 0, examples = [] } = job.result;
  return { changes: found.changes, checked, invalid, examples };
}
