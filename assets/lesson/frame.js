// The HTML of a lesson's page, still without content.

const HTML = `
<header class="top">
  <h2></h2>
  <div class="tasks" role="group" aria-label="Check yourself">
    <span class="ticks"></span>
    <p class="task-line" aria-live="polite"><span class="task"></span> <span class="task-hint"></span></p>
    <button type="button" class="next-page" hidden></button>
  </div>
</header>
<section class="stage" aria-label="Figure">
  <div class="step-bar">
    <button type="button" class="play"></button>
    <button type="button" class="back" aria-label="One step back">‹</button>
    <button type="button" class="next" aria-label="One step on">›</button>
    <div class="steps" role="group" aria-label="Steps"></div>
    <button type="button" class="present" title="The figure and its steps alone, in large type">Present</button>
  </div>
  <div class="narration">
    <div class="narration-line"><p class="narration-text" aria-live="polite"></p><button type="button" class="lead" hidden></button></div>
    <div class="hints"></div>
    <p class="skipped"></p>
  </div>
  <div class="views" role="radiogroup" aria-label="Drawn as" hidden></div>
  <div class="room">
    <div class="figure"></div>
    <div class="plane" hidden></div>
  </div>
  <p class="pointed" aria-live="polite"></p>
  <div class="terms"></div>
</section>
<section class="panel" aria-label="Numbers and settings">
  <div class="notes" role="status"></div>
  <div class="panel-blocks"></div>
  <p class="legend"></p>
  <p class="files">
    <button type="button" class="save-csv">Numbers (CSV)</button>
    <button type="button" class="start-over">Start over</button>
  </p>
</section>`;

/** @param {string} title */
export function layOut(title) {
  const template = document.createElement("template");
  template.innerHTML = HTML;
  const heading = template.content.querySelector("h2");
  if (heading) heading.textContent = title;
  return [...template.content.children];
}
