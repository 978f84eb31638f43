import { ApiError, api } from "../../ui/api.js";

/** @typedef {{path: string, message: string}} Problem */

const WAIT = 300;

/** Asks the server, a moment after the last change, what is wrong with an ontology. */
export class Validation {
  #scope;
  #onProblems;
  /** @type {() => void} */
  #cancel = () => {};
  #running = new AbortController();
  /** @type {readonly Problem[]} */
  problems = [];
  /** Whether the last answer is about the last change. */
  isCurrent = false;

  /**
   * @param {import("../../core/scope.js").Scope} scope
   * @param {(problems: readonly Problem[]) => void} onProblems
   */
  constructor(scope, onProblems) {
    this.#scope = scope;
    this.#onProblems = onProblems;
    scope.add(() => this.#running.abort());
  }

  /** @param {unknown} definition */
  ask(definition) {
    this.isCurrent = false;
    this.#cancel();
    this.#running.abort();
    this.#cancel = this.#scope.timeout(() => void this.#check(definition), WAIT);
  }

  /** @param {unknown} definition */
  async #check(definition) {
    this.#running = new AbortController();
    const { signal } = this.#running;
    try {
      await api("POST", "/api/v1/ontologies/check/", { definition }, signal);
      this.#tell([]);
    } catch (error) {
      if (signal.aborted) return;
      this.#tell(problemsOf(error));
    }
  }

  /** @param {Problem[]} problems */
  #tell(problems) {
    this.problems = problems;
    this.isCurrent = true;
    this.#onProblems(problems);
  }
}

/**
 * @param {unknown} error
 * @returns {Problem[]}
 */
export function problemsOf(error) {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return [{ path: "", message: "No connection: this could not be checked." }];
  return error.fields.length ? error.fields : [{ path: "", message: error.message }];
}

/**
 * How many problems lie at or below each node, by the node's path.
 * @param {readonly Problem[]} problems
 * @returns {Map<string, number>}
 */
export function countByNode(problems) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { path } of problems) {
    const parts = path.match(/^[^.[]+|\.[^.[]+|\[\d+\]/g) ?? [];
    let at = "";
    for (const part of parts) {
      at += part;
      if (part.startsWith("[") || at === "media" || at === "fields")
        counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  return counts;
}
