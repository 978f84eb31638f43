import { ApiError, sendForm } from "./import-api.js";

const AT_ONCE = 3;

/**
 * Images or recordings one by one to the media route; each becomes an item named after its file.
 * @param {File[]} files
 * @param {string} url
 * @param {string} source the data key that shows them
 * @param {(done: number) => void} onProgress
 * @returns {Promise<{items: {id: string, data: Record<string, string>}[], problems: string[]}>}
 */
export async function uploadFiles(files, url, source, onProgress) {
  /** @type {({id: string, data: Record<string, string>} | undefined)[]} */
  const items = [];
  /** @type {string[]} */
  const problems = [];
  let next = 0;
  let done = 0;
  const one = async () => {
    while (next < files.length) {
      const index = next++;
      const file = /** @type {File} */ (files[index]);
      try {
        const { media } = /** @type {{media: string}} */ (await sendForm(url, { file }));
        items[index] = { id: file.name, data: { [source]: media } };
      } catch (error) {
        problems.push(error instanceof ApiError ? error.message : `${file.name}: no connection`);
      }
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return { items: items.flatMap((item) => item ?? []), problems };
}
