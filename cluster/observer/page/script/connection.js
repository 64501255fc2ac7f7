// @ts-check
/**
 * The stream of states from the server: it comes back by itself, and says how it is.
 * @module
 */

/** @import { ObserverState } from "../../state.ts" */

/**
 * - `"connecting"`: nothing has come yet;
 * - `"live"`: states come in;
 * - `"lost"`: they do not, and it is tried again;
 * - `"ended"`: the server has said that there is nothing more to see.
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
export class Connection {
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
