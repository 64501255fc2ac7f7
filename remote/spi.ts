/**
 * The door of the remote layer for the cluster: the parts of the wire that both need. The package does not export it.
 * @module
 */
export { checkName } from "./local_node.ts";
export { DELIMITED, FIXED32, malformed, Reader, VARINT } from "./wire/reader.ts";
export { StringCache } from "./wire/string_cache.ts";
