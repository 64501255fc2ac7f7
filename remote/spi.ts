/**
 * The door of the remote layer for the cluster: the parts of the wire that both need. The package does not export it.
 * @module
 */
export { Channel, type ChannelPeer, type ChannelReceiver } from "./channel.ts";
export { checkOptions } from "./check_options.ts";
export { abortClient, finishClient, openClient } from "./client.ts";
export { type Dialled, Dialler } from "./dialler.ts";
export { textOf } from "./faults.ts";
export { KeyRing } from "./keys.ts";
export { checkName } from "./local_node.ts";
export { CodecTable } from "./protocol.ts";
export { routesOf } from "./router.ts";
export type { Route, Routes } from "./routes.ts";
export { bindNode } from "./server.ts";
export { isLoopback, isRefused } from "./transports.ts";
export { tcpTransport } from "./transport/tcp.ts";
export { decodeEnvelope } from "./wire/envelope.ts";
export { FrameDecoder } from "./wire/frame.ts";
export { FrameWriter } from "./wire/frame_writer.ts";
export { DELIMITED, malformed, Reader, VARINT } from "./wire/reader.ts";
export type { MessageCodecs } from "./codecs.ts";
export { StringCache } from "./wire/string_cache.ts";
export { writableTo } from "./writable.ts";
