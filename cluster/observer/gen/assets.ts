/**
 * The observer's page. Generated from `cluster/observer/page/` by `deno task page`. Do not edit.
 * @module
 */

/** What the page is made of, by the name that it is asked for. */
export const ASSETS: Readonly<
  Record<"index.html" | "observer.css" | "observer.js", { readonly type: string; readonly text: string }>
> = {
  "index.html": {
    type: "text/html; charset=utf-8",
    text: `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Observer</title>
    <link
      rel="icon"
      href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%234648c8'/%3E%3Ccircle cx='16' cy='9.5' r='3.5' fill='%23fff'/%3E%3Ccircle cx='9.5' cy='22' r='3.5' fill='%23fff'/%3E%3Ccircle cx='22.5' cy='22' r='3.5' fill='%23fff'/%3E%3Cpath d='M16 9.5 9.5 22M16 9.5 22.5 22' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E"
    >
    <link rel="stylesheet" href="observer.css">
    <script type="module" src="observer.js" blocking="render"></script>
  </head>
  <body>
    <svg class="sprite" aria-hidden="true">
      <symbol id="i-idle" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" />
      </symbol>
      <symbol id="i-busy" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="5" fill="currentColor" />
      </symbol>
      <symbol id="i-starting" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 3.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
      </symbol>
      <symbol id="i-restarting" viewBox="0 0 16 16">
        <path
          d="M12.6 9.2A4.75 4.75 0 1 1 11.4 4.6"
          fill="none"
          stroke="currentColor"
          stroke-width="1.6"
          stroke-linecap="round"
        />
        <path d="M13.2 2.2v4.2H9z" fill="currentColor" />
      </symbol>
      <symbol id="i-stopping" viewBox="0 0 16 16">
        <rect x="4" y="4" width="8" height="8" rx="1.5" fill="currentColor" />
      </symbol>
      <symbol id="i-warning" viewBox="0 0 16 16">
        <path d="M8 1.8 15 14H1z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
        <path d="M8 6v4M8 11.6v1" stroke="var(--panel)" stroke-width="1.5" stroke-linecap="round" />
      </symbol>
      <symbol id="i-up" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="7" fill="currentColor" />
        <path
          d="m4.8 8.2 2.2 2.2 4.2-4.6"
          fill="none"
          stroke="var(--panel)"
          stroke-width="1.7"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </symbol>
      <symbol id="i-suspect" viewBox="0 0 16 16">
        <path d="M8 .8 15.2 8 8 15.2.8 8z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
        <path d="M8 4.6v4.2M8 11v.6" stroke="var(--panel)" stroke-width="1.7" stroke-linecap="round" />
      </symbol>
      <symbol id="i-down" viewBox="0 0 16 16">
        <rect x="1.2" y="1.2" width="13.6" height="13.6" rx="2.5" fill="currentColor" />
        <path d="m5.2 5.2 5.6 5.6M10.8 5.2l-5.6 5.6" stroke="var(--panel)" stroke-width="1.7" stroke-linecap="round" />
      </symbol>
      <symbol id="i-left" viewBox="0 0 16 16">
        <circle
          cx="8"
          cy="8"
          r="6.2"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-dasharray="2.6 2.27"
        />
      </symbol>
      <symbol id="i-chevron" viewBox="0 0 16 16">
        <path
          d="m6 4 4 4-4 4"
          fill="none"
          stroke="currentColor"
          stroke-width="1.6"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </symbol>
      <symbol id="i-pause" viewBox="0 0 16 16">
        <path d="M5.5 3.5v9M10.5 3.5v9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" />
      </symbol>
      <symbol id="i-resume" viewBox="0 0 16 16">
        <path d="M5 3v10l8-5z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
      </symbol>
      <symbol id="i-search" viewBox="0 0 16 16">
        <circle cx="7" cy="7" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="m10.3 10.3 3.2 3.2" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
      </symbol>
      <symbol id="i-system" viewBox="0 0 16 16">
        <rect x="1.7" y="2.7" width="12.6" height="8.1" rx="1.3" fill="none" stroke="currentColor" stroke-width="1.4" />
        <path d="M5.5 13.4h5" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />
      </symbol>
      <symbol id="i-light" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="2.9" fill="none" stroke="currentColor" stroke-width="1.4" />
        <path
          d="M8 1.2v1.5M8 13.3v1.5M1.2 8h1.5M13.3 8h1.5M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1"
          stroke="currentColor"
          stroke-width="1.4"
          stroke-linecap="round"
        />
      </symbol>
      <symbol id="i-dark" viewBox="0 0 16 16">
        <path
          d="M13.4 9.6A5.9 5.9 0 0 1 6.4 2.6a5.7 5.7 0 1 0 7 7z"
          fill="none"
          stroke="currentColor"
          stroke-width="1.4"
          stroke-linejoin="round"
        />
      </symbol>
      <symbol id="i-close" viewBox="0 0 16 16">
        <path d="m4 4 8 8M12 4l-8 8" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
      </symbol>
    </svg>

    <a class="skip" href="#tree">Skip to the actors</a>

    <header class="top">
      <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
        <rect class="logo-back" width="32" height="32" rx="8" />
        <path class="logo-line" d="M16 9.5 9.5 22M16 9.5 22.5 22" />
        <circle cx="16" cy="9.5" r="3.5" />
        <circle cx="9.5" cy="22" r="3.5" />
        <circle cx="22.5" cy="22" r="3.5" />
      </svg>
      <h1 id="system-name">Observer</h1>
      <p class="pill" id="connection" data-status="connecting">
        <span class="dot"></span><span id="connection-text">Connecting</span>
      </p>
      <div class="top-controls">
        <button type="button" id="pause" aria-pressed="false" aria-keyshortcuts="p">
          <svg class="icon" aria-hidden="true"><use href="#i-pause" /></svg><span>Pause</span><kbd>P</kbd>
        </button>
        <fieldset class="segments" id="theme">
          <legend class="hidden">Theme</legend>
          <label title="Theme of the system"
          ><input type="radio" name="theme" value="system" checked><span class="hidden">System</span><svg
              class="icon"
              aria-hidden="true"
            ><use href="#i-system" /></svg></label>
          <label
            title="Light theme"><input type="radio" name="theme" value="light"><span class="hidden">Light</span><svg
              class="icon"
              aria-hidden="true"
            ><use href="#i-light" /></svg></label>
          <label title="Dark theme"><input type="radio" name="theme" value="dark"><span class="hidden">Dark</span><svg
              class="icon"
              aria-hidden="true"
            ><use href="#i-dark" /></svg></label>
        </fieldset>
        <button type="button" class="quiet" popovertarget="keys" aria-label="Help"><kbd>?</kbd></button>
      </div>
    </header>

    <div id="keys" popover class="keys">
      <h2>Figures</h2>
      <dl id="glossary">
        <dt>Nodes</dt>
        <dd>Members of the cluster that are up, as this node sees it. A suspect one does not answer; a down one was given
          up. Those that have left are not counted.</dd>
        <dt>Actors</dt>
        <dd>Actors that live. A troubled one is restarting, has failed in the last minute, has a mailbox that is 80 % full
          and more, or a handler that has run for more than a second.</dd>
        <dt>Throughput</dt>
        <dd>What all actors have done each second since the last look: messages, ticks, items of streams, starts and ends.</dd>
        <dt>Queued</dt>
        <dd>Messages in the mailboxes of the actors that are shown.</dd>
        <dt>Event-loop lag</dt>
        <dd>By how much a timer was late at most since the last look: so long, nothing else could run.</dd>
        <dt>Failures</dt>
        <dd>What actors have thrown since the observer was made.</dd>
        <dt>Dead letters</dt>
        <dd>Messages that nobody handled, since the observer was made.</dd>
        <dt>Mailbox</dt>
        <dd>Messages in it, and how many fit; a share where it counts something else, as bytes. “5 wait”: so many senders
          wait for room.</dd>
        <dt>Per second</dt>
        <dd>Messages that were taken out of its mailbox each second, since the last look.</dd>
        <dt>Restarts</dt>
        <dd>How often its supervisor has put a fresh actor in its place.</dd>
      </dl>
      <p class="keys-note">The page looks once a second. Of more than 100 rows, those out of sight may be ten seconds
        old. Rows that are in order of a figure change places every five seconds. Each curve is that of the last two minutes.</p>
      <h2>Keyboard</h2>
      <dl>
        <dt><kbd>P</kbd> or <kbd>Space</kbd></dt>
        <dd>Pause and go on</dd>
        <dt><kbd>/</kbd></dt>
        <dd>Filter the actors</dd>
        <dt><kbd>↑</kbd> <kbd>↓</kbd> <kbd>Home</kbd> <kbd>End</kbd></dt>
        <dd>Walk through the tree</dd>
        <dt><kbd>→</kbd> <kbd>←</kbd></dt>
        <dd>Open and close a branch</dd>
        <dt><kbd>*</kbd></dt>
        <dd>Open all branches beside this one</dd>
        <dt><kbd>Enter</kbd></dt>
        <dd>Details of an actor</dd>
        <dt><kbd>Esc</kbd></dt>
        <dd>Close the details, clear the filter</dd>
      </dl>
      <label class="check"><input type="checkbox" id="single-keys" checked> Use the single keys <kbd>P</kbd>, <kbd
        >Space</kbd>, <kbd>/</kbd></label>
    </div>

    <p class="banner" id="banner" hidden>
      <svg class="icon" aria-hidden="true"><use href="#i-warning" /></svg><span id="banner-text"></span>
    </p>
    <p class="hidden" id="news" role="status" aria-live="polite"></p>

    <section class="figures" aria-label="Key figures" id="figures"></section>

    <main class="main" id="main">
      <section class="panel actors" aria-labelledby="actors-title">
        <header class="panel-head">
          <h2 id="actors-title">Actors</h2>
          <p class="note" id="actors-note"></p>
          <div class="tools">
            <label class="search"><span class="hidden">Filter the actors by name, class or state</span><svg
                class="icon"
                aria-hidden="true"
              ><use href="#i-search" /></svg><input
                type="search"
                id="filter"
                placeholder="Filter"
                autocomplete="off"
                spellcheck="false"
                aria-keyshortcuts="/"
              ><kbd>/</kbd></label>
            <button type="button" id="troubled" aria-pressed="false">
              <svg class="icon" aria-hidden="true"><use href="#i-warning" /></svg><span>Troubled</span><span
                class="count"
                id="troubled-count"
              >0</span>
            </button>
            <label class="select"><span class="hidden">Order</span><select id="order">
                <option value="spawned">As spawned</option>
                <option value="busiest">Busiest first</option>
                <option value="fullest">Fullest first</option>
                <option value="restarts">Most restarts first</option>
              </select></label>
          </div>
        </header>
        <div class="tree-scroll" id="tree-scroll">
          <div class="tree" id="tree" role="treegrid" aria-labelledby="actors-title" tabindex="-1">
            <div class="tree-head" role="rowgroup">
              <div class="row" role="row">
                <span role="columnheader">Actor</span>
                <span role="columnheader" class="c-state">State</span>
                <span role="columnheader" class="c-mailbox">Mailbox</span>
                <span role="columnheader" class="c-rate number">Per second</span>
                <span role="columnheader" class="c-restarts number">Restarts</span>
                <span role="columnheader" class="c-failure">Last failure</span>
              </div>
            </div>
            <div class="tree-body" id="rows" role="rowgroup"></div>
          </div>
          <p class="empty" id="tree-empty" hidden></p>
        </div>
        <section class="details" id="details" aria-label="Details of the actor" hidden></section>
      </section>

      <div class="logs">
        <section class="panel" aria-labelledby="failures-title">
          <header class="panel-head">
            <h2 id="failures-title">Failures</h2>
            <p class="note" id="failures-note"></p>
          </header>
          <div id="failures-body"></div>
        </section>
        <section class="panel" aria-labelledby="letters-title">
          <header class="panel-head">
            <h2 id="letters-title">Dead letters</h2>
            <p class="note" id="letters-note"></p>
          </header>
          <div id="letters-body"></div>
        </section>
      </div>

      <div class="side">
        <section class="panel" aria-labelledby="cluster-title">
          <header class="panel-head">
            <h2 id="cluster-title">Cluster</h2>
            <p class="note" id="cluster-note"></p>
          </header>
          <div id="cluster-body"></div>
        </section>
        <section class="panel" id="directory" aria-labelledby="directory-title">
          <header class="panel-head">
            <h2 id="directory-title">Directory</h2>
            <p class="note" id="directory-note"></p>
          </header>
          <div id="directory-body"></div>
        </section>
      </div>
    </main>
    <noscript><p class="banner">This page needs JavaScript. What it shows is also to be had as JSON, at <code
        >state</code>.</p></noscript>
  </body>
</html>
`,
  },
  "observer.css": {
    type: "text/css; charset=utf-8",
    text: `/* The colours and sizes of the page. Each text has a contrast of 4.5 and more on each ground that it stands on. */

:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f4f7, #0e1015);
  --panel: light-dark(#ffffff, #16191f);
  --raised: light-dark(#f7f8fa, #1b1f27);
  --line: light-dark(#e2e5eb, #262b35);
  --line-strong: light-dark(#c4cad5, #434b59);
  --ink: light-dark(#181c25, #e7e9ee);
  --ink-soft: light-dark(#545d6e, #a0a8b7);
  --accent: light-dark(#4648c8, #a3a6ff);
  --accent-soft: light-dark(#ecedfb, #23254a);
  --accent-line: light-dark(#8a8ce6, #6a6ddd);
  --good: light-dark(#17754a, #5fcb95);
  --warn: light-dark(#8f5200, #ebb45a);
  --warn-bar: light-dark(#c27400, #ebb45a);
  --warn-soft: light-dark(#fdf3e1, #33270f);
  --bad: light-dark(#b8282c, #ff8983);
  --bad-soft: light-dark(#fdeeee, #3a1a1d);
  --bar: light-dark(#e6e8ee, #2a2f3a);
  --shadow: 0 1px 2px light-dark(#1418280d, #00000000);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --gap: 0.75rem;
  --radius: 0.625rem;
}

:root[data-theme="light"] {
  color-scheme: light;
}

:root[data-theme="dark"] {
  color-scheme: dark;
}

/* What holds for every part. */

*,
*::before,
*::after {
  box-sizing: border-box;
}

body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font-family: var(--sans);
  font-size: 0.8125rem;
  line-height: 1.5;
  font-variant-numeric: tabular-nums;
  -webkit-text-size-adjust: 100%;
}

h1,
h2,
h3,
h4,
p,
dl,
dd,
pre,
fieldset {
  margin: 0;
  padding: 0;
  border: 0;
  font: inherit;
}

[hidden] {
  display: none !important;
}

.sprite {
  position: absolute;
  width: 0;
  height: 0;
}

.icon {
  flex: none;
  width: 1rem;
  height: 1rem;
}

.hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}

.skip {
  position: fixed;
  z-index: 10;
  top: 0.5rem;
  left: 0.5rem;
  padding: 0.375rem 0.75rem;
  border-radius: 0.375rem;
  background: var(--accent);
  color: var(--panel);
}

.skip:not(:focus) {
  clip-path: inset(50%);
}

button,
select,
input {
  font: inherit;
  color: inherit;
}

button {
  display: inline-flex;
  align-items: center;
  gap: 0.375rem;
  min-height: 1.875rem;
  padding: 0 0.625rem;
  border: 1px solid var(--line);
  border-radius: 0.4375rem;
  background: var(--panel);
  cursor: pointer;
}

button:hover {
  border-color: var(--line-strong);
}

button[aria-pressed="true"] {
  border-color: var(--accent-line);
  background: var(--accent-soft);
  color: var(--accent);
}

button.quiet {
  justify-content: center;
  min-width: 1.875rem;
  padding: 0;
  border-color: transparent;
  background: none;
}

button.quiet:hover {
  background: var(--raised);
}

button.link {
  display: inline;
  max-width: 100%;
  min-height: 0;
  padding: 0;
  border: 0;
  border-radius: 0.1875rem;
  background: none;
  text-align: start;
}

button.link:hover {
  text-decoration: underline;
}

kbd {
  min-width: 1.125rem;
  padding: 0 0.25rem;
  border: 1px solid var(--line);
  border-radius: 0.25rem;
  background: var(--raised);
  color: var(--ink-soft);
  font: 0.6875rem/1rem var(--sans);
  text-align: center;
}

code {
  white-space: nowrap;
  font: 0.75rem/1.5 var(--mono);
}

.panel {
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--panel);
  box-shadow: var(--shadow);
}

.panel-head {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0.125rem 0.625rem;
  padding: 0.5625rem 0.875rem 0.5rem;
}

.panel-head h2 {
  font-weight: 600;
}

.note {
  min-width: 0;
  overflow: hidden;
  color: var(--ink-soft);
  text-overflow: ellipsis;
  white-space: nowrap;
}

.empty {
  max-width: 44rem;
  padding: 0 0.875rem 0.875rem;
  color: var(--ink-soft);
}

.number {
  text-align: end;
}

/* The top of the page: whose it is, how fresh it is, and what can be done. */

.top {
  display: flex;
  align-items: center;
  gap: 0.5rem 0.75rem;
  padding: 0.625rem 1rem;
}

.logo {
  flex: none;
  width: 1.75rem;
  height: 1.75rem;
  fill: #ffffff;
}

.logo-back {
  fill: #4648c8;
}

.logo-line {
  fill: none;
  stroke: #ffffff;
  stroke-width: 2;
}

.top h1 {
  min-width: 0;
  overflow: hidden;
  font-size: 1.0625rem;
  font-weight: 650;
  letter-spacing: -0.01em;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.pill {
  display: inline-flex;
  align-items: center;
  gap: 0.4375rem;
  padding: 0.0625rem 0.625rem 0.0625rem 0.5rem;
  border: 1px solid var(--line);
  border-radius: 1rem;
  background: var(--panel);
  color: var(--ink-soft);
  white-space: nowrap;
}

.dot {
  width: 0.5rem;
  height: 0.5rem;
  border: 2px solid currentcolor;
  border-radius: 50%;
}

.pill[data-status="live"] .dot {
  border: 0;
  background: var(--good);
  animation: beat 2s ease-in-out infinite;
}

.pill[data-status="paused"] {
  border-color: var(--accent-line);
  color: var(--accent);
}

.pill[data-status="paused"] .dot {
  border-width: 0 2.5px;
  border-radius: 0;
}

.pill[data-status="lost"],
.pill[data-status="ended"] {
  border-color: currentcolor;
  color: var(--bad);
}

.pill[data-status="ended"] .dot {
  border-radius: 1px;
  background: currentcolor;
}

@keyframes beat {
  50% {
    opacity: 0.35;
  }
}

.top-controls {
  display: flex;
  flex: none;
  align-items: center;
  gap: 0.5rem;
  margin-inline-start: auto;
}

.segments {
  display: flex;
  overflow: clip;
  padding: 2px;
  border: 1px solid var(--line);
  border-radius: 0.4375rem;
  background: var(--panel);
}

.segments label {
  display: grid;
  place-items: center;
  width: 1.75rem;
  height: 1.5rem;
  border-radius: 0.25rem;
  color: var(--ink-soft);
  cursor: pointer;
}

.segments label:hover {
  color: var(--ink);
}

.segments input {
  position: absolute;
  opacity: 0;
}

.segments label:has(:checked) {
  background: var(--accent-soft);
  color: var(--accent);
}

.segments label:has(:focus-visible) {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}

.keys {
  inset: 3.25rem 1rem auto auto;
  width: min(34rem, calc(100vw - 2rem));
  max-height: calc(100vh - 4.25rem);
  overflow: auto;
  margin: 0;
  padding: 0.75rem 1rem;
  border: 1px solid var(--line-strong);
  border-radius: var(--radius);
  background: var(--panel);
  color: var(--ink);
  box-shadow: 0 0.75rem 2rem rgb(10 12 24 / 22%);
}

.keys h2 {
  margin-bottom: 0.375rem;
  font-weight: 600;
}

.keys dl {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 0.25rem 1rem;
}

.keys :is(dd, .keys-note) {
  color: var(--ink-soft);
}

.keys-note {
  margin-block: 0.375rem 0.75rem;
}

.check {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem 0.375rem;
  margin-top: 0.625rem;
  padding-top: 0.625rem;
  border-top: 1px solid var(--line);
}

.banner {
  display: flex;
  gap: 0.625rem;
  margin: 0 1rem 0.625rem;
  padding: 0.5rem 0.875rem;
  border: 1px solid var(--bad);
  border-radius: var(--radius);
  background: var(--bad-soft);
  color: var(--bad);
  font-weight: 500;
}

.banner .icon {
  margin-top: 0.125rem;
}

@media (width < 40rem) {
  .top {
    flex-wrap: wrap;
    padding-inline: 0.75rem;
  }

  .top h1 {
    max-width: calc(100% - 11rem);
  }

  .top-controls {
    width: 100%;
  }

  .top-controls .segments {
    margin-inline-start: auto;
  }

  .banner {
    margin-inline: 0.75rem;
  }
}

/* The key figures, in one strip. */

.figures {
  display: grid;
  grid-auto-columns: minmax(0, 1fr);
  grid-auto-flow: column;
  gap: 1px;
  overflow: hidden;
  margin: 0 1rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--line);
  box-shadow: var(--shadow);
}

.figure {
  position: relative;
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  padding: 0.5625rem 0.875rem 2.125rem;
  background: var(--panel);
}

.figure p {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.figure-title {
  color: var(--ink-soft);
  font-weight: 500;
}

.figure-value {
  font-size: 1.5rem;
  font-weight: 620;
  letter-spacing: -0.02em;
  line-height: 1.875rem;
}

.figure-unit {
  margin-inline-start: 0.3125rem;
  color: var(--ink-soft);
}

.figure-note {
  color: var(--ink-soft);
  font-size: 0.75rem;
}

.figure[data-level="alarming"] :is(.figure-value, .spark) {
  color: var(--bad);
}

.figure[data-level="warning"] :is(.figure-value, .spark) {
  color: var(--warn);
}

.figure:is([data-level="alarming"], [data-level="warning"]) .figure-note {
  color: var(--ink);
}

.spark {
  color: var(--accent);
}

.figure .spark {
  position: absolute;
  right: 0;
  bottom: 0;
  left: 0;
  width: 100%;
  height: 1.875rem;
}

.spark-line {
  fill: none;
  stroke: currentcolor;
  stroke-linejoin: round;
  stroke-width: 1.5;
  vector-effect: non-scaling-stroke;
}

.spark.flat {
  color: var(--line-strong);
}

.spark-area {
  fill: currentcolor;
  opacity: 0.1;
}

/* With the nodes there are seven: these take the room of two, so that no place stays empty. */
@media (width < 68rem) {
  .figures {
    grid-template-columns: repeat(3, minmax(0, 1fr));
    grid-auto-flow: row;
  }

  .figures:has(.nodes-figure:not([hidden])) {
    grid-template-columns: repeat(4, minmax(0, 1fr));
  }

  .nodes-figure {
    grid-column: span 2;
  }
}

@media (width < 40rem) {
  .figures,
  .figures:has(.nodes-figure:not([hidden])) {
    grid-template-columns: repeat(2, minmax(0, 1fr));
    margin-inline: 0.75rem;
  }
}

/* The actors: one grid row each, with the same columns. */

.actors {
  display: flex;
  flex-direction: column;
  container: actors / inline-size;
}

.actors .panel-head {
  align-items: center;
  padding-block: 0.5rem;
}

.tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.375rem;
  margin-inline-start: auto;
}

.search {
  position: relative;
  display: flex;
  align-items: center;
}

.search .icon {
  position: absolute;
  left: 0.5rem;
  color: var(--ink-soft);
  pointer-events: none;
}

.search kbd {
  position: absolute;
  right: 0.4375rem;
  pointer-events: none;
}

.search input:focus ~ kbd,
.search input:not(:placeholder-shown) ~ kbd {
  display: none;
}

.search input,
.select select {
  min-height: 1.875rem;
  border: 1px solid var(--line);
  border-radius: 0.4375rem;
  background: var(--panel);
}

.search input {
  width: 11rem;
  padding: 0 0.5rem 0 1.75rem;
}

.search input::placeholder {
  color: var(--ink-soft);
  opacity: 1;
}

.select select {
  padding: 0 0.375rem;
}

.count {
  min-width: 1.25rem;
  padding: 0 0.3125rem;
  border-radius: 0.625rem;
  background: var(--bar);
  color: var(--ink);
  font-size: 0.75rem;
  text-align: center;
}

#troubled:not([data-none]) .icon {
  color: var(--warn);
}

.tree-scroll {
  position: relative;
  flex: 1;
  min-height: 8rem;
  overflow: auto;
  overscroll-behavior: contain;
  border-top: 1px solid var(--line);
  scroll-padding-top: 1.875rem;
}

.tree:focus {
  outline: none;
}

.row {
  display: grid;
  grid-template-columns: minmax(14rem, 2.2fr) 6rem minmax(10rem, 1.2fr) 4.75rem 3.75rem minmax(8rem, 1.5fr);
  column-gap: 0.75rem;
  align-items: center;
  height: 1.8125rem;
  padding-inline: 0.875rem;
}

.row > * {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.tree-head {
  position: sticky;
  z-index: 1;
  top: 0;
  border-bottom: 1px solid var(--line);
  background: var(--panel);
  color: var(--ink-soft);
  font-size: 0.75rem;
}

.tree-head .row > :first-child {
  padding-inline-start: 1.375rem;
}

.tree-body .row {
  content-visibility: auto;
  contain-intrinsic-height: 1.8125rem;
  cursor: default;
}

.tree-body .row:hover {
  background: var(--raised);
}

.tree-body .row[aria-selected] {
  background: var(--accent-soft);
}

.tree-body .row:focus-visible {
  outline-offset: -2px;
}

.row.context .label,
.row.omitted .label {
  color: var(--ink-soft);
  font-weight: 400;
}

.row > .c-actor {
  display: flex;
  align-items: center;
  /* The lines of the branches go on from row to row. */
  align-self: stretch;
  gap: 0.4375rem;
  /* However deep it is, half of the room is for the name. */
  padding-inline-start: min(var(--indent, 0) * 1.125rem, 50%);
  background: repeating-linear-gradient(to right, transparent 0 0.4375rem, var(--line) 0.4375rem 0.5rem, transparent
    0.5rem 1.125rem)
    0 / min(var(--indent, 0) * 1.125rem, 50%) 100% no-repeat;
}

.chevron {
  display: grid;
  flex: none;
  width: 1rem;
  height: 1.5rem;
  margin-inline-end: -0.0625rem;
  place-items: center;
  color: var(--ink-soft);
  visibility: hidden;
}

[aria-expanded] .chevron {
  visibility: visible;
  cursor: pointer;
}

[aria-expanded="true"] .chevron .icon {
  transform: rotate(90deg);
}

.label {
  overflow: hidden;
  font-weight: 550;
  text-overflow: ellipsis;
}

/* It takes the room that the name leaves. */
.class-name {
  flex: 1 1 0;
  min-width: 0;
  max-width: max-content;
  overflow: hidden;
  color: var(--ink-soft);
  text-overflow: ellipsis;
}

.below {
  flex: none;
  padding: 0 0.4375rem;
  border-radius: 0.625rem;
  background: var(--bar);
  font-size: 0.75rem;
  line-height: 1.125rem;
}

.below:empty {
  display: none;
}

.below.alarming {
  background: var(--warn-soft);
  color: var(--warn);
}

.flag {
  flex: none;
  line-height: 0;
  color: var(--warn);
}

.flag .icon {
  width: 0.875rem;
  height: 0.875rem;
}

.row > .c-state {
  display: flex;
  align-items: center;
  gap: 0.375rem;
  color: var(--ink-soft);
}

[data-status="busy"].c-state .icon,
[data-status="starting"].c-state .icon {
  color: var(--accent);
}

[data-status="restarting"].c-state {
  color: var(--warn);
}

.meter {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto minmax(3.75rem, auto);
  align-items: center;
  column-gap: 0.5rem;
}

.meter-bar {
  height: 0.375rem;
  overflow: hidden;
  border-radius: 0.1875rem;
  background: var(--bar);
}

.meter-bar[data-unbounded] {
  visibility: hidden;
}

.meter-fill {
  display: block;
  width: 0;
  height: 100%;
  border-radius: inherit;
  background: var(--accent-line);
}

.meter-text {
  grid-column: 3;
  color: var(--ink-soft);
  text-align: end;
}

.meter-waiting:empty {
  display: none;
}

[data-level="high"] .meter-fill {
  background: var(--warn-bar);
}

[data-level="full"] .meter-fill {
  background: var(--bad);
}

[data-level="high"] .meter-text {
  color: var(--warn);
}

[data-level="full"] :is(.meter-text, .meter-waiting) {
  color: var(--bad);
}

.zero {
  color: var(--ink-soft);
}

.c-failure {
  padding-inline-start: 0.75rem;
}

.failure-age {
  margin-inline-end: 0.5rem;
  color: var(--ink-soft);
}

.failure-age.recent {
  color: var(--bad);
}

.failure-age:empty {
  display: none;
}

.failure-text {
  color: var(--ink-soft);
}

.tree-scroll > .empty {
  padding-top: 0.875rem;
}

@container actors (width < 62rem) {
  .row {
    grid-template-columns: minmax(12rem, 2fr) 6rem minmax(10rem, 1.3fr) 4.75rem 3.75rem 6.25rem;
  }

  .failure-text {
    display: none;
  }
}

@container actors (width < 46rem) {
  .row {
    grid-template-columns: minmax(9rem, 1.6fr) 5.5rem minmax(9.5rem, 1fr) 4.5rem 3.75rem;
  }

  .c-failure {
    display: none;
  }
}

@container actors (width < 34rem) {
  .row {
    grid-template-columns: minmax(0, 1fr) 1rem 5.25rem 2.75rem;
    column-gap: 0.5rem;
    padding-inline: 0.625rem;
  }

  .c-restarts,
  .class-name,
  .state-text,
  .meter-bar {
    display: none;
  }

  .tree-head .c-state,
  .tree-head .c-rate {
    font-size: 0;
  }

  .tree-head .c-rate::after {
    content: "/ s";
    font-size: 0.75rem;
  }

  .tree-head .c-mailbox {
    text-align: end;
  }

  .meter {
    display: block;
    overflow: hidden;
    text-align: end;
    text-overflow: ellipsis;
  }

  /* Where senders wait the mailbox is full. */
  .meter-waiting:not(:empty) + .meter-text {
    display: none;
  }

  .tools,
  .search,
  .search input,
  .select,
  .select select {
    flex: 1 1 auto;
    width: auto;
  }

  .select {
    display: flex;
  }
}

/* The selected actor, below the tree. */

.details {
  flex: none;
  max-height: 45%;
  overflow: auto;
  padding: 0.625rem 0.875rem 0.75rem;
  border-top: 1px solid var(--line-strong);
  background: var(--raised);
}

.details-head {
  display: flex;
  align-items: baseline;
  gap: 0.625rem;
}

.details-head button {
  align-self: center;
  margin-inline-start: auto;
}

.details-id {
  min-width: 0;
  max-height: 3em;
  overflow: auto;
  font: 600 0.8125rem/1.5 var(--mono);
  overflow-wrap: anywhere;
}

.details-troubles {
  color: var(--warn);
}

.details-troubles:empty {
  display: none;
}

.details-figures {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr));
  gap: 0.375rem 1rem;
  margin-top: 0.5rem;
}

.details-figures dt,
.details-failure h4 {
  color: var(--ink-soft);
  font-size: 0.75rem;
}

.details-figures dd {
  font-weight: 550;
}

.details-figures .spark {
  display: block;
  width: 100%;
  height: 1.25rem;
}

.details-failure {
  margin-top: 0.5rem;
}

.details-failure pre {
  max-height: 8rem;
  margin-top: 0.125rem;
  padding: 0.375rem 0.625rem;
  overflow: auto;
  border-radius: 0.375rem;
  background: var(--bad-soft);
  color: var(--bad);
  font: 0.75rem/1.5 var(--mono);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.gone :is(.details-figures, .details-failure) {
  opacity: 0.7;
}

.details.gone .details-troubles {
  color: var(--ink-soft);
}

/* The cluster and the logs. */

#cluster-body {
  border-top: 1px solid var(--line);
}

.alone #cluster-body {
  border: 0;
}

.picture {
  display: block;
  width: 100%;
  max-width: 28rem;
  margin-inline: auto;
  font: 12px/1 var(--sans);
}

.picture text {
  text-anchor: middle;
}

.node {
  transition: transform 0.4s;
}

.node[data-status="up"] {
  color: var(--good);
}

.node[data-status="suspect"] {
  color: var(--warn);
}

.node[data-status="down"] {
  color: var(--bad);
}

.node[data-status="left"] {
  color: var(--ink-soft);
}

.halo {
  fill: var(--panel);
}

.node.self .halo {
  fill: var(--accent-soft);
  stroke: var(--accent-line);
}

.node-name {
  fill: var(--ink);
  font-weight: 600;
}

.node-status {
  fill: currentcolor;
}

.node[data-status="up"] .node-status {
  fill: var(--ink-soft);
}

.node-name,
.node-status,
.round-trip {
  paint-order: stroke;
  stroke: var(--panel);
  stroke-linejoin: round;
  stroke-width: 4px;
}

.edge line {
  stroke: var(--line-strong);
  stroke-width: 1.5;
}

.edge[data-status="suspect"] line {
  stroke: var(--warn);
  stroke-dasharray: 6 4;
}

.edge[data-status="down"] line {
  stroke: var(--bad);
  stroke-dasharray: 1.5 4;
}

.edge[data-status="left"] line {
  stroke: none;
}

.round-trip {
  fill: var(--ink-soft);
  font-size: 11px;
  stroke-width: 6px;
}

.table-scroll {
  max-height: 15rem;
  overflow: auto;
  border-top: 1px solid var(--line);
  scrollbar-width: thin;
}

.table-scroll:focus-visible {
  outline-offset: -2px;
}

table {
  width: 100%;
  border-collapse: collapse;
  table-layout: fixed;
}

th,
td {
  padding: 0.1875rem 0.375rem;
  overflow: hidden;
  font-weight: 400;
  text-align: start;
  text-overflow: ellipsis;
  white-space: nowrap;
}

th:first-child,
td:first-child {
  padding-inline-start: 0.875rem;
}

th:last-child,
td:last-child {
  padding-inline-end: 0.875rem;
}

thead th {
  position: sticky;
  top: 0;
  background: var(--panel);
  color: var(--ink-soft);
  font-size: 0.75rem;
  box-shadow: inset 0 -1px var(--line);
}

tbody th {
  font-weight: 550;
}

tbody tr:hover {
  background: var(--raised);
}

td {
  color: var(--ink-soft);
}

th.number,
td.number {
  text-align: end;
}

td[data-status] .icon {
  width: 0.75rem;
  height: 0.75rem;
  margin-inline-end: 0.375rem;
  vertical-align: -0.09375rem;
}

td[data-status="up"] .icon {
  color: var(--good);
}

td[data-status="suspect"] {
  color: var(--warn);
}

td[data-status="down"] {
  color: var(--bad);
}

.c-when {
  width: 5.125rem;
}

.c-who .link {
  display: flex;
  gap: 0;
  color: var(--ink);
}

.c-who .link > * {
  flex: none;
  max-width: 100%;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.c-who .link > .path {
  flex: 0 1 auto;
  min-width: 0;
  color: var(--ink-soft);
}

.failures .c-who {
  width: 34%;
}

.letters .c-who {
  width: 36%;
}

.members .c-status {
  width: 7rem;
}

.members .c-trip {
  width: 4.875rem;
}

.members .c-addr {
  width: 7.25rem;
}

@media (width < 30rem) {
  .c-who .link > .path {
    display: none;
  }

  .letters .c-who {
    width: 30%;
  }

  .members .c-addr {
    display: none;
  }

  .members .c-status {
    width: 7.75rem;
  }

  .members .c-trip {
    width: 5.375rem;
    padding-inline-end: 0.875rem;
  }
}

.lines {
  display: -webkit-box;
  overflow: hidden;
  overflow-wrap: anywhere;
  white-space: normal;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  line-clamp: 2;
}

td,
tbody th {
  vertical-align: top;
}

/* Where the parts of the page are: all at once on a large window, below each other on a small one. */

.main {
  display: grid;
  grid-template:
    "actors side" minmax(0, 1fr)
    "logs side" auto
    / minmax(0, 1fr) 25rem;
  gap: var(--gap);
  padding: var(--gap) 1rem 1rem;
}

/* Without a cluster there is only a word about it, beside the logs. */
.main.alone {
  grid-template:
    "actors actors" minmax(0, 1fr)
    "logs side" auto
    / minmax(0, 2fr) minmax(0, 1fr);
}

.actors {
  grid-area: actors;
}

.logs {
  display: grid;
  grid-area: logs;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  gap: var(--gap);
}

.side {
  display: flex;
  grid-area: side;
  flex-direction: column;
  gap: var(--gap);
  min-width: 0;
}

.side > .panel {
  flex: none;
}

.alone .side > .panel {
  flex: 1;
}

@media (width >= 68rem) and (height >= 48rem) {
  body {
    display: flex;
    flex-direction: column;
    height: 100vh;
  }

  .main {
    flex: 1;
    min-height: 0;
  }

  .actors {
    min-height: 0;
  }

  .side {
    min-height: 0;
    overflow: auto;
    scrollbar-width: thin;
  }

  .logs .table-scroll {
    height: 9.75rem;
  }

  .logs .empty {
    min-height: 4rem;
  }
}

@media (width < 68rem), (height < 48rem) {
  .tree-scroll {
    max-height: 36rem;
  }
}

@media (width < 68rem) {
  .main,
  .main.alone {
    grid-template:
      "actors" auto
      "logs" auto
      "side" auto
      / minmax(0, 1fr);
  }
}

@media (width < 68rem) and (width >= 48rem) {
  .main:not(.alone) .side {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    align-items: start;
  }
}

@media (width < 48rem) {
  .logs {
    grid-template-columns: minmax(0, 1fr);
  }
}

@media (width < 40rem) {
  .main {
    padding-inline: 0.75rem;
  }
}

@media (prefers-reduced-motion: reduce) {
  *,
  *::before,
  *::after {
    animation: none !important;
    transition: none !important;
  }
}

/* Where the reader chooses the colours: what a ground says elsewhere is said by a line, or by a colour of the reader's. */

@media (forced-colors: active) {
  :root,
  :root[data-theme] {
    --ground: Canvas;
    --panel: Canvas;
    --raised: Canvas;
    --line: GrayText;
    --line-strong: CanvasText;
    --ink: CanvasText;
    --ink-soft: CanvasText;
    --accent: Highlight;
    --accent-soft: Canvas;
    --accent-line: Highlight;
    --good: CanvasText;
    --warn: CanvasText;
    --warn-bar: CanvasText;
    --bad: CanvasText;
    --bar: Canvas;
    color-scheme: light dark;
  }

  .panel,
  .meter-bar {
    border: 1px solid CanvasText;
  }

  .figure {
    outline: 1px solid CanvasText;
  }

  .dot,
  .meter-fill {
    forced-color-adjust: none;
  }

  button[aria-pressed="true"],
  .segments label:has(:checked) {
    background: Highlight;
    color: HighlightText;
    forced-color-adjust: none;
  }

  button[aria-pressed="true"] .icon,
  #troubled[aria-pressed="true"]:not([data-none]) .icon {
    color: inherit;
  }

  .tree-body .row[aria-selected]:not(:focus-visible) {
    outline: 2px dashed Highlight;
    outline-offset: -2px;
  }
}

/* On paper: dark on light, nothing to press, and nothing that would have to be scrolled. */

@media print {
  :root,
  :root[data-theme] {
    color-scheme: light;
  }

  body,
  .main,
  .main.alone,
  .side,
  .main:not(.alone) .side {
    display: block;
    height: auto;
    overflow: visible;
  }

  .top-controls,
  .tools,
  .keys {
    display: none;
  }

  .tree-scroll,
  .table-scroll,
  .logs .table-scroll,
  .details {
    height: auto;
    max-height: none;
    overflow: visible;
  }

  .panel {
    margin-bottom: var(--gap);
    overflow: visible;
  }

  .tree-head,
  thead th {
    position: static;
  }

  .tree-body .row {
    content-visibility: visible;
  }

  .row,
  tr,
  .figures,
  .picture {
    break-inside: avoid;
  }

  .dot,
  .meter {
    print-color-adjust: exact;
  }
}
`,
  },
  "observer.js": {
    type: "text/javascript; charset=utf-8",
    text: `// dom.js

/**
 * Small helpers around the DOM. All text goes in as text, and nothing is touched that has not changed: so markup in a
 * name stays text, and selections, scroll positions and focus stay where they are.
 * @module
 */

/**
 * Makes an HTML element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes an SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[T]}
 */
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What shows one of the symbols of the page, and lets it be changed. */
class Icon {
  /** @readonly */
  node = svg("svg", { class: "icon", "aria-hidden": "true" });
  #use = svg("use");

  /** @param {string} [name] */
  constructor(name) {
    this.node.append(this.#use);
    if (name !== undefined) this.show(name);
  }

  /** @param {string} name */
  show(name) {
    setAttribute(this.#use, "href", \`#i-\${name}\`);
  }
}

/**
 * The element with an id, which the page always has.
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(\`The page has no #\${id}\`);
  return found;
}

/**
 * Makes \`text\` the text of a node, in place: a selection in it survives when the text is the same.
 * @param {Node} node
 * @param {string} text
 */
function setText(node, text) {
  const { firstChild } = node;
  if (firstChild instanceof Text && firstChild.nextSibling === null) {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/**
 * Sets an attribute, or takes it away where the value is \`null\`.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
function setAttribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/**
 * Shows or hides an element.
 * @param {Element} element
 * @param {boolean} isShown
 */
function show(element, isShown) {
  setAttribute(element, "hidden", isShown ? null : "");
}

/**
 * What shows one item of a list.
 * @template Item
 * @typedef {{ readonly node: Element, update(item: Item): void }} View
 */

/**
 * The children of an element, one for each item: an item that stays keeps its node.
 * @template Item
 * @template {View<Item>} [V=View<Item>]
 */
class KeyedList {
  #parent;
  #keyOf;
  #create;
  /** @type {Map<string, V>} */
  #views = new Map();

  /**
   * @param {Element} parent
   * @param {(item: Item) => string} keyOf
   * @param {() => V} create
   */
  constructor(parent, keyOf, create) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  /**
   * The view of an item, where it has one.
   * @param {string} key
   */
  view(key) {
    return this.#views.get(key);
  }

  /** All views, from top to bottom. */
  views() {
    return this.#views.values();
  }

  /** @param {readonly Item[]} items */
  update(items) {
    const keys = this.#keysOf(items);
    /** @type {Map<string, V>} */
    const views = new Map();
    for (const key of keys) views.set(key, this.#views.get(key) ?? this.#create());
    for (const [key, { node }] of this.#views) if (!views.has(key)) node.remove();
    this.#views = views;
    let cursor = this.#parent.firstElementChild;
    for (const [index, item] of items.entries()) {
      const view = views.get(keys[index] ?? "");
      if (view === undefined) continue;
      view.update(item);
      // Where one has moved down, it is passed over rather than that all others move up: its turn comes.
      if (cursor?.nextElementSibling === view.node) cursor = view.node;
      if (view.node === cursor) cursor = cursor.nextElementSibling;
      else place(this.#parent, view.node, cursor);
    }
  }

  /**
   * Keys, made unique. Of equal ones the last is the first: new items come in at the top, and the old keep theirs.
   * @param {readonly Item[]} items
   */
  #keysOf(items) {
    /** @type {Map<string, number>} */
    const seen = new Map();
    return items.map(this.#keyOf).reverse().map((key) => {
      const count = seen.get(key) ?? 0;
      seen.set(key, count + 1);
      return count === 0 ? key : \`\${key}\\n\${count}\`;
    }).reverse();
  }
}

/**
 * Puts a node before another. Where the browser can move it without taking it out, it keeps its focus and its state.
 * @param {Element} parent
 * @param {Element} node
 * @param {Element | null} before
 */
function place(parent, node, before) {
  if (node.parentNode === parent && "moveBefore" in parent && typeof parent.moveBefore === "function") {
    parent.moveBefore(node, before);
  } else parent.insertBefore(node, before);
}

// format.js

/**
 * Numbers, durations and times, as people read them.
 * @module
 */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const TENTHS = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
// Made once: making one takes much longer than using it, and each state has hundreds of times.
const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DATE_AND_TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/**
 * A count: in full up to five digits, then rounded.
 * @param {number} n
 */
function count(n) {
  return n < 100_000 ? WHOLE.format(n) : SHORT.format(n);
}

/**
 * A rate: with a tenth where it is small.
 * @param {number} n
 */
function rate(n) {
  return n < 10 ? TENTHS.format(n) : count(n);
}

/**
 * A duration in ms, with its unit.
 * @param {number} ms
 */
function duration(ms) {
  if (ms < 10) return \`\${TENTHS.format(ms)} ms\`;
  if (ms < 1_000) return \`\${WHOLE.format(ms)} ms\`;
  return ms < 10_000 ? \`\${TENTHS.format(ms / 1_000)} s\` : span(ms);
}

/**
 * A duration that is long enough to be told in seconds or more.
 * @param {number} ms
 */
function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return \`\${seconds} s\`;
  if (seconds < 3_600) return \`\${Math.floor(seconds / 60)} min\`;
  return seconds < 86_400 ? \`\${Math.floor(seconds / 3_600)} h\` : \`\${Math.floor(seconds / 86_400)} d\`;
}

/**
 * How long ago something was.
 * @param {number} ms
 */
function ago(ms) {
  return ms < 1_000 ? "just now" : \`\${span(ms)} ago\`;
}

/**
 * The time of day, from Unix ms.
 * @param {number} at
 */
function timeOfDay(at) {
  return TIME.format(at);
}

/**
 * The time of day, or the day where that is another one than that of \`now\`.
 * @param {number} at
 * @param {number} now
 */
function timeOrDay(at, now) {
  return DAY.format(at) === DAY.format(now) ? timeOfDay(at) : DAY.format(at);
}

/**
 * Both, where the browser is and for everybody.
 * @param {number} at
 */
function dateAndTime(at) {
  return \`\${DATE_AND_TIME.format(at)} (\${new Date(at).toISOString()})\`;
}

/**
 * A count and what is counted.
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
function plural(n, one, many = \`\${one}s\`) {
  return \`\${count(n)} \${n === 1 ? one : many}\`;
}

// members.js

/**
 * How the members of a cluster are, taken together.
 * @module
 */

const URGENCY = { down: 0, suspect: 1, up: 2, left: 3 };

/**
 * Who has left is not missed: \`all\` does not count it.
 * @param {ClusterState} cluster
 * @returns {{ up: number, all: number, bad: MemberState[] }} Of the bad ones those that are down come first.
 */
function healthOf({ members, membersOmitted }) {
  const bad = members.filter(isBad).sort(byUrgency);
  const left = members.filter(({ status }) => status === "left").length;
  const all = members.length - left + membersOmitted;
  return { up: all - bad.length, all, bad };
}

/** Whether somebody should look after it. @param {MemberState} member */
function isBad({ status }) {
  return status === "down" || status === "suspect";
}

/**
 * Sorts the worst first, and keeps the order of those that are equally well.
 * @param {MemberState} a
 * @param {MemberState} b
 */
function byUrgency(a, b) {
  return URGENCY[a.status] - URGENCY[b.status];
}

/**
 * How many are what, as \`1 down, 2 suspect\`; empty where all is well.
 * @param {readonly MemberState[]} bad
 */
function badText(bad) {
  const down = bad.filter(({ status }) => status === "down").length;
  const parts = [down > 0 ? \`\${count(down)} down\` : "", bad.length > down ? \`\${count(bad.length - down)} suspect\` : ""];
  return parts.filter((part) => part !== "").join(", ");
}

/**
 * The status of a member, and for how long it has not been well.
 * @param {MemberState} member
 * @param {number} now Unix ms
 */
function statusText(member, now) {
  const { status, since } = member;
  return isBad(member) && since !== null ? \`\${status} \${span(now - since)}\` : status;
}

// cluster_picture.js

/**
 * The cluster as a picture: this node in the middle, the others around it, and on each edge the round trip.
 * @module
 */

const WIDTH = 400;
/** Few nodes need little room. */
const HEIGHT = { low: 118, high: 262 };
const FEW_NODES = 3;
/** Of more nodes than this only those that are not well have a name: the others are in the table below. */
const NAMED_MAX = 10;
/** More than this are no picture any more. Those that are not up come first. */
const DRAWN_MAX = 60;

/** How large a node is, by how many there are: they shall not cover each other. */
const SIZES = /** @type {const} */ ([[NAMED_MAX, 22], [30, 16], [DRAWN_MAX, 11]]);

/**
 * @typedef {{
 *   member: MemberState, x: number, y: number, size: number, isNamed: boolean, now: number,
 *   middle: { x: number, y: number },
 * }} Spot
 */

/** The picture. */
class ClusterPicture {
  #title = svg("title", { id: "picture-title" }, "");
  #edges = svg("g", { class: "edges" });
  #nodes = svg("g", { class: "nodes" });
  #edgeList = new KeyedList(this.#edges, spotKey, makeEdge);
  #nodeList = new KeyedList(this.#nodes, spotKey, makeNode);
  /** @readonly */
  node = svg("svg", { class: "picture", role: "img", "aria-labelledby": "picture-title" });

  constructor() {
    this.node.append(this.#title, this.#edges, this.#nodes);
  }

  /**
   * @param {ClusterState} cluster
   * @param {number} now Unix ms
   */
  update(cluster, now) {
    const self = cluster.members.find(({ isSelf }) => isSelf);
    const others = drawn(cluster.members.filter(({ isSelf }) => !isSelf));
    const height = others.length < FEW_NODES ? HEIGHT.low : HEIGHT.high;
    setAttribute(this.node, "viewBox", \`0 0 \${WIDTH} \${height}\`);
    // Of few nodes all names are below.
    const middle = { x: WIDTH / 2, y: others.length < FEW_NODES ? height / 2 - 11 : height / 2 };
    const spots = around(others, middle, height, now);
    setText(this.#title, describe(cluster, others.length));
    // Names are on top of what is near them.
    spots.sort((a, b) => Number(a.isNamed) - Number(b.isNamed));
    this.#edgeList.update(spots);
    this.#nodeList.update(
      self === undefined
        ? spots
        : [...spots, { member: self, ...middle, size: SIZES[0][1], isNamed: true, now, middle }],
    );
  }
}

/** Keeps a member at its place: the order is that of the ids. @param {MemberState[]} members */
function drawn(members) {
  const chosen = members.length <= DRAWN_MAX ? members : members.toSorted(byUrgency).slice(0, DRAWN_MAX);
  return chosen.toSorted((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
}

/**
 * @param {readonly MemberState[]} members
 * @param {{ x: number, y: number }} middle
 * @param {number} height
 * @param {number} now
 * @returns {Spot[]}
 */
function around(members, middle, height, now) {
  // Two stand to the left and to the right; of more, none is straight below this node, where its name is.
  const start = members.length <= 2
    ? Math.PI
    : -Math.PI / 2 + (members.length % 2 === 0 ? Math.PI / members.length : 0);
  const areNamed = members.length <= NAMED_MAX;
  const size = SIZES.find(([count]) => members.length <= count)?.[1] ?? SIZES[2][1];
  const [rx, ry] = [WIDTH / 2 - 58, height / 2 - 42];
  return members.map((member, i) => {
    const angle = start + 2 * Math.PI * i / members.length;
    const [x, y] = [middle.x + rx * Math.cos(angle), middle.y + ry * Math.sin(angle)];
    return { member, x, y, size, isNamed: areNamed || isBad(member), now, middle };
  });
}

/** @param {Spot} spot */
function spotKey({ member }) {
  return member.id;
}

function makeEdge() {
  const line = svg("line");
  const label = svg("text", { class: "round-trip" }, "");
  return {
    node: svg("g", { class: "edge" }, line, label),
    /** @param {Spot} spot */
    update({ member, x, y, isNamed, middle }) {
      const { status, roundTripMs } = member;
      setAttribute(line.parentElement ?? line, "data-status", status);
      const ends = { x1: middle.x, y1: middle.y, x2: x, y2: y };
      for (const [name, value] of Object.entries(ends)) setAttribute(line, name, value.toFixed(1));
      // Downwards it keeps clear of the name of this node.
      const share = y > middle.y + 1 ? 0.62 : 0.53;
      setAttribute(label, "x", (middle.x + (x - middle.x) * share).toFixed(1));
      setAttribute(label, "y", (middle.y + (y - middle.y) * share + 3.5).toFixed(1));
      const isShown = isNamed && roundTripMs !== null && (status === "up" || status === "suspect");
      setText(label, isShown ? duration(roundTripMs) : "");
    },
  };
}

function makeNode() {
  const use = svg("use");
  const halo = svg("circle", { class: "halo" });
  const hint = svg("title", {}, "");
  const name = svg("text", { class: "node-name" }, "");
  const status = svg("text", { class: "node-status" }, "");
  const node = svg("g", { class: "node" }, hint, halo, use, name, status);
  return {
    node,
    /** @param {Spot} spot */
    update({ member, x, y, size, isNamed, now, middle }) {
      const transform = \`translate(\${x.toFixed(1)}px, \${y.toFixed(1)}px)\`;
      if (node.style.transform !== transform) node.style.transform = transform;
      setAttribute(node, "data-status", member.status);
      node.classList.toggle("self", member.isSelf);
      setAttribute(use, "href", \`#i-\${member.status}\`);
      for (const corner of ["x", "y"]) setAttribute(use, corner, \`\${-size / 2}\`);
      for (const side of ["width", "height"]) setAttribute(use, side, \`\${size}\`);
      setAttribute(halo, "r", (size * 0.68).toFixed(1));
      setText(hint, \`\${member.id}, \${statusText(member, now)}\`);
      setText(name, isNamed ? shorten(member.id) : "");
      const note = member.isSelf ? "this node" : member.status === "up" ? "" : statusText(member, now);
      setText(status, isNamed ? note : "");
      // The names of the upper nodes are above them, where no edge is.
      const isAbove = y < middle.y - 1;
      setAttribute(name, "y", isAbove ? (note === "" ? "-18" : "-31") : "27");
      setAttribute(status, "y", isAbove ? "-18" : "40");
    },
  };
}

/** @param {string} id */
function shorten(id) {
  return id.length <= 18 ? id : \`\${id.slice(0, 8)}…\${id.slice(-8)}\`;
}

/**
 * The picture in words.
 * @param {ClusterState} cluster
 * @param {number} drawnCount
 */
function describe(cluster, drawnCount) {
  const { self, members, membersOmitted } = cluster;
  const { up, all, bad } = healthOf(cluster);
  const left = members.length - 1 - drawnCount + membersOmitted;
  const parts = [
    \`This node is \${self}\`,
    \`\${up} of \${all} members are up\`,
    ...bad.slice(0, 10).map(({ id, status }) => \`\${id} is \${status}\`),
  ];
  if (bad.length > 10) parts.push(\`\${bad.length - 10} more are not up\`);
  if (left > 0) parts.push(\`\${left} members are not drawn\`);
  return \`\${parts.join(". ")}.\`;
}

// row_list.js

/**
 * Rows of the tree or of a table. Those in sight follow each state, and the others take turns: so a state costs as much
 * as a window shows, however many rows there are.
 * @module
 */

/**
 * What shows one row. A new one draws itself when it is updated, and waits for \`draw\` from then on.
 * @template Item
 * @typedef {View<Item> & { isInSight: boolean, draw(): void }} RowOf
 */

/**
 * How many rows out of sight are drawn with each state: they take turns, and of a thousand none is older than ten
 * seconds.
 */
const UNSEEN_ROWS = 100;
/** How far beyond the edges of what scrolls counts as in sight: whoever scrolls finds the rows drawn. */
const MARGIN = "50% 0px";

/**
 * The rows.
 * @template Item
 * @template {RowOf<Item>} [V=RowOf<Item>]
 */
class RowList {
  /** @type {KeyedList<Item, V>} */
  #list;
  /** @type {WeakMap<Element, V>} */
  #viewOf = new WeakMap();
  /** Tells which rows are in sight, without a look at the layout in the middle of a state. */
  #sight;
  /** Whose turn it is of the rows out of sight. */
  #turn = 0;

  /**
   * @param {{ body: Element, scroll: Element, keyOf: (item: Item) => string, create: () => V }} options \`scroll\`
   * scrolls them.
   */
  constructor({ body, scroll, keyOf, create }) {
    this.#list = new KeyedList(body, keyOf, () => this.#watched(create()));
    this.#sight = new IntersectionObserver((entries) => this.#see(entries), { root: scroll, rootMargin: MARGIN });
    // On paper there is nothing out of sight.
    addEventListener("beforeprint", () => this.#draw(Infinity));
  }

  /** The view of a row, where it has one. @param {string} key */
  view(key) {
    return this.#list.view(key);
  }

  /** @param {readonly Item[]} items */
  update(items) {
    this.#list.update(items);
    this.#draw(UNSEEN_ROWS);
  }

  /** @param {V} view */
  #watched(view) {
    this.#viewOf.set(view.node, view);
    this.#sight.observe(view.node);
    return view;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      const view = this.#viewOf.get(target);
      if (view === undefined) continue;
      view.isInSight = isIntersecting;
      if (isIntersecting) view.draw();
    }
  }

  /**
   * Draws the rows that are in sight, and some of the others.
   * @param {number} unseenMax
   */
  #draw(unseenMax) {
    const views = [...this.#list.views()];
    for (const view of views) if (view.isInSight) view.draw();
    const others = Math.min(unseenMax, views.length);
    for (let i = 0; i < others; i++) views[(this.#turn + i) % views.length]?.draw();
    this.#turn = views.length === 0 ? 0 : (this.#turn + others) % views.length;
  }
}

// tables.js

/**
 * Plain tables: failures, dead letters, members and the directory.
 * @module
 */

/**
 * One column: its title, a class for its cells, and what stands in a cell.
 * @template Item
 * @typedef {object} Column
 * @property {string} title
 * @property {string} name
 * @property {(item: Item) => string} text
 * @property {(item: Item) => string} [hint] The text that is shown for a while when the pointer rests; the text itself
 * otherwise.
 * @property {(cell: HTMLElement, item: Item) => void} [draw] Draws what is more than text.
 * @property {boolean} [isHead] Whether its cells name the row.
 */

/**
 * A table that scrolls where it is long, and says something useful where it is empty.
 * @template Item
 */
class Table {
  #body = html("tbody");
  #scroll;
  #empty;
  #list;
  /** @readonly */
  node;

  /**
   * @param {{
   *   caption: string, empty: string, columns: readonly Column<Item>[], keyOf: (item: Item) => string, name: string,
   * }} options
   */
  constructor({ caption, empty, columns, keyOf, name }) {
    const heads = columns.map((column) => html("th", { scope: "col", class: \`c-\${column.name}\` }, column.title));
    const head = html("thead", {}, html("tr", {}, ...heads));
    const table = html("table", { class: name }, html("caption", { class: "hidden" }, caption), head, this.#body);
    // What scrolls must be reached by the keyboard.
    this.#scroll = html("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
    this.#empty = html("p", { class: "empty" }, empty);
    this.node = html("div", { class: "table" }, this.#scroll, this.#empty);
    this.#list = new RowList({ body: this.#body, scroll: this.#scroll, keyOf, create: () => makeRow(columns) });
  }

  /** @param {readonly Item[]} items */
  update(items) {
    show(this.#scroll, items.length > 0);
    show(this.#empty, items.length === 0);
    this.#list.update(items);
  }
}

/**
 * @template Item
 * @param {readonly Column<Item>[]} columns
 * @returns {RowOf<Item>}
 */
function makeRow(columns) {
  const cells = columns.map(({ name, isHead = false }) =>
    isHead ? html("th", { scope: "row", class: \`c-\${name}\` }, "") : html("td", { class: \`c-\${name}\` }, "")
  );
  /** @type {Item | undefined} */
  let shown;
  return {
    node: html("tr", {}, ...cells),
    isInSight: false,
    update(item) {
      const isNew = shown === undefined;
      shown = item;
      if (isNew) this.draw();
    },
    draw() {
      const item = shown;
      if (item === undefined) return;
      for (const [index, { text, hint = text, draw }] of columns.entries()) {
        const cell = cells[index];
        if (cell === undefined) continue;
        if (draw === undefined) setText(cell, text(item));
        else draw(cell, item);
        setAttribute(cell, "title", hint(item));
      }
    },
  };
}

/**
 * Draws a text of a few lines, in the direction of its script.
 * @param {HTMLElement} cell
 * @param {string} text
 */
function drawLines(cell, text) {
  if (cell.firstElementChild === null) cell.replaceChildren(html("div", { class: "lines", dir: "auto" }, ""));
  setText(cell.firstElementChild ?? cell, text);
}

// cluster.js

/**
 * The cluster: its picture, its members as a table, and its directory.
 * @module
 */

/** What is there to see of the cluster. */
class Cluster {
  #body = byId("cluster-body");
  #picture = new ClusterPicture();
  /** When what is shown was so. */
  #now = 0;
  /** @type {Table<MemberState>} */
  #members = new Table({
    name: "members",
    caption: "Members of the cluster",
    empty: "No members yet. They appear here when this node has joined, or others join it.",
    keyOf: ({ id }) => id,
    columns: [
      {
        title: "Member",
        name: "member",
        isHead: true,
        text: ({ id }) => id,
        hint: ({ id, addr }) => \`\${id} at \${addr}\`,
        draw: (cell, { id }) => drawLines(cell, id),
      },
      {
        title: "Status",
        name: "status",
        text: ({ status }) => status,
        hint: ({ status, since }) => since === null ? status : \`\${status} since \${dateAndTime(since)}\`,
        draw: (cell, member) => drawStatus(cell, member, this.#now),
      },
      { title: "Round trip", name: "trip number", text: roundTrip },
      { title: "Address", name: "addr", text: ({ addr }) => addr },
    ],
  });
  /** @type {Table<EntryState>} */
  #directory = new Table({
    name: "entries",
    caption: "Directory of the cluster: names of actors, and the nodes that have them",
    empty: "No names. An actor that a node registers can be found here by all others.",
    keyOf: ({ name, node }) => \`\${name}\\n\${node}\`,
    columns: [
      { title: "Name", name: "name", isHead: true, text: ({ name }) => name },
      { title: "Node", name: "node", text: ({ node }) => node },
      { title: "Type", name: "type", text: ({ actorType }) => actorType },
    ],
  });
  #none = html(
    "p",
    { class: "empty" },
    "This process is in no cluster. To see one here, pass its node: ",
    html("code", {}, "observer(system, { cluster: node })"),
  );

  constructor() {
    this.#body.append(this.#none, this.#picture.node, this.#members.node);
    byId("directory-body").append(this.#directory.node);
  }

  /** @param {ObserverState} state */
  update({ at, cluster }) {
    this.#now = at;
    show(this.#none, cluster === null);
    show(this.#picture.node, cluster !== null);
    show(this.#members.node, cluster !== null);
    show(byId("directory"), cluster !== null);
    // Where there is none it makes room for what there is.
    byId("main").classList.toggle("alone", cluster === null);
    if (cluster === null) return setText(byId("cluster-note"), "");
    const { members, directory, directoryOmitted } = cluster;
    const { up, all } = healthOf(cluster);
    setText(byId("cluster-note"), \`\${count(up)} of \${count(all)} up, \${cluster.name}\`);
    this.#picture.update(cluster, at);
    // Who is not well is not to be searched for among hundreds.
    this.#members.update(members.toSorted(byUrgency));
    setText(byId("directory-note"), plural(directory.length + directoryOmitted, "name"));
    this.#directory.update(directory);
  }
}

/** @param {MemberState} member */
function roundTrip({ isSelf, roundTripMs, status }) {
  if (isSelf) return "this node";
  return roundTripMs === null || status === "down" || status === "left" ? "–" : duration(roundTripMs);
}

/**
 * @param {HTMLElement} cell
 * @param {MemberState} member
 * @param {number} now Unix ms
 */
function drawStatus(cell, member, now) {
  const { status } = member;
  if (cell.dataset["status"] !== status) cell.replaceChildren(new Icon(status).node, html("span", {}, ""));
  setAttribute(cell, "data-status", status);
  setText(cell.lastElementChild ?? cell, statusText(member, now));
}

// connection.js

/**
 * The stream of states from the server: it comes back by itself, and says how it is.
 * @module
 */

/**
 * - \`"connecting"\`: nothing has come yet;
 * - \`"live"\`: states come in;
 * - \`"lost"\`: they do not, and it is tried again;
 * - \`"ended"\`: the server has said that there is nothing more to see.
 * @typedef {"connecting" | "live" | "lost" | "ended"} ConnectionStatus
 */

/** States come once a second: after this silence something is wrong, also where the connection still seems open. */
const SILENCE_MS = 5_000;
/** How soon it is tried again where the browser has given up. */
const RETRY_MS = 3_000;

/** What it means when there is no stream, by how the server answers to a plain request. */
const REFUSALS = new Map([
  [200, "The server has no stream left: too many pages look at this system already."],
  [401, "The server asks who you are. Open the page again, with its token."],
  [403, "The server does not let you look any more. Open the page again."],
  [404, "There is no observer at this address any more."],
  [503, "The observer there has ended."],
]);

/** Why there is an end though the system goes on. */
const ONLY_OBSERVER = "The observer has ended; the system may go on.";

/** The stream of states. */
class Connection {
  #onState;
  #onStatus;
  /** @type {EventSource | undefined} */
  #source;
  /** @type {ConnectionStatus} */
  #status = "connecting";
  #reason = "";
  /** @type {number | undefined} */
  #silence;

  /**
   * @param {(state: ObserverState) => void} onState
   * @param {(status: ConnectionStatus, reason: string) => void} onStatus The reason is empty where it is not known.
   */
  constructor(onState, onStatus) {
    this.#onState = onState;
    this.#onStatus = onStatus;
  }

  /** Connects, and from then on tries again whenever that fails. */
  open() {
    const source = this.#source = new EventSource("events");
    this.#listen();
    // Of a system that has ended there is one more state to be had, and then the end again.
    let isLast = this.#status === "ended";
    source.addEventListener("state", ({ data }) => {
      this.#listen();
      if (isLast) {
        isLast = false;
        return;
      }
      this.#become("live", "");
      this.#onState(JSON.parse(data));
    });
    source.addEventListener("end", ({ data }) => {
      this.#close();
      this.#become("ended", JSON.parse(data).reason === "observer" ? ONLY_OBSERVER : "");
      this.#again();
    });
    source.addEventListener("error", () => {
      if (this.#status !== "ended") this.#become("lost", this.#reason);
      // While it is connecting the browser tries by itself.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#close();
      this.#ask().finally(() => this.#again());
    });
  }

  /** Nothing is awaited from this stream any more. */
  #close() {
    clearTimeout(this.#silence);
    this.#source?.close();
  }

  #again() {
    setTimeout(() => this.open(), RETRY_MS);
  }

  /** Notices a silence. */
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#become("lost", "Nothing has come for a while.");
      this.#close();
      this.#again();
    }, SILENCE_MS);
  }

  /** Finds out why there is no stream: the browser does not tell. */
  async #ask() {
    try {
      // It must end: only then it is tried again.
      const signal = AbortSignal.timeout(SILENCE_MS);
      const { status } = await fetch("state", { method: "HEAD", cache: "no-store", signal });
      if (this.#status === "lost") this.#become("lost", REFUSALS.get(status) ?? "");
    } catch {
      if (this.#status === "lost") this.#become("lost", ""); // Nobody answers: there is no more to be said.
    }
  }

  /**
   * @param {ConnectionStatus} status
   * @param {string} reason
   */
  #become(status, reason) {
    if (status === this.#status && reason === this.#reason) return;
    this.#status = status;
    this.#reason = reason;
    this.#onStatus(status, reason);
  }
}

// sparkline.js

/**
 * The last values of a figure, and a small picture of them.
 * @module
 */

/** How many values are kept: two minutes, at one a second. More would be finer than the picture can show. */
const HISTORY_MAX = 120;

const SPARK_WIDTH = 120;
const SPARK_HEIGHT = 28;

/** The last values of one figure. */
class History {
  /** @type {number[]} */
  #values = [];

  /** @param {number} value */
  add(value) {
    this.#values.push(value);
    if (this.#values.length > HISTORY_MAX) this.#values.shift();
  }

  /** The oldest first. */
  get values() {
    return this.#values;
  }

  /** The largest of them; 0 where there is none. */
  get peak() {
    return Math.max(0, ...this.#values);
  }
}

/** The picture. What it shows stands beside it as text, so it is hidden from screen readers. */
class Sparkline {
  #area = svg("path", { class: "spark-area" });
  #line = svg("path", { class: "spark-line" });
  /** @readonly */
  node = svg(
    "svg",
    {
      class: "spark",
      viewBox: \`0 0 \${SPARK_WIDTH} \${SPARK_HEIGHT}\`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    this.#area,
    this.#line,
  );

  /**
   * @param {History} history
   * @param {number} [floor] The scale is never finer than this: noise around zero shall look like nothing.
   */
  update(history, floor = 1) {
    const { values, peak } = history;
    this.node.classList.toggle("flat", peak === 0);
    const top = Math.max(peak, floor);
    const step = SPARK_WIDTH / (HISTORY_MAX - 1);
    // The newest is at the right edge: a short history grows in from there.
    const start = HISTORY_MAX - values.length;
    const points = values.map((value, i) => {
      const y = SPARK_HEIGHT - 1.5 - value / top * (SPARK_HEIGHT - 3);
      return \`\${((start + i) * step).toFixed(1)} \${y.toFixed(1)}\`;
    });
    const line = points.length < 3 ? "" : \`M\${points.join("L")}\`;
    setAttribute(this.#line, "d", line);
    setAttribute(this.#area, "d", line && \`\${line}V\${SPARK_HEIGHT}H\${(start * step).toFixed(1)}Z\`);
  }
}

// trouble.js

/**
 * What makes an actor one to look at.
 * @module
 */

/** A failure counts as news for a minute. */
const RECENT_MS = 60_000;
/** A mailbox that is fuller than this is about to make its senders wait. */
const FULL_SHARE = 0.8;
/** A handler that takes longer than this holds up whoever waits for the actor. */
const SLOW_MS = 1_000;

/**
 * Whether a failure is still news.
 * @param {ActorState["lastFailure"]} failure
 * @param {number} now Unix ms
 */
function isRecent(failure, now) {
  return failure !== null && now - failure.at < RECENT_MS;
}

/**
 * How full a mailbox is, from 0 to 1; \`null\` where it has no mark.
 * @param {ActorState} actor
 */
function fullness({ used, capacity }) {
  if (capacity === null) return null;
  return capacity <= 0 ? Number(used > 0) : Math.min(1, used / capacity);
}

/**
 * What is in a mailbox, and how much fits: in messages where it counts them, and otherwise in percent.
 * @param {ActorState} actor
 */
function mailboxText(actor) {
  const { queued, used, capacity } = actor;
  if (capacity === null) return count(queued);
  return used === queued
    ? \`\${count(queued)} / \${count(capacity)}\`
    : \`\${count(queued)}, \${Math.round((fullness(actor) ?? 0) * 100)} %\`;
}

/**
 * The troubles of an actor, as sentences; none where it is well.
 * @param {ActorState} actor
 * @param {number} now Unix ms
 * @returns {string[]}
 */
function troublesOf(actor, now) {
  const { status, waiting, busyMs, lastFailure } = actor;
  const troubles = [];
  const full = fullness(actor);
  if (status === "restarting") troubles.push("It is restarting.");
  if (lastFailure !== null && isRecent(lastFailure, now)) troubles.push(\`It failed \${ago(now - lastFailure.at)}.\`);
  if (waiting > 0) troubles.push(\`\${plural(waiting, "sender waits", "senders wait")} for room in its mailbox.\`);
  else if (full !== null && full >= FULL_SHARE) troubles.push(\`Its mailbox is \${Math.round(full * 100)} % full.\`);
  if (busyMs !== null && busyMs > SLOW_MS) troubles.push(\`Its handler has been running for \${duration(busyMs)}.\`);
  return troubles;
}

// details.js

/**
 * Everything that is known of the selected actor, below the tree.
 * @module
 */

/** The details. */
class Details {
  #panel = byId("details");
  #id = html("h3", { class: "details-id" }, "");
  #close = html(
    "button",
    { type: "button", class: "quiet", "aria-label": "Close the details" },
    new Icon("close").node,
  );
  #className = html("span", { class: "class-name" }, "");
  #troubles = html("p", { class: "details-troubles" }, "");
  #figures = html("dl", { class: "details-figures" });
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();
  #failure = html("div", { class: "details-failure" });
  #failureTitle = html("h4", {}, "");
  #failureText = html("pre", { tabindex: "0", dir: "auto", "aria-label": "What was thrown" }, "");
  #rates = new History();
  #queues = new History();
  #rateSpark = new Sparkline();
  #queueSpark = new Sparkline();
  /** @type {string | undefined} */
  #selected;
  /** The actor that the figures are of. @type {string | undefined} */
  #drawn;

  /** @param {() => void} onClose */
  constructor(onClose) {
    this.#close.addEventListener("click", onClose);
    this.#failure.append(this.#failureTitle, this.#failureText);
    const head = html("header", { class: "details-head" }, this.#id, this.#className, this.#close);
    // What was thrown is what somebody came for: it is not to be scrolled to.
    this.#panel.append(head, this.#troubles, this.#failure, this.#figures);
    for (const name of ["State", "Mailbox", "Waiting", "Per second", "Handled", "Restarts", "Children"]) {
      const value = html("dd", {}, "");
      this.#values.set(name, value);
      this.#figures.append(html("div", {}, html("dt", {}, name), value));
    }
    this.#values.get("Per second")?.after(this.#rateSpark.node);
    this.#values.get("Mailbox")?.after(this.#queueSpark.node);
  }

  /** @param {string | undefined} id */
  select(id) {
    this.#selected = id;
    [this.#rates, this.#queues] = [new History(), new History()];
  }

  /**
   * Remembers a state for the small pictures; also one that is not shown, because the page is paused.
   * @param {ObserverState} state
   */
  sample(state) {
    const actor = this.#selected === undefined ? undefined : findActor(state.actors, this.#selected);
    if (actor === undefined) return;
    this.#rates.add(actor.handledPerSecond);
    this.#queues.add(actor.used);
    this.#rateSpark.update(this.#rates);
    this.#queueSpark.update(this.#queues, actor.capacity ?? 1);
  }

  /** @param {ObserverState} state */
  update(state) {
    show(this.#panel, this.#selected !== undefined);
    if (this.#selected === undefined) return;
    setText(this.#id, this.#selected);
    const actor = findActor(state.actors, this.#selected);
    this.#panel.classList.toggle("gone", actor === undefined);
    if (actor === undefined) this.#showGone(this.#selected, state);
    else this.#show(actor, state.at);
  }

  /**
   * Shows what is left of an actor: what was seen of it, and its failure.
   * @param {string} id
   * @param {ObserverState} state
   */
  #showGone(id, { at, failures }) {
    setText(this.#troubles, "It has ended, or is not among those that are shown.");
    const isSeen = this.#drawn === id;
    show(this.#figures, isSeen);
    if (!isSeen) setText(this.#className, "");
    const failure = failures.find((failure) => failure.id === id);
    if (failure !== undefined || !isSeen) this.#showFailure(failure ?? null, at);
  }

  /**
   * @param {ActorState} actor
   * @param {number} now
   */
  #show(actor, now) {
    const { capacity, busyMs, children, omitted, lastFailure } = actor;
    this.#drawn = actor.id;
    show(this.#figures, true);
    setText(this.#className, actor.className);
    setText(this.#troubles, troublesOf(actor, now).join(" "));
    const texts = {
      "State": busyMs === null ? actor.status : \`\${actor.status}, \${duration(busyMs)}\`,
      "Mailbox": capacity === null ? \`\${count(actor.queued)}, no limit\` : mailboxText(actor),
      "Waiting": plural(actor.waiting, "sender"),
      "Per second": rate(actor.handledPerSecond),
      "Handled": count(actor.handled),
      "Restarts": count(actor.restarts),
      "Children": count(children.length + omitted),
    };
    for (const [name, text] of Object.entries(texts)) setText(this.#values.get(name) ?? this.#figures, text);
    this.#showFailure(lastFailure, now);
  }

  /**
   * @param {ActorState["lastFailure"]} failure
   * @param {number} now
   */
  #showFailure(failure, now) {
    show(this.#failure, failure !== null);
    if (failure === null) return;
    setText(this.#failureTitle, \`Last failure, \${timeOfDay(failure.at)}, \${ago(now - failure.at)}\`);
    setText(this.#failureText, failure.error);
  }
}

/**
 * @param {readonly ActorState[]} actors
 * @param {string} id
 * @returns {ActorState | undefined}
 */
function findActor(actors, id) {
  for (const actor of actors) {
    const found = actor.id === id ? actor : findActor(actor.children, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

// glossary.js

/**
 * What the figures mean: the help of the page says it, and the same text is shown where the pointer rests.
 * @module
 */

/**
 * The explanation of a title; empty where it needs none.
 * @param {string} title
 */
function hintOf(title) {
  const term = [...byId("glossary").querySelectorAll("dt")].find(({ textContent }) => textContent === title);
  return (term?.nextElementSibling?.textContent ?? "").replaceAll(/\\s+/g, " ").trim();
}

/** Gives the columns of the tree their explanations. */
function startHints() {
  for (const head of document.querySelectorAll(".tree-head [role=columnheader]")) {
    const hint = hintOf(head.textContent ?? "");
    if (hint !== "") head.setAttribute("title", hint);
  }
}

// figures.js

/**
 * The key figures at the top of the page, each with a small picture of its last two minutes.
 * @module
 */

/** An event loop that is held up longer than this is felt. */
const LAG_HIGH_MS = 100;

/** One figure. */
class Figure {
  #value = html("span", { class: "figure-value" }, "");
  #unit = html("span", { class: "figure-unit" }, "");
  #note = html("span", { class: "figure-note" }, "");
  #spark = new Sparkline();
  #history = new History();
  #floor;
  /** @readonly */
  node;

  /**
   * @param {string} title
   * @param {number} floor
   */
  constructor(title, floor) {
    this.#floor = floor;
    const head = html("h2", { class: "figure-title" }, title);
    const value = html("p", {}, this.#value, this.#unit);
    this.node = html(
      "div",
      { class: "figure", title: hintOf(title) },
      head,
      value,
      html("p", {}, this.#note),
      this.#spark.node,
    );
  }

  get peak() {
    return this.#history.peak;
  }

  /** @param {number} value */
  sample(value) {
    this.#history.add(value);
    this.#spark.update(this.#history, this.#floor);
  }

  /** @param {{ value: string, unit?: string, note: string, level?: "calm" | "warning" | "alarming" }} texts */
  show({ value, unit = "", note, level = "calm" }) {
    setText(this.#value, value);
    setText(this.#unit, unit);
    setText(this.#note, note);
    setAttribute(this.node, "data-level", level);
  }
}

/** The figures. */
class Figures {
  #nodes = new Figure("Nodes", 1);
  #actors = new Figure("Actors", 1);
  #handled = new Figure("Throughput", 1);
  #queued = new Figure("Queued", 10);
  #lag = new Figure("Event-loop lag", 20);
  #failures = new Figure("Failures", 1);
  #letters = new Figure("Dead letters", 1);
  /** @type {ObserverState["system"] | undefined} */
  #before;

  constructor() {
    this.#nodes.node.classList.add("nodes-figure");
    const all = [this.#nodes, this.#actors, this.#handled, this.#queued, this.#lag, this.#failures, this.#letters];
    byId("figures").append(...all.map(({ node }) => node));
  }

  /**
   * Remembers a state for the small pictures; also one that is not shown, because the page is paused.
   * @param {ObserverState} state
   */
  sample({ system, cluster }) {
    const before = this.#before ?? system;
    this.#before = system;
    if (cluster !== null) this.#nodes.sample(healthOf(cluster).up);
    this.#actors.sample(system.actors);
    this.#handled.sample(system.handledPerSecond);
    this.#queued.sample(system.queued);
    this.#lag.sample(system.lagMs);
    // A system that was started anew counts from zero.
    this.#failures.sample(Math.max(0, system.failures - before.failures));
    this.#letters.sample(Math.max(0, system.deadLetters - before.deadLetters));
  }

  /**
   * @param {ObserverState} state
   * @param {number} troubled
   */
  show(state, troubled) {
    const { actors, handledPerSecond, queued, lagMs, failures, deadLetters } = state.system;
    this.#showNodes(state);
    this.#actors.show({ value: count(actors), note: troubled === 0 ? "none troubled" : \`\${count(troubled)} troubled\` });
    this.#handled.show({
      value: rate(handledPerSecond),
      unit: "/ s",
      note: \`peak \${rate(this.#handled.peak)} in 2 min\`,
    });
    this.#queued.show({ value: count(queued), note: \`peak \${count(this.#queued.peak)} in 2 min\` });
    const [value = "", unit = ""] = duration(lagMs).split(" ");
    const peak = duration(this.#lag.peak);
    const isSlow = lagMs > LAG_HIGH_MS;
    const lagNote = isSlow ? \`held up, peak \${peak}\` : \`peak \${peak} in 2 min\`;
    this.#lag.show({ value, unit, note: lagNote, level: isSlow ? "alarming" : "calm" });
    const [failure] = state.failures;
    this.#failures.show({
      value: count(failures),
      note: failure === undefined ? "none" : \`last \${ago(state.at - failure.at)}\`,
      level: this.#failures.peak > 0 ? "alarming" : "calm",
    });
    const [letter] = state.deadLetters;
    const lettersNote = letter === undefined ? "none" : \`last \${ago(state.at - letter.at)}\`;
    this.#letters.show({ value: count(deadLetters), note: lettersNote });
  }

  /** @param {ObserverState} state */
  #showNodes({ at, cluster }) {
    show(this.#nodes.node, cluster !== null);
    if (cluster === null) return;
    const { up, all, bad } = healthOf(cluster);
    const [worst] = bad;
    const only = bad.length === 1 && worst !== undefined ? \`\${statusText(worst, at)}: \${worst.id}\` : badText(bad);
    this.#nodes.show({
      value: count(up),
      unit: \`of \${count(all)} up\`,
      note: worst === undefined ? "all is well" : only,
      level: worst === undefined ? "calm" : worst.status === "down" ? "alarming" : "warning",
    });
  }
}

// keys.js

/**
 * Single keys that work everywhere on the page, unless they were switched off: who speaks to a browser may press them
 * by accident.
 * @module
 */

const STORED_KEYS = "cinema-observer-keys";

/**
 * Calls back at \`p\`, at the space bar and at \`/\`, where these mean nothing else.
 * @param {{ pause: () => void, filter: () => void, escape: () => void }} actions
 */
function startKeys({ pause, filter, escape }) {
  const box = byId("single-keys");
  const isOn = () => !(box instanceof HTMLInputElement) || box.checked;
  if (box instanceof HTMLInputElement) rememberBox(box);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      // The browser closes the help: one press closes one thing.
      if (!byId("keys").matches(":popover-open")) escape();
      return;
    }
    if (!isOn() || isText(event.target)) return;
    if (event.key === "p" || event.key === "P" || event.key === " " && !isControl(event.target)) pause();
    else if (event.key === "/") filter();
    else return;
    event.preventDefault();
  });
}

/** @param {HTMLInputElement} box */
function rememberBox(box) {
  try {
    box.checked = localStorage.getItem(STORED_KEYS) !== "off";
    box.addEventListener("change", () => localStorage.setItem(STORED_KEYS, box.checked ? "on" : "off"));
  } catch {
    // The browser keeps nothing for this page: then it holds until the page is left.
  }
}

/** Whether a key is written there. @param {EventTarget | null} target */
function isText(target) {
  return target instanceof Element && target.matches("input:not([type=radio], [type=checkbox]), select, textarea");
}

/** Whether the space bar means something there. @param {EventTarget | null} target */
function isControl(target) {
  return target instanceof Element &&
    target.closest("button, input, select, summary, a, [role=row], [tabindex='0']") !== null;
}

// logs.js

/**
 * The latest failures and dead letters.
 * @module
 */

/** Both tables. */
class Logs {
  #failures;
  #letters;
  /** When what is shown was so. */
  #now = 0;

  /** @param {(id: string) => void} onActor Called when somebody wants to see an actor in the tree. */
  constructor(onActor) {
    /** @type {Column<{ at: number, id: string }>} */
    const when = {
      title: "When",
      name: "when",
      text: ({ at }) => timeOrDay(at, this.#now),
      hint: ({ at }) => dateAndTime(at),
    };
    /** @type {Column<{ at: number, id: string }>} */
    const who = {
      title: "Actor",
      name: "who",
      text: ({ id }) => id,
      draw: (cell, { id }) => drawActor(cell, id, onActor),
    };
    /** @type {ConstructorParameters<typeof Table<FailureState>>[0]} */
    const failures = {
      name: "failures",
      caption: "Latest failures, the newest first",
      empty: "No failures. What an actor throws appears here, with the actor that threw it.",
      keyOf: ({ at, id, error }) => \`\${at}\\n\${id}\\n\${error}\`,
      columns: [when, who, {
        title: "Error",
        name: "error",
        text: ({ error }) => error,
        draw: (cell, { error }) => drawLines(cell, error),
      }],
    };
    /** @type {ConstructorParameters<typeof Table<DeadLetterState>>[0]} */
    const letters = {
      name: "letters",
      caption: "Latest dead letters, the newest first",
      empty: "No dead letters. Messages that nobody handled appear here, with the reason.",
      keyOf: ({ at, id, type, reason }) => \`\${at}\\n\${id}\\n\${type}\\n\${reason}\`,
      columns: [
        when,
        who,
        {
          title: "Message",
          name: "message",
          text: ({ type }) => type,
          draw: (cell, { type }) => drawLines(cell, type),
        },
        {
          title: "Reason",
          name: "reason",
          text: ({ reason }) => reason,
          draw: (cell, { reason }) => drawLines(cell, reason),
        },
      ],
    };
    this.#failures = new Table(failures);
    this.#letters = new Table(letters);
    byId("failures-body").append(this.#failures.node);
    byId("letters-body").append(this.#letters.node);
  }

  /** @param {ObserverState} state */
  update({ at, failures, deadLetters, system }) {
    this.#now = at;
    this.#failures.update(failures);
    this.#letters.update(deadLetters);
    const restarts = system.restarts === 0 ? "" : \`, \${plural(system.restarts, "restart")}\`;
    setText(byId("failures-note"), noteOf(failures.length, system.failures) + restarts);
    setText(byId("letters-note"), noteOf(deadLetters.length, system.deadLetters));
  }
}

/**
 * @param {number} shown
 * @param {number} all
 */
function noteOf(shown, all) {
  if (all === 0) return "";
  return shown < all ? \`latest \${count(shown)} of \${count(all)}\` : count(all);
}

/**
 * A button that shows the actor in the tree.
 * @param {HTMLElement} cell
 * @param {string} id
 * @param {(id: string) => void} onActor
 */
function drawActor(cell, id, onActor) {
  let button = cell.querySelector("button");
  if (button === null) {
    button = html("button", { type: "button", class: "link" });
    button.addEventListener("click", () => onActor(button?.dataset["actor"] ?? ""));
    cell.replaceChildren(button);
  }
  if (button.dataset["actor"] === id) return;
  button.dataset["actor"] = id;
  // Where there is no room for all of it, the end is shown: it tells more.
  const start = id.lastIndexOf("/") + 1;
  button.replaceChildren(html("span", { class: "path" }, id.slice(0, start)), html("span", {}, id.slice(start)));
  setAttribute(button, "aria-label", \`Show \${id} in the tree\`);
}

// news.js

/**
 * What screen readers announce by themselves: only what somebody would look up for.
 * @module
 */

/** Failures may come in floods: they are told together, and not more often than this. */
const FAILURES_PAUSE_MS = 10_000;
/** Of what was thrown, characters that are told: it may be a document, and nobody listens for minutes. */
const TOLD_CHARS_MAX = 200;
/** Nodes that have become the same at once have names up to this many, and are counted above. */
const TOLD_NAMES_MAX = 3;
/** Old news is taken away, so that nobody finds it there later. */
const LINES_MAX = 5;

/** Tells what has changed between two states. */
class News {
  #node = byId("news");
  /** @type {ObserverState | undefined} */
  #before;
  #failuresTold = 0;
  /** By the clock of the page: that of the server may be set back, and of a new server it is another. */
  #failuresToldAt = -Infinity;

  /** @param {ObserverState} state */
  update(state) {
    const before = this.#before;
    this.#before = state;
    if (before === undefined || state.system.failures < this.#failuresTold) {
      this.#failuresTold = state.system.failures;
    }
    if (before === undefined) return;
    for (const line of changesOf(before, state)) this.tell(line);
    this.#tellFailures(state);
  }

  /** @param {string} line */
  tell(line) {
    this.#node.append(html("span", {}, \`\${line} \`));
    while (this.#node.childElementCount > LINES_MAX) this.#node.firstElementChild?.remove();
  }

  /** @param {ObserverState} state */
  #tellFailures({ system, failures }) {
    const fresh = system.failures - this.#failuresTold;
    const now = performance.now();
    if (fresh <= 0 || now - this.#failuresToldAt < FAILURES_PAUSE_MS) return;
    this.#failuresTold = system.failures;
    this.#failuresToldAt = now;
    const [last] = failures;
    const about = last === undefined ? "" : \`, the last of \${last.id}: \${startOf(last.error)}\`;
    this.tell(\`\${plural(fresh, "new failure")}\${about}.\`);
  }
}

/**
 * Who is not what it was. Of many at once it is said how many they are: of a line for each, most would be gone unheard.
 * @param {ObserverState} before
 * @param {ObserverState} after
 */
function changesOf(before, after) {
  const known = new Map(before.cluster?.members.map(({ id, status }) => [id, status]));
  const changed = after.cluster?.members.filter(({ id, status }) => known.has(id) && known.get(id) !== status) ?? [];
  return [...Map.groupBy(changed, ({ status }) => status)].flatMap(([status, members]) => {
    if (members.length > TOLD_NAMES_MAX) {
      return [\`\${count(members.length)} nodes are \${status === "left" ? "gone: they have left" : status}.\`];
    }
    return members.map(({ id }) => \`Node \${id} is \${status === "left" ? "gone: it has left" : status}.\`);
  });
}

/** @param {string} error */
function startOf(error) {
  return error.length <= TOLD_CHARS_MAX ? error : \`\${error.slice(0, TOLD_CHARS_MAX)}…\`;
}

// status.js

/**
 * How fresh the page is: the words beside its title, the banner, and the title of its tab.
 * @module
 */

/** What an end means that has no other reason. */
const SYSTEM_ENDED = "The system has ended.";

/** The status of the page. */
class Status {
  #pill = byId("connection");
  #text = byId("connection-text");
  #banner = byId("banner");
  #bannerText = byId("banner-text");
  /** @type {ConnectionStatus} */
  #status = "connecting";
  #reason = "";
  /** When the last state came: the clock of the server may be another. */
  #cameAt = 0;
  #came = 0;
  #pausedAt = 0;
  #isPaused = false;

  /** Keeps the ages right while nothing comes. */
  start() {
    setInterval(() => this.#render(), 1_000);
  }

  /**
   * @param {ConnectionStatus} status
   * @param {string} reason
   */
  become(status, reason) {
    this.#status = status;
    this.#reason = reason;
    this.#render();
  }

  /** @param {boolean} isPaused */
  pause(isPaused) {
    this.#isPaused = isPaused;
    this.#pausedAt = performance.now();
    this.#render();
  }

  /** A state has come. */
  came() {
    this.#cameAt = Date.now();
    this.#came = performance.now();
  }

  /** @param {ObserverState} state */
  update({ system, cluster }) {
    setText(byId("system-name"), system.name);
    const bad = cluster === null ? "" : badText(healthOf(cluster).bad);
    const title = \`\${bad && \`(\${bad}) \`}\${system.name} · Observer\`;
    if (document.title !== title) document.title = title;
  }

  #render() {
    const shown = this.#isPaused && this.#status === "live" ? "paused" : this.#status;
    setAttribute(this.#pill, "data-status", shown);
    setText(this.#text, this.#pillText(shown));
    const banner = this.#bannerTextOf();
    show(this.#banner, banner !== "");
    if (banner !== "") setText(this.#bannerText, banner);
  }

  /** @param {ConnectionStatus | "paused"} shown */
  #pillText(shown) {
    if (shown === "paused") return \`Paused for \${span(performance.now() - this.#pausedAt)}\`;
    return { connecting: "Connecting", live: "Live", lost: "Connection lost", ended: "Ended" }[shown];
  }

  #bannerTextOf() {
    if (this.#status !== "lost" && this.#status !== "ended") return "";
    const age = span(performance.now() - this.#came);
    const since = this.#came === 0
      ? "Nothing has come yet."
      : \`What you see is from \${timeOfDay(this.#cameAt)}, \${age} ago.\`;
    if (this.#status === "ended") {
      return \`\${this.#reason || SYSTEM_ENDED} \${since} A new one at this address will show up by itself.\`;
    }
    return ["The connection is lost.", this.#reason, since, "Trying again by itself."].filter(Boolean).join(" ");
  }
}

/**
 * What is to be said aloud when the connection changes.
 * @param {ConnectionStatus} before
 * @param {ConnectionStatus} after
 * @param {string} reason
 */
function connectionNews(before, after, reason) {
  if (after === "lost" && before === "live") return "The connection is lost. Trying again.";
  if (after === "ended") return reason || SYSTEM_ENDED;
  return after === "live" && before !== "connecting" ? "The connection is back." : "";
}

// theme.js

/**
 * Light, dark, or what the system says; remembered by the browser.
 * @module
 */

const STORED = "cinema-observer-theme";

/** Shows the remembered theme, and follows the switch. */
function startTheme() {
  const chosen = recall();
  apply(chosen);
  const radios = byId("theme").querySelectorAll("input");
  for (const radio of radios) radio.checked = radio.value === chosen;
  byId("theme").addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    apply(target.value);
    remember(target.value);
  });
}

/** @param {string} theme */
function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

function recall() {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system"; // The browser keeps nothing for this page: then it starts as the system says.
  }
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    // The same: it holds until the page is left.
  }
}

// tree_model.js

/**
 * Which rows the tree of actors has: a pure function of the state and of what was chosen.
 * @module
 */

/**
 * @typedef {"spawned" | "busiest" | "fullest" | "restarts"} Order
 *
 * @typedef {object} Choice
 * @property {string} filter Words that a row must all have; the empty one fits all.
 * @property {boolean} troubledOnly
 * @property {Order} order
 * @property {ReadonlyMap<string, boolean>} opened Which branches somebody has opened or closed.
 * @property {Map<string, number>} ranks What the order goes by, for each actor: as long as that stays, the rows keep
 *   their order, whatever their figures do. Actors that are not in it are added.
 * @property {Map<string, number>} peaks The highest figure of each actor that was seen: the next ranks.
 *
 * @typedef {object} Row
 * @property {string} key
 * @property {string | null} parent The key of the row above it in the tree.
 * @property {ActorState | null} actor \`null\` for the row that says how many are left out.
 * @property {number} omitted
 * @property {number} level From 1.
 * @property {number} position Among its siblings, from 1.
 * @property {number} siblings
 * @property {boolean} isBranch
 * @property {boolean} isOpen
 * @property {boolean} isContext Whether it is shown only for what is below it.
 * @property {number} below How many actors are below it.
 * @property {readonly string[]} troubles
 * @property {number} troubledBelow
 * @property {number} now When the state was made, in Unix ms.
 */

/** A branch of more children starts closed: it would push everything else out of sight. */
const OPEN_CHILDREN_MAX = 24;

/** One actor with what was found out about it.
 * @typedef {object} Found
 * @property {ActorState} actor
 * @property {Found[]} children
 * @property {readonly string[]} troubles
 * @property {number} below
 * @property {number} troubledBelow
 * @property {boolean} fits
 * @property {boolean} isShown
 */

/**
 * The rows, from top to bottom, how many actors were looked at, and how many of them are troubled, or fit.
 * @param {ObserverState} state
 * @param {Choice} choice
 * @returns {{ rows: Row[], seen: number, troubled: number, fitting: number }}
 */
function treeRows(state, choice) {
  const words = choice.filter.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  const now = state.at;
  const isNarrowed = words.length > 0 || choice.troubledOnly;
  let seen = 0;
  let troubled = 0;
  let fitting = 0;
  /** @param {readonly ActorState[]} actors @returns {Found[]} */
  const find = (actors) =>
    actors.map((actor) => {
      const children = find(actor.children);
      const troubles = troublesOf(actor, now);
      seen++;
      if (troubles.length > 0) troubled++;
      const fits = (!choice.troubledOnly || troubles.length > 0) && hasWords(actor, words);
      if (fits) fitting++;
      return {
        actor,
        children,
        troubles,
        below: children.reduce((sum, { below }) => sum + below + 1, actor.omitted),
        troubledBelow: children.reduce((sum, child) => sum + child.troubledBelow + Math.sign(child.troubles.length), 0),
        fits,
        isShown: fits || children.some(({ isShown }) => isShown),
      };
    });
  /** @type {Row[]} */
  const rows = [];
  /** @param {readonly Found[]} found @param {string | null} parent @param {number} omitted @param {number} level */
  const add = (found, parent, omitted, level) => {
    const shown = sort(found.filter(({ isShown }) => isShown), choice);
    const left = isNarrowed ? 0 : omitted;
    const siblings = shown.length + Math.sign(left);
    for (const [index, item] of shown.entries()) {
      const { actor, children, troubles, below, troubledBelow, fits } = item;
      const key = actor.id;
      const isBranch = isNarrowed ? children.some(({ isShown }) => isShown) : below > 0;
      const isOpen = isBranch && (choice.opened.get(key) ?? (isNarrowed || children.length <= OPEN_CHILDREN_MAX));
      const place = { key, parent, level, position: index + 1, siblings, isBranch, isOpen, isContext: !fits };
      rows.push({ ...place, actor, omitted: 0, below, troubles, troubledBelow, now });
      if (isOpen) add(children, key, actor.omitted, level + 1);
    }
    if (left === 0) return;
    const key = \`\${parent ?? ""}\\nmore\`;
    const place = {
      key,
      parent,
      level,
      position: siblings,
      siblings,
      isBranch: false,
      isOpen: false,
      isContext: false,
    };
    rows.push({ ...place, actor: null, omitted, below: 0, troubles: [], troubledBelow: 0, now });
  };
  add(find(state.actors), null, state.actorsOmitted, 1);
  return { rows, seen, troubled, fitting };
}

/**
 * @param {ActorState} actor
 * @param {readonly string[]} words
 */
function hasWords({ id, className, status }, words) {
  if (words.length === 0) return true;
  const text = \`\${id} \${className} \${status}\`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * @param {Found[]} found
 * @param {Choice} choice
 */
function sort(found, { order, ranks, peaks }) {
  if (order === "spawned") return found;
  const weigh = { busiest: total, fullest: fullest, restarts: restarts }[order];
  for (const item of found) {
    const [id, weight] = [item.actor.id, weigh(item)];
    peaks.set(id, Math.max(weight, peaks.get(id) ?? 0));
    if (!ranks.has(id)) ranks.set(id, weight);
  }
  return found.sort((a, b) => (ranks.get(b.actor.id) ?? 0) - (ranks.get(a.actor.id) ?? 0));
}

/** @param {Found} item @returns {number} */
function total({ actor, children }) {
  return children.reduce((sum, child) => sum + total(child), actor.handledPerSecond);
}

/** @param {Found} item @returns {number} */
function fullest({ actor, children }) {
  return Math.max(fullness(actor) ?? 0, ...children.map(fullest));
}

/** @param {Found} item @returns {number} */
function restarts({ actor, children }) {
  return children.reduce((sum, child) => sum + restarts(child), actor.restarts);
}

// meter.js

/**
 * How full a mailbox is, as a bar and as text.
 * @module
 */

/** The bar of one mailbox. */
class Meter {
  #fill = html("span", { class: "meter-fill" });
  #bar = html("span", { class: "meter-bar", "aria-hidden": "true" }, this.#fill);
  #text = html("span", { class: "meter-text" }, "");
  #waiting = html("span", { class: "meter-waiting" }, "");
  /** @readonly */
  node = html("span", { class: "meter" }, this.#bar, this.#waiting, this.#text);

  /** @param {ActorState} actor */
  update(actor) {
    const { waiting } = actor;
    const full = fullness(actor);
    const level = full === null || full < 0.8 ? "calm" : full < 1 ? "high" : "full";
    setAttribute(this.node, "data-level", level);
    setAttribute(this.#bar, "data-unbounded", full === null ? "" : null);
    const width = \`\${Math.round((full ?? 0) * 100)}%\`;
    if (this.#fill.style.width !== width) this.#fill.style.width = width;
    setText(this.#text, mailboxText(actor));
    setText(this.#waiting, waiting === 0 ? "" : \`\${count(waiting)} wait\`);
    setAttribute(this.#waiting, "title", waiting === 0 ? null : plural(waiting, "sender waits", "senders wait"));
  }
}

// tree_row.js

/**
 * One row of the tree of actors.
 * @module
 */

/** One row. */
class RowView {
  #chevron = html("span", { class: "chevron", "aria-hidden": "true" }, new Icon("chevron").node);
  #label = html("span", { class: "label" }, "");
  #className = html("span", { class: "class-name" }, "");
  #below = html("span", { class: "below" }, "");
  #flag = html("span", { class: "flag" }, new Icon("warning").node, html("span", { class: "hidden" }, " troubled"));
  #actor = html("span", { role: "gridcell", class: "c-actor" });
  #stateIcon = new Icon();
  #stateText = html("span", { class: "state-text" }, "");
  #state = html("span", { role: "gridcell", class: "c-state" }, this.#stateIcon.node, this.#stateText);
  #meter = new Meter();
  #mailbox = html("span", { role: "gridcell", class: "c-mailbox" }, this.#meter.node);
  #rate = html("span", { role: "gridcell", class: "c-rate number" }, "");
  #restarts = html("span", { role: "gridcell", class: "c-restarts number" }, "");
  #failureAge = html("span", { class: "failure-age" }, "");
  #failureText = html("span", { class: "failure-text", dir: "auto" }, "");
  #failure = html("span", { role: "gridcell", class: "c-failure" }, this.#failureAge, this.#failureText);
  /** @readonly */
  node = html("div", { role: "row", class: "row", tabindex: "-1" });
  /** @type {Row | undefined} */
  #row;
  /** What the figures were drawn of. @type {Row | undefined} */
  #drawn;
  /** Whether somebody may see it: then its figures are drawn with each state. */
  isInSight = false;

  constructor() {
    this.#actor.append(this.#chevron, this.#label, this.#className, this.#below, this.#flag);
    this.node.append(this.#actor, this.#state, this.#mailbox, this.#rate, this.#restarts, this.#failure);
  }

  /**
   * Puts it at its place in the tree. A new one is drawn at once; otherwise that waits for {@link draw}.
   * @param {Row} row
   */
  update(row) {
    const before = this.#row;
    this.#row = row;
    if (before === undefined || !isSamePlace(before, row)) this.#place(row);
    if (before === undefined) this.draw();
  }

  /** Draws what it has not drawn yet. */
  draw() {
    const row = this.#row;
    if (row === undefined || row === this.#drawn) return;
    this.#drawn = row;
    if (row.actor === null) this.#showOmitted(row.omitted);
    else this.#showActor(row, row.actor);
  }

  /** @param {Row} row */
  #place(row) {
    const { node } = this;
    node.dataset["key"] = row.key;
    setAttribute(node, "aria-level", \`\${row.level}\`);
    setAttribute(node, "aria-posinset", \`\${row.position}\`);
    setAttribute(node, "aria-setsize", \`\${row.siblings}\`);
    setAttribute(node, "aria-expanded", row.isBranch ? \`\${row.isOpen}\` : null);
    node.style.setProperty("--indent", \`\${row.level - 1}\`);
    node.classList.toggle("context", row.isContext);
  }

  /** @param {number} omitted */
  #showOmitted(omitted) {
    this.node.classList.add("omitted");
    setText(this.#label, \`\${plural(omitted, "more actor", "more actors")}, not shown here\`);
    for (const cell of [this.#state, this.#mailbox, this.#rate, this.#restarts, this.#failure]) cell.remove();
    for (const part of [this.#className, this.#below, this.#flag]) part.remove();
    this.#actor.setAttribute("aria-colspan", "6");
  }

  /**
   * @param {Row} row
   * @param {NonNullable<Row["actor"]>} actor
   */
  #showActor(row, actor) {
    setText(this.#label, actor.label);
    setText(this.#className, actor.className);
    setAttribute(this.#actor, "title", actor.id);
    const isFolded = row.isBranch && !row.isOpen;
    setText(this.#below, isFolded ? belowText(row) : "");
    this.#below.classList.toggle("alarming", isFolded && row.troubledBelow > 0);
    show(this.#flag, row.troubles.length > 0);
    setAttribute(this.#flag, "title", row.troubles.length > 0 ? row.troubles.join(" ") : null);
    this.#stateIcon.show(actor.status);
    setText(this.#stateText, actor.status);
    setAttribute(this.#state, "data-status", actor.status);
    this.#meter.update(actor);
    setText(this.#rate, rate(actor.handledPerSecond));
    this.#rate.classList.toggle("zero", actor.handledPerSecond === 0);
    setText(this.#restarts, count(actor.restarts));
    this.#restarts.classList.toggle("zero", actor.restarts === 0);
    this.#showFailure(actor.lastFailure, row.now);
  }

  /**
   * @param {NonNullable<Row["actor"]>["lastFailure"]} failure
   * @param {number} now
   */
  #showFailure(failure, now) {
    setText(this.#failureAge, failure === null ? "" : ago(now - failure.at));
    this.#failureAge.classList.toggle("recent", isRecent(failure, now));
    setText(this.#failureText, failure?.error ?? "");
    setAttribute(this.#failure, "title", failure?.error ?? null);
  }
}

/** @param {Row} row */
function belowText({ below, troubledBelow }) {
  return troubledBelow === 0 ? \`\${count(below)} below\` : \`\${count(below)} below, \${count(troubledBelow)} troubled\`;
}

/**
 * Whether two rows are at the same place, and look the same there.
 * @param {Row} a
 * @param {Row} b
 */
function isSamePlace(a, b) {
  return a.key === b.key && a.level === b.level && a.position === b.position && a.siblings === b.siblings &&
    a.isBranch === b.isBranch && a.isOpen === b.isOpen && a.isContext === b.isContext;
}

// tree.js

/**
 * The tree of actors: a treegrid whose rows stay where they are while their figures change.
 * @module
 */

/** How far Page Up and Page Down go, in rows. */
const PAGE_ROWS = 12;
/** Ms that rows keep their order: of rows that change places all the time nobody reads one, and to move them costs. */
const SORT_MS = 5_000;

/** The tree. */
class Tree {
  #scroll = byId("tree-scroll");
  #body = byId("rows");
  /** @type {RowList<Row, RowView>} */
  #list = new RowList({
    body: this.#body,
    scroll: this.#scroll,
    keyOf: ({ key }) => key,
    create: () => new RowView(),
  });
  #onSelect;
  /** @type {ObserverState | undefined} */
  #state;
  /** @type {Row[]} */
  #rows = [];
  /** The row that Tab leads to. @type {string | undefined} */
  #current;
  /** @type {string | undefined} */
  #selected;
  #filter = "";
  #troubledOnly = false;
  /** @type {Order} */
  #order = "spawned";
  /** What the rows are in order of. @type {Map<string, number>} */
  #ranks = new Map();
  /** What they will be in order of next. @type {Map<string, number>} */
  #peaks = new Map();
  /** When they were put in order, in Unix ms. */
  #rankedAt = 0;
  /** What was opened and closed in the whole tree. @type {Map<string, boolean>} */
  #opened = new Map();
  /** The same in a narrowed one, where all is open at first. @type {Map<string, boolean>} */
  #openedNarrowed = new Map();

  /** @param {(id: string | undefined) => void} onSelect */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    byId("tree").addEventListener("keydown", (event) => this.#press(event));
    // Skip links and clicks beside the rows lead to the tree itself: it hands the focus on.
    byId("tree").addEventListener("focus", () => this.#focus(this.#indexOfCurrent()));
    this.#body.addEventListener("click", (event) => this.#click(event));
    this.#body.addEventListener("focusin", ({ target }) => {
      const key = rowKeyOf(target);
      if (key !== undefined) this.#makeCurrent(key);
    });
  }

  /** How many actors are troubled. */
  troubled = 0;

  /** Whether a filter is set. */
  get #isNarrowed() {
    return this.#filter.trim() !== "" || this.#troubledOnly;
  }

  /** @param {ObserverState} state */
  update(state) {
    this.#state = state;
    // The clock of the server may be set back.
    if (Math.abs(state.at - this.#rankedAt) >= SORT_MS) {
      [this.#ranks, this.#peaks] = [this.#peaks, new Map()];
      this.#rankedAt = state.at;
    }
    this.#render();
  }

  /** @param {{ filter?: string, troubledOnly?: boolean, order?: Order }} choice */
  choose({ filter, troubledOnly, order }) {
    this.#filter = filter ?? this.#filter;
    this.#troubledOnly = troubledOnly ?? this.#troubledOnly;
    this.#order = order ?? this.#order;
    [this.#ranks, this.#peaks] = [new Map(), new Map()];
    this.#openedNarrowed.clear();
    this.#render();
  }

  /** @param {string | undefined} id */
  select(id) {
    this.#selected = id;
    this.#render();
    this.#onSelect(id);
  }

  /** Moves the focus to the row of an actor, when it is there. @param {string} id */
  focus(id) {
    const index = this.#rows.findIndex(({ key }) => key === id);
    if (index >= 0) this.#focus(index);
  }

  /** Opens what is above an actor, and moves the focus there. @param {string} id */
  reveal(id) {
    for (let end = id.lastIndexOf("/"); end > 0; end = id.lastIndexOf("/", end - 1)) {
      this.#openedHere.set(id.slice(0, end), true);
    }
    this.select(id);
    this.focus(id);
  }

  get #openedHere() {
    return this.#isNarrowed ? this.#openedNarrowed : this.#opened;
  }

  #render() {
    if (this.#state === undefined) return;
    const focused = rowKeyOf(document.activeElement);
    const focusedIndex = focused === undefined ? -1 : this.#rows.findIndex(({ key }) => key === focused);
    const choice = {
      filter: this.#filter,
      troubledOnly: this.#troubledOnly,
      order: this.#order,
      opened: this.#openedHere,
      ranks: this.#ranks,
      peaks: this.#peaks,
    };
    const { rows, seen, troubled, fitting } = treeRows(this.#state, choice);
    this.#rows = rows;
    this.troubled = troubled;
    this.#updateInPlace(focused !== undefined && this.#order !== "spawned");
    if (!rows.some(({ key }) => key === this.#current)) this.#current = undefined;
    this.#markRows();
    // Whoever was in a row that is gone goes on in the one that has taken its place.
    if (focused !== undefined && rowKeyOf(document.activeElement) !== focused) {
      const index = rows.findIndex(({ key }) => key === focused);
      this.#focus(index >= 0 ? index : Math.min(focusedIndex, rows.length - 1), false);
    }
    this.#showEmpty(fitting, Math.max(0, this.#state.system.actors - seen));
  }

  /**
   * Brings the rows up to date. Where the one with the focus may move, the browser would scroll to where it goes.
   * @param {boolean} isHeld
   */
  #updateInPlace(isHeld) {
    const { scrollTop } = this.#scroll;
    this.#list.update(this.#rows);
    if (isHeld && this.#scroll.scrollTop !== scrollTop) this.#scroll.scrollTop = scrollTop;
  }

  /** Marks the selected row, and the one that Tab leads to. */
  #markRows() {
    const current = this.#rows[this.#indexOfCurrent()]?.key;
    for (const { key } of this.#rows) {
      const node = this.#list.view(key)?.node;
      if (node === undefined) continue;
      setAttribute(node, "tabindex", key === current ? "0" : "-1");
      setAttribute(node, "aria-selected", key === this.#selected ? "true" : null);
    }
  }

  /**
   * @param {number} fitting
   * @param {number} unseen How many actors the state leaves out: nobody knows whether they would fit.
   */
  #showEmpty(fitting, unseen) {
    const { actors = 0 } = this.#state?.system ?? {};
    const empty = byId("tree-empty");
    const left = unseen === 0 ? "" : \`\${plural(unseen, "more actor")} not looked at\`;
    show(empty, this.#rows.length === 0);
    if (this.#rows.length === 0) setText(empty, this.#emptyText(actors) + (left && \` \${left}.\`));
    const shown = \`\${count(fitting)} of \${count(actors - unseen)}\`;
    setText(byId("actors-note"), this.#isNarrowed ? shown + (left && \`, \${left}\`) : "");
  }

  /** @param {number} actors */
  #emptyText(actors) {
    if (actors === 0) return "No actors. Each actor that is spawned appears here, below the one that spawned it.";
    if (this.#filter.trim() === "") return "All is well: no actor has failed lately, is stuck, or has a full mailbox.";
    const among = this.#troubledOnly ? "troubled actor" : "actor";
    return \`No \${among} has “\${this.#filter.trim()}” in its name, its class or its state. Esc clears the filter.\`;
  }

  #indexOfCurrent() {
    const index = this.#rows.findIndex(({ key }) => key === this.#current);
    return index >= 0 ? index : 0;
  }

  /** @param {string} key */
  #makeCurrent(key) {
    this.#current = key;
    this.#markRows();
  }

  /**
   * @param {number} index
   * @param {boolean} [isFollowed] Whether it is scrolled into sight: not where the rows have moved by themselves.
   */
  #focus(index, isFollowed = true) {
    const row = this.#rows[Math.max(0, Math.min(index, this.#rows.length - 1))];
    const view = row && this.#list.view(row.key);
    if (view === undefined) return;
    // What is read aloud now shall be true now.
    view.draw();
    const { node } = view;
    node.focus({ preventScroll: true });
    if (isFollowed) node.scrollIntoView({ block: "nearest" });
  }

  /** @param {MouseEvent} event */
  #click({ target }) {
    const row = this.#rows.find(({ key }) => key === rowKeyOf(target));
    if (row === undefined) return;
    // Who marks text does not want to select a row.
    if (document.getSelection()?.type === "Range") return;
    if (target instanceof Element && target.closest(".chevron") !== null) this.#open(row, !row.isOpen);
    else if (row.actor !== null) this.select(row.key === this.#selected ? undefined : row.key);
  }

  /**
   * @param {Row} row
   * @param {boolean} isOpen
   */
  #open(row, isOpen) {
    if (!row.isBranch) return;
    this.#openedHere.set(row.key, isOpen);
    this.#render();
  }

  /** Opens all branches that have the same parent. @param {Row} row */
  #openSiblings(row) {
    for (const { parent, key, isBranch } of this.#rows) {
      if (parent === row.parent && isBranch) this.#openedHere.set(key, true);
    }
    this.#render();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = this.#rows.findIndex(({ key }) => key === rowKeyOf(event.target));
    const row = this.#rows[index];
    if (row === undefined || !this.#act(event.key, row, index)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Does what a key means; returns whether it means anything.
   * @param {string} key
   * @param {Row} row
   * @param {number} index
   */
  #act(key, row, index) {
    if (key === "ArrowDown") this.#focus(index + 1);
    else if (key === "ArrowUp") this.#focus(index - 1);
    else if (key === "PageDown") this.#focus(index + PAGE_ROWS);
    else if (key === "PageUp") this.#focus(index - PAGE_ROWS);
    else if (key === "Home") this.#focus(0);
    else if (key === "End") this.#focus(this.#rows.length - 1);
    else if (key === "ArrowRight" && row.isBranch && !row.isOpen) this.#open(row, true);
    else if (key === "ArrowRight" && row.isBranch) this.#focus(index + 1);
    else if (key === "ArrowLeft" && row.isOpen) this.#open(row, false);
    else if (key === "ArrowLeft" && row.parent !== null) this.focus(row.parent);
    else if (key === "*") this.#openSiblings(row);
    else if (key === "Enter" || key === " ") {
      this.select(row.actor === null || row.key === this.#selected ? undefined : row.key);
    } else return false;
    return true;
  }
}

/**
 * The key of the row that something is in.
 * @param {EventTarget | null} target
 */
function rowKeyOf(target) {
  const row = target instanceof Element ? target.closest("#rows > [role=row]") : null;
  return row instanceof HTMLElement ? row.dataset["key"] : undefined;
}

// main.js

/**
 * The page: hands each state to its parts.
 * @module
 */

/** The page as a whole. */
class Page {
  /** The newest state, also where it is not shown. @type {ObserverState | undefined} */
  #newest;
  /** What is shown. @type {ObserverState | undefined} */
  #shown;
  #isPaused = false;
  #figures = new Figures();
  #tree = new Tree((id) => this.#select(id));
  #details = new Details(() => this.#closeDetails());
  #cluster = new Cluster();
  #logs = new Logs((id) => this.#reveal(id));
  #news = new News();
  #status = new Status();
  /** @type {string | undefined} */
  #selected;

  start() {
    startTheme();
    startHints();
    startKeys({ pause: () => this.#pause(), filter: () => byId("filter").focus(), escape: () => this.#escape() });
    byId("pause").addEventListener("click", () => this.#pause());
    this.#startTools();
    this.#status.start();
    /** @type {ConnectionStatus} */
    let before = "connecting";
    const connection = new Connection((state) => this.#take(state), (status, reason) => {
      const line = connectionNews(before, status, reason);
      if (status !== before && line !== "") this.#news.tell(line);
      before = status;
      this.#status.become(status, reason);
    });
    connection.open();
  }

  #startTools() {
    const [filter, order, troubled] = [byId("filter"), byId("order"), byId("troubled")];
    filter.addEventListener("input", () => {
      if (filter instanceof HTMLInputElement) this.#tree.choose({ filter: filter.value });
    });
    order.addEventListener("change", () => {
      if (order instanceof HTMLSelectElement) this.#tree.choose({ order: /** @type {Order} */ (order.value) });
    });
    troubled.addEventListener("click", () => {
      const isOn = troubled.getAttribute("aria-pressed") !== "true";
      setAttribute(troubled, "aria-pressed", \`\${isOn}\`);
      this.#tree.choose({ troubledOnly: isOn });
    });
  }

  /** @param {ObserverState} state */
  #take(state) {
    this.#newest = state;
    this.#status.came();
    this.#figures.sample(state);
    this.#details.sample(state);
    this.#news.update(state);
    if (!this.#isPaused) this.#show(state);
  }

  /** @param {ObserverState} state */
  #show(state) {
    this.#shown = state;
    this.#status.update(state);
    this.#tree.update(state);
    this.#figures.show(state, this.#tree.troubled);
    setText(byId("troubled-count"), count(this.#tree.troubled));
    setAttribute(byId("troubled"), "data-none", this.#tree.troubled === 0 ? "" : null);
    this.#details.update(state);
    this.#cluster.update(state);
    this.#logs.update(state);
  }

  #pause() {
    this.#isPaused = !this.#isPaused;
    const button = byId("pause");
    setAttribute(button, "aria-pressed", \`\${this.#isPaused}\`);
    button.querySelector("svg")?.replaceWith(new Icon(this.#isPaused ? "resume" : "pause").node);
    setText(button.querySelector("span") ?? button, this.#isPaused ? "Resume" : "Pause");
    this.#status.pause(this.#isPaused);
    if (!this.#isPaused && this.#newest !== undefined) this.#show(this.#newest);
  }

  /** @param {string | undefined} id */
  #select(id) {
    this.#selected = id;
    this.#details.select(id);
    if (this.#shown === undefined) return;
    this.#details.sample(this.#shown);
    this.#details.update(this.#shown);
  }

  /** Shows an actor in the tree, whatever was chosen there. @param {string} id */
  #reveal(id) {
    const [filter, troubled] = [byId("filter"), byId("troubled")];
    if (filter instanceof HTMLInputElement) filter.value = "";
    setAttribute(troubled, "aria-pressed", "false");
    this.#tree.choose({ filter: "", troubledOnly: false });
    this.#tree.reveal(id);
  }

  /** The focus goes back to the row. */
  #closeDetails() {
    const id = this.#selected;
    this.#tree.select(undefined);
    if (id !== undefined) this.#tree.focus(id);
  }

  #escape() {
    const filter = byId("filter");
    if (filter === document.activeElement && filter instanceof HTMLInputElement && filter.value !== "") {
      filter.value = "";
      this.#tree.choose({ filter: "" });
    } else if (this.#selected !== undefined) this.#closeDetails();
  }
}

new Page().start();
`,
  },
};
