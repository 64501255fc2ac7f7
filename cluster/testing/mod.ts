/**
 * Tools for testing actors and clusters: time that moves when told ({@linkcode ManualClock}), an actor that records
 * what it gets ({@linkcode TestProbe}), and a whole cluster in virtual time ({@linkcode ClusterSimulator}).
 *
 * @module
 */

export {
  ManualClock,
  type ReceiveOptions,
  type RunOptions,
  SeededRandom,
  TestProbe,
  type TestProbeOptions,
} from "../../src/testing/mod.ts";
export type { Traffic } from "./host.ts";
export type { FalseDown } from "./judge.ts";
export { type NetworkFault, type SimulatedNetworkOptions } from "./network.ts";
export type {
  ClusterSimulatorOptions,
  CrashOptions,
  PartitionOptions,
  RegisterActorOptions,
  SimulatedEntry,
  SimulatedEvent,
  SimulatedMember,
  SimulatedNode,
  StartOptions,
} from "./options.ts";
export { ClusterSimulator } from "./simulator.ts";
export { SimulationError } from "./trace.ts";
