/**
 * @typedef {import('./types.js').Given} Given
 * @typedef {import('./types.js').Payload} Payload
 * @typedef {import('./types.js').Verdict} Verdict
 */

/**
 * Why an answer is here, as people read it.
 * @param {{reason: string, detail: number | null}} entry
 */
export function reasonText({ reason, detail }) {
  if (reason === "low_agreement") return `low agreement${figure(detail)}`;
  if (reason === "low_trust") return detail === null ? "new person" : `low trust${figure(detail)}`;
  return reason;
}

/** @param {number | null} detail */
function figure(detail) {
  return detail === null ? "" : ` ${detail.toFixed(2)}`;
}

/**
 * Names of the answers' authors; numbered where the project hides them.
 * @param {Given[]} answers
 * @returns {Map<string, string>} by answer id
 */
export function namesOf(answers) {
  let hidden = 0;
  return new Map(
    answers.map((given) => {
      if (given.own) return [given.id, given.fix ? "Your fix" : "You"];
      if (given.person) return [given.id, given.fix ? `${given.person.name} (fix)` : given.person.name];
      hidden += 1;
      return [given.id, `Person ${hidden}`];
    }),
  );
}

/** @param {string} code */
export function codeText(code) {
  const titled = document.querySelector(`input[name="code"][value="${CSS.escape(code)}"] ~ span:last-child`);
  return titled?.firstChild?.textContent?.trim() || code.replaceAll("_", " ");
}

/** @param {Verdict} verdict */
export function verdictText({ verdict, code, reviewer }) {
  if (verdict === "reject") return `Sent back by ${reviewer}: ${codeText(code)}`;
  return `${verdict === "fix" ? "Fixed" : "Accepted"} by ${reviewer}`;
}

/** @param {Payload} payload */
export function consensusName({ consensus }) {
  if (consensus?.source === "adjudication") return "Decision";
  return consensus?.source === "review" ? "Reviewed" : "Consensus";
}
