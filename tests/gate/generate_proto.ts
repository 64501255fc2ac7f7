/**
 * Makes `proto/gen/` from `proto/envelope.proto`: the static code of protobufjs, and its types.
 *
 * `deno task proto` writes the files. With `--check`, as in the gate, it only compares them with what is there, so that
 * nobody changes one and forgets the other.
 *
 * @module
 */

import protobuf from "protobufjs";

const SCHEMA = "proto/envelope.proto";
const CODE = "proto/gen/envelope.js";
const TYPES = "proto/gen/envelope.d.ts";
/**
 * The tool. Neither in deno.json nor in its lock, and imported only when this runs: it has fifty dependencies, which
 * nobody should download who only runs an example.
 */
const TOOL = "npm:protobufjs-cli@2.7.1/pbjs.js";
const NOTICE = `// Generated from ${SCHEMA} by \`deno task proto\`. Do not edit.\n`;

/** What is used of the tool. */
interface Pbjs {
  main(args: string[], done: (error: Error | null, output?: string) => void): void;
}

/** The static code: what encodes and decodes, and nothing else. */
async function generateCode(): Promise<string> {
  const parts = ["create", "verify", "convert", "delimited", "typeurl", "service", "comments"];
  const without = parts.map((part) => `--no-${part}`);
  const args = ["-t", "static-module", "-w", "esm", "-r", "cinema", ...without, SCHEMA];
  const { default: pbjs }: { default: Pbjs } = await import(TOOL);
  return await new Promise((resolve, reject) => {
    pbjs.main(args, (error, output = "") => error === null ? resolve(output) : reject(error));
  });
}

/** The types of the static code. Those that the tool makes itself need a second tool and are ten times as long. */
async function generateTypes(): Promise<string> {
  const { root } = protobuf.parse(await Deno.readTextFile(SCHEMA), { keepCase: false });
  const cinema = root.lookup("cinema") as protobuf.Namespace;
  return `import type { Reader, Writer } from "protobufjs";\n\n/** The messages of the wire. */\nexport namespace cinema {\n${
    describeAll(cinema, "  ")
  }}\n`;
}

function describeAll(namespace: protobuf.Namespace, indent: string): string {
  return namespace.nestedArray.map((item) => {
    if (item instanceof protobuf.Type) return describeMessage(item, indent);
    return item instanceof protobuf.Enum ? describeEnum(item, indent) : "";
  }).join("");
}

function describeMessage(type: protobuf.Type, indent: string): string {
  const { name } = type;
  const inner = `${indent}  `;
  const fields = type.fieldsArray.map((field) => field.resolve());
  const given = fields.map((field) => `${inner}${field.name}?: ${typeOf(field, "I")} | null;\n`).join("");
  const has = fields.map((field) => `${inner}${field.name}: ${typeOf(field, "")};\n`).join("");
  const oneofs = type.oneofsArray.map((oneof) => `${inner}${oneof.name}?: ${oneof.oneof.map(quote).join(" | ")};\n`);
  const members = `${inner}constructor(properties?: I${name});\n${has}${oneofs.join("")}` +
    `${inner}static encode(message: I${name}, writer?: Writer): Writer;\n` +
    `${inner}static decode(reader: Reader | Uint8Array, length?: number): ${name};\n`;
  const nested = type.nestedArray.length === 0
    ? ""
    : `${indent}/** What belongs to ${name}. */\n${indent}namespace ${name} {\n${describeAll(type, inner)}${indent}}\n`;
  return `${indent}/** What ${name} is made from. */\n${indent}interface I${name} {\n${given}${indent}}\n` +
    `${indent}/** A message: see the schema. */\n${indent}class ${name} implements I${name} {\n${members}${indent}}\n` +
    nested;
}

function describeEnum({ name, values }: protobuf.Enum, indent: string): string {
  const members = Object.entries(values).map(([key, value]) => `${indent}  ${key} = ${value},\n`).join("");
  return `${indent}/** An enumeration: see the schema. */\n${indent}enum ${name} {\n${members}${indent}}\n`;
}

/** The type of a field; the name of a message gets `prefix`. */
function typeOf(field: protobuf.Field, prefix: string): string {
  const plain: Record<string, string> = { string: "string", bytes: "Uint8Array", bool: "boolean", uint64: "unknown" };
  const isMessage = field.resolvedType instanceof protobuf.Type;
  const nested = field.resolvedType?.fullName.replace(/^\.cinema\./, "").replace(
    /\w+$/,
    isMessage ? `${prefix}$&` : "$&",
  );
  const type = nested ?? plain[field.type] ?? "number";
  return field.repeated ? `${type}[]` : type;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

const generated = new Map([
  [CODE, `// @ts-self-types="./envelope.d.ts"\n${NOTICE}${await generateCode()}`],
  [TYPES, `${NOTICE}${await generateTypes()}`],
]);
if (Deno.args.includes("--check")) {
  for (const [path, text] of generated) {
    const current = await Deno.readTextFile(path).catch(() => "");
    if (current === text) continue;
    console.error(`${path} is not what ${SCHEMA} says: run deno task proto`);
    Deno.exitCode = 1;
  }
} else {
  for (const [path, text] of generated) await Deno.writeTextFile(path, text);
  console.log(`Wrote ${[...generated.keys()].join(" and ")}`);
}
