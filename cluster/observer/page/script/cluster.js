// @ts-check
/**
 * The cluster: its picture, its members as a table, and its directory.
 * @module
 */

/** @import { EntryState, MemberState, ObserverState } from "../../state.ts" */

import { ClusterPicture } from "./cluster_picture.js";
import { byId, html, Icon, setAttribute, setText, show } from "./dom.js";
import { count, dateAndTime, duration, plural } from "./format.js";
import { byUrgency, healthOf, statusText } from "./members.js";
import { drawLines, Table } from "./tables.js";

/** What is there to see of the cluster. */
export class Cluster {
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
        hint: ({ id, addr }) => `${id} at ${addr}`,
        draw: (cell, { id }) => drawLines(cell, id),
      },
      {
        title: "Status",
        name: "status",
        text: ({ status }) => status,
        hint: ({ status, since }) => since === null ? status : `${status} since ${dateAndTime(since)}`,
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
    keyOf: ({ name, node }) => `${name}\n${node}`,
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
    setText(byId("cluster-note"), `${count(up)} of ${count(all)} up, ${cluster.name}`);
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
