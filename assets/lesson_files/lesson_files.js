// Downloads of the current lesson: a page that works without a server, and a Python program. The server writes both.
import { download, made } from "../data/made.js";
import { Server } from "../data/source.js";
import { reported } from "../lesson/confirmation.js";
import { DRAWN, lessonOnPage } from "../lesson/on_page.js";
import { downloadBlob } from "../data/download.js";
import { find, findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

const SERVER = new Server("");
const REST_MS = 300;

export class LessonFiles {
  lesson = "";
  /** The numbers in the program, as JSON. */ about = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.python = findAs(root, ".python", HTMLDetailsElement);
    this.python.addEventListener("toggle", () => void this.write());
    this.say = this.say.bind(this);
    find(root, ".copy").addEventListener("click", () => void navigator.clipboard.writeText(this.code));
    const page = findAs(root, ".page", HTMLButtonElement);
    page.addEventListener("click", () => {
      const link = lessonOnPage(this.lesson)?.state.whole ?? "";
      void download(page, SERVER, { kind: "lesson-page", body: { lesson: this.lesson, link } }, this.say);
    });
    find(root, ".program").addEventListener("click", () => void this.saveProgram());
    this.soon = () => {
      clearTimeout(this.timer);
      if (this.python.open) this.timer = setTimeout(() => void this.write(), REST_MS);
    };
    document.addEventListener(DRAWN, this.soon);
  }

  close() {
    clearTimeout(this.timer);
    document.removeEventListener(DRAWN, this.soon);
  }

  /** @param {{ lesson: string }} data */
  show({ lesson }) {
    this.lesson = lesson;
  }

  get code() {
    return find(this.root, "code").textContent ?? "";
  }

  /** Return the program with these numbers; undefined after an error, which is shown. @param {ReturnType<typeof reported>} body */
  async programOf(body) {
    const written = await made(SERVER, { kind: "lesson-program", body }, this.say);
    return /** @type {string | undefined} */ (written?.entry.code);
  }

  async saveProgram() {
    const view = lessonOnPage(this.lesson);
    const code = view && (await this.programOf(reported(view)));
    if (code) downloadBlob(new Blob([code], { type: "text/x-python" }), `${this.lesson}.py`);
  }

  /** Write the program of the current state, if it is open. */
  async write() {
    const view = lessonOnPage(this.lesson);
    if (!view || !this.python.open) return;
    const body = reported(view);
    const about = JSON.stringify(body);
    if (about === this.about) return;
    this.about = about;
    const code = await this.programOf(body);
    if (about !== this.about) return;
    if (code) find(this.root, "code").textContent = code;
    else this.about = "";
  }

  /** @param {string} says */
  say(says) {
    const node = find(this.root, ".says");
    node.textContent = says;
    node.hidden = !says;
  }
}

export default mounted(LessonFiles, ".regard-lesson-files");
