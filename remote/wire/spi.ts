/**
 * The door of the wire for the wire of the cluster: the parts that both need. They know no io. The package does not
 * export it.
 * @module
 */
export { DELIMITED, FIXED32, malformed, Reader, VARINT } from "./reader.ts";
export { StringCache } from "./string_cache.ts";
