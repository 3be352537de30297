// Which scripts of Python's are still to begin: told by when the reader and our own components asked for something, and by when
// a script was seen to begin and to end. Of time alone, so that what a slow line or a busy server does can be told in a test.

const NEVER = -Infinity;
/** After which a press has started no script. */
const PRESS_MS = 4000;
/** After which a button has: its script begins sooner or later, unless the line is cut. */
const BUTTON_MS = 20_000;
/** Within which several events are one press. */
const SAME_MS = 300;
/** After the end of a script that ran at a press, in which the press's own begins. */
const NEXT_MS = 500;

/**
 * From the moment in which Streamlit takes up a press until it has run its callback, it drops the press for any other message
 * that comes. Whoever has something to say or to ask waits until the press's script has begun.
 */
export class AwaitedScripts {
  constructor() {
    this.began = NEVER;
    this.ended = NEVER;
    /** When a script was last seen to begin, to end, or to take the place of one that ran. */
    this.seen = NEVER;
    /** When the reader last did what may start a script, and whether another was to begin then. */
    this.pressed = NEVER;
    this.behind = false;
    /** How many scripts will begin for certain, when the last was asked for, and whether one of them is a button's. */
    this.due = 0;
    this.asked = NEVER;
    this.hasButton = false;
    /** Whether one of those due belongs to a press that may start none. */
    this.doubtful = false;
  }

  /** The reader did what may start a script, as a choice does. Several events soon after another are one press. */
  press(/** @type {number} */ now) {
    const same = now - this.pressed < SAME_MS;
    this.behind = this.isDue(now) || (same ? this.behind && this.began < this.pressed : this.isPressed(now));
    this.pressed = now;
  }

  /** The reader clicked a button or a link to a page: a press that Streamlit can drop, and that starts a script. */
  click(/** @type {number} */ now) {
    this.send(now);
    this.hasButton = true;
  }

  /** A component sent something. */
  send(/** @type {number} */ now) {
    if (!this.isDue(now)) this.forget();
    if (this.isPressed(now) && !this.doubtful) {
      this.doubtful = true;
      this.due += 1;
    }
    this.due += 1;
    this.asked = now;
  }

  begin(/** @type {number} */ now) {
    this.began = now;
    this.takePlace(now);
  }

  /** One begins in the place of one that runs: of a press that may have started none that says nothing. */
  takePlace(/** @type {number} */ now) {
    this.seen = now;
    this.due -= 1;
    if (this.due <= 0) this.forget();
  }

  end(/** @type {number} */ now) {
    this.ended = now;
    this.seen = now;
  }

  /** Whether something was asked for whose script has not begun. */
  waits(/** @type {number} */ now) {
    return this.isDue(now) || this.isPressed(now);
  }

  forget() {
    this.due = 0;
    this.hasButton = false;
    this.doubtful = false;
  }

  /** Two that came at once are one script: after a while without another, none is due any more. @param {number} now */
  isDue(now) {
    const { seen, asked, hasButton } = this;
    if (this.due === 0) return false;
    if (seen < asked) return now - asked < (hasButton ? BUTTON_MS : PRESS_MS);
    const mayBeLast = this.ended === seen && (!hasButton || this.doubtful);
    return now - seen < (mayBeLast ? NEXT_MS : PRESS_MS);
  }

  /**
   * Where an earlier script was still to begin at the press, the first that begins is that one, and only one that begins after
   * its end is the press's own.
   *
   * @param {number} now
   */
  isPressed(now) {
    const { pressed, behind, began, ended } = this;
    const begun = behind ? ended > pressed && began > ended : began >= pressed;
    return !begun && !(ended > pressed && now - ended > NEXT_MS) && now - pressed < PRESS_MS;
  }
}
