// What acts on the picture as a whole: the direction, the prefix token that asks, and the whole screen for it.
import { element, find, findAs } from "../shared/elements.js";

/** @import { Exploration } from "./exploration.js" */

const DIRECTIONS = /** @type {const} */ ({ outgoing: "Looks at", incoming: "Looked at by" });

export class Tools {
  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.direction = find(root, ".direction");
    this.prefix = findAs(root, ".prefix", HTMLButtonElement);
    this.present = findAs(root, ".present", HTMLButtonElement);
    this.directions = /** @type {(keyof typeof DIRECTIONS)[]} */ (Object.keys(DIRECTIONS)).map((name) =>
      this.newDirection(name),
    );
    this.prefix.addEventListener("click", () =>
      exploration.set({ query: exploration.settings.query === "prefix" ? "patch" : "prefix" }),
    );
    this.present.addEventListener("click", () => this.togglePresentation());
    this.onFullScreen = () => this.showPresentation();
    document.addEventListener("fullscreenchange", this.onFullScreen);
    root.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && root.classList.contains("presents")) this.togglePresentation();
    });
  }

  close() {
    document.removeEventListener("fullscreenchange", this.onFullScreen);
  }

  draw() {
    const { settings, data } = this.exploration;
    const [prefix] = data.layers[this.exploration.layer].prefix;
    this.direction.hidden = settings.depth === "rollout";
    for (const { name, button } of this.directions) {
      button.setAttribute("aria-checked", String(settings.direction === name));
      button.tabIndex = settings.direction === name ? 0 : -1;
    }
    this.prefix.hidden = !prefix;
    this.prefix.textContent = prefix ?? "";
    this.prefix.title = `The query is ${prefix} instead of a patch`;
    this.prefix.setAttribute("aria-pressed", String(settings.query === "prefix"));
  }

  /** @param {keyof typeof DIRECTIONS} name */
  newDirection(name) {
    const button = Object.assign(element("button", "", DIRECTIONS[name]), { type: "button" });
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => this.exploration.set({ direction: name }));
    button.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const other = this.directions.find((each) => each.name !== name);
      if (!other) return;
      this.exploration.set({ direction: other.name });
      other.button.focus();
    });
    this.direction.append(button);
    return { name, button };
  }

  /** The explorer on the whole screen; where the browser refuses, in the whole window. */
  async togglePresentation() {
    if (this.root.classList.contains("presents")) {
      if (document.fullscreenElement) await document.exitFullscreen();
      this.root.classList.remove("presents");
    } else {
      this.root.classList.add("presents");
      await this.root.requestFullscreen?.().catch(() => {});
    }
    this.showPresentation();
  }

  showPresentation() {
    const root = this.root.getRootNode();
    const ours = root instanceof ShadowRoot ? root.fullscreenElement : document.fullscreenElement;
    if (!ours && this.wasFull) this.root.classList.remove("presents");
    this.wasFull = Boolean(ours);
    this.present.setAttribute("aria-pressed", String(this.root.classList.contains("presents")));
    this.exploration.redraw();
  }
}
