// @ts-check
/**
 * The cluster as a picture: this node in the middle, the others around it, and on each edge the round trip.
 * @module
 */

/** @import { ClusterState, MemberState } from "../../state.ts" */

import { KeyedList, setAttribute, setText, svg } from "./dom.js";
import { duration } from "./format.js";
import { byUrgency, healthOf, isBad, statusText } from "./members.js";

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
export class ClusterPicture {
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
    setAttribute(this.node, "viewBox", `0 0 ${WIDTH} ${height}`);
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
      const transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      if (node.style.transform !== transform) node.style.transform = transform;
      setAttribute(node, "data-status", member.status);
      node.classList.toggle("self", member.isSelf);
      setAttribute(use, "href", `#i-${member.status}`);
      for (const corner of ["x", "y"]) setAttribute(use, corner, `${-size / 2}`);
      for (const side of ["width", "height"]) setAttribute(use, side, `${size}`);
      setAttribute(halo, "r", (size * 0.68).toFixed(1));
      setText(hint, `${member.id}, ${statusText(member, now)}`);
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
  return id.length <= 18 ? id : `${id.slice(0, 8)}…${id.slice(-8)}`;
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
    `This node is ${self}`,
    `${up} of ${all} members are up`,
    ...bad.slice(0, 10).map(({ id, status }) => `${id} is ${status}`),
  ];
  if (bad.length > 10) parts.push(`${bad.length - 10} more are not up`);
  if (left > 0) parts.push(`${left} members are not drawn`);
  return `${parts.join(". ")}.`;
}
