import { ApiError, api } from "../../ui/api.js";
import { toast } from "../../ui/toast.js";
import { typeText } from "./text.js";

/**
 * Uploads pictures one after the other and writes each into the text where the caret stands.
 * @param {HTMLTextAreaElement} field
 * @param {readonly File[]} files
 * @param {string} url of the media API
 * @param {(text: string) => void} say
 */
export async function insertPictures(field, files, url, say) {
  for (const file of files.filter((one) => one.type.startsWith("image/"))) {
    say(`uploading ${file.name} …`);
    const body = new FormData();
    body.append("file", file);
    try {
      const media = /** @type {{media: string}} */ (await api("POST", url, body));
      const words = file.name.replace(/\.[^.]*$/, "").replace(/[[\]\\]/g, " ");
      typeText(field, `![${words}](/media/${media.media}/view/)\n`);
    } catch (error) {
      const reason =
        error instanceof ApiError ? (error.fields[0]?.message ?? error.message) : "no connection";
      toast({ text: `The picture was not taken: ${reason}`, tone: "bad" });
    }
  }
  say("");
}
