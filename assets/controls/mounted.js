// A component of Streamlit's: one view for each place in which it is mounted.
import { find } from "../figures/elements.js";
import { isNewest } from "../streamlit/newest.js";
import { noteSent } from "../streamlit/presses.js";

/** @import { Turn } from "../streamlit/newest.js" */

/**
 * What Streamlit calls a component with; `data` is what Python gave.
 *
 * @template Data
 * @typedef {object} Mount
 * @property {Data & { turn?: Turn }} [data]
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * @template Data
 * @typedef {object} View
 * @property {(data: Data) => void} show
 * @property {() => void} close
 */

/**
 * What a component exports, where it makes something once in a place. Streamlit calls it again with every change, and it calls
 * what an older call returned also when a newer one has followed while the module was being loaded: only what the newest call
 * returned ends the thing.
 *
 * @template Data
 * @template {{ close: () => void }} Thing
 * @param {(place: HTMLElement | ShadowRoot) => Thing} make
 * @param {(thing: Thing, mount: Mount<Data>) => void} show
 */
export function madeOnce(make, show) {
  /** @type {WeakMap<Node, { thing: Thing, calls: number }>} */
  const places = new WeakMap();
  return (/** @type {Mount<Data>} */ mount) => {
    const { parentElement } = mount;
    if (!isNewest(parentElement, mount.data?.turn)) return () => {};
    const place = places.get(parentElement) ?? { thing: make(parentElement), calls: 0 };
    places.set(parentElement, place);
    const call = ++place.calls;
    show(place.thing, { ...mount, setStateValue: sent(mount.setStateValue), setTriggerValue: sent(mount.setTriggerValue) });
    return () => {
      if (place.calls !== call) return;
      place.thing.close();
      places.delete(parentElement);
    };
  };
}

/** The same way to Python, which notes that something was sent. @param {(name: string, value: unknown) => void} send */
export function sent(send) {
  return (/** @type {string} */ name, /** @type {unknown} */ value) => {
    noteSent();
    send(name, value);
  };
}

/**
 * What a component with a view exports.
 *
 * @template Data
 * @template {View<Data>} V
 * @param {new (root: HTMLElement) => V} Kind made of the element that `selector` finds
 * @param {string} selector
 * @param {(view: V, mount: Mount<Data>) => void} [connect] gives the view its way to Python, which is another one at every call
 */
export function mounted(Kind, selector, connect = () => {}) {
  return madeOnce(
    (place) => new Kind(fresh(find(place, selector))),
    (view, /** @type {Mount<Data>} */ mount) => {
      connect(view, mount);
      if (mount.data) view.show(mount.data);
    },
  );
}

/** Roots that views were made of, as their HTML describes them. @type {WeakMap<Node, HTMLElement>} */
const used = new WeakMap();

/**
 * The root without the traces of a view that was there before.
 *
 * @param {HTMLElement} root
 */
function fresh(root) {
  const blank = used.get(root);
  const made = blank ? /** @type {HTMLElement} */ (blank.cloneNode(true)) : root;
  if (made !== root) root.replaceWith(made);
  used.set(made, blank ?? /** @type {HTMLElement} */ (root.cloneNode(true)));
  return made;
}
