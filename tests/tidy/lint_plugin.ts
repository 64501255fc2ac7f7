/**
 * The rules of this repository that the built-in lint rules do not know, as a plugin of `deno lint`.
 *
 * Each rule says in its message what to do instead. `.github/CONTRIBUTING.md` lists them, and
 * `lint_plugin_test.ts` beside this file shows what each one refuses and what it lets through.
 *
 * @module
 */

import { DENO_ADAPTERS, ENTROPY_HOMES, importRefusal, isIn, LIBRARY, SANS_IO, TIME_HOMES } from "./layers.ts";

type Context = Deno.lint.RuleContext;
type Node = Deno.lint.Node;

/** The longest function, in lines: what fits on one screen (TigerBeetle's rule). */
export const FUNCTION_LINES_MAX = 70;

const TIMERS = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "MessageChannel",
]);
const TIME_MEMBERS = new Set(["Date.now", "performance.now", "performance.timeOrigin", "AbortSignal.timeout"]);
const ENTROPY_MEMBERS = new Set(["Math.random", "crypto.getRandomValues", "crypto.randomUUID"]);
const GLOBAL_OBJECTS = new Set(["globalThis", "self", "window"]);
const AMBIENT_OBJECTS = new Set(["Date", "Math", "performance", "crypto"]);

const layers: Deno.lint.Rule = {
  create(context) {
    const file = relativePath(context.filename);
    const check = (node: Node, source: Node | null): void => {
      if (source === null) return;
      const specifier = stringValue(source);
      if (specifier === undefined) {
        if (!isIn(file, LIBRARY)) return;
        context.report({ node, message: "A library file may not import a computed path: nobody can check its layer" });
        return;
      }
      const refusal = importRefusal(file, specifier);
      if (refusal === undefined) return;
      context.report({ node, message: `Layering: ${refusal}`, hint: "See the table in .github/ARCHITECTURE.md" });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.argument),
    };
  },
};

const denoAdapters: Deno.lint.Rule = {
  create(context) {
    const file = relativePath(context.filename);
    if (!isIn(file, LIBRARY) || isIn(file, DENO_ADAPTERS)) return {};
    const message = `Only an adapter may say Deno: ${DENO_ADAPTERS.join(", ")}`;
    return {
      Identifier(node) {
        if (node.name === "Deno" && (isReference(node) || isGlobalMember(node))) context.report({ node, message });
      },
    };
  },
};

const pureCore: Deno.lint.Rule = {
  create(context) {
    const file = relativePath(context.filename);
    if (!isIn(file, LIBRARY)) return {};
    const timeIsHome = isIn(file, TIME_HOMES);
    const entropyIsHome = isIn(file, ENTROPY_HOMES);
    const time = (node: Node, what: string): void => {
      if (!timeIsHome) context.report({ node, message: `Take the time from the Clock you were handed, not ${what}` });
    };
    const entropy = (node: Node, what: string): void => {
      if (!entropyIsHome) context.report({ node, message: `Take randomness from what you were handed, not ${what}` });
    };
    return {
      Identifier(node) {
        if (TIMERS.has(node.name) && (isReference(node) || isGlobalMember(node))) time(node, node.name);
      },
      MemberExpression(node) {
        const name = memberName(node);
        if (name !== undefined && TIME_MEMBERS.has(name)) time(node, name);
        if (name !== undefined && ENTROPY_MEMBERS.has(name)) entropy(node, name);
      },
      NewExpression(node) {
        if (isNamed(node.callee, "Date") && node.arguments.length === 0) time(node, "new Date()");
      },
      CallExpression(node) {
        if (isNamed(node.callee, "Date")) time(node, "Date()");
      },
      // `const { now } = Date` and `const clock = performance` would hide what the rules above look for.
      VariableDeclarator(node) {
        if (node.init?.type !== "Identifier" || !AMBIENT_OBJECTS.has(node.init.name)) return;
        time(node, `a copy of ${node.init.name}`);
      },
    };
  },
};

const syncCore: Deno.lint.Rule = {
  create(context) {
    if (!isIn(relativePath(context.filename), SANS_IO)) return {};
    const message = "A state machine does not wait: return an effect and let the driver perform it";
    const check = (node: Node & { async: boolean }): void => {
      if (node.async) context.report({ node, message });
    };
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
      AwaitExpression: (node) => context.report({ node, message }),
      ForOfStatement(node) {
        if (node.await) context.report({ node, message });
      },
      Identifier(node) {
        if (["Promise", "queueMicrotask"].includes(node.name) && isReference(node)) context.report({ node, message });
      },
    };
  },
};

// Parameter properties (`constructor(private a: A)`) are refused by `erasableSyntaxOnly` already.
const privateFields: Deno.lint.Rule = {
  create(context) {
    const check = (node: Node & { accessibility?: string | undefined; key?: Node; kind?: string }): void => {
      // There is no #constructor, so `private` is the only way to say that nobody else may construct.
      if (node.accessibility === "private" && node.kind !== "constructor") {
        context.report({ node, message: "Use a #private member: `private` is only a promise of the type checker" });
      } else if (node.key?.type === "Identifier" && node.key.name.startsWith("_")) {
        context.report({ node, message: `Use a #private member, not an underscore: ${node.key.name}` });
      }
    };
    return {
      MethodDefinition: check,
      PropertyDefinition: check,
      TSAbstractMethodDefinition: check,
      TSAbstractPropertyDefinition: check,
    };
  },
};

const plainLanguage: Deno.lint.Rule = {
  create(context) {
    const refuse = (node: Node, message: string): void => context.report({ node, message });
    return {
      TSEnumDeclaration: (node) => refuse(node, "Use a union of string literals, not an enum"),
      TSModuleDeclaration: (node) => {
        if (node.kind !== "global") refuse(node, "Use a module, not a namespace");
      },
      Decorator: (node) => refuse(node, "Write it out: no decorators"),
      Identifier(node) {
        if (node.name === "Proxy" && isReference(node)) refuse(node, "Write it out: no Proxy");
      },
    };
  },
};

const observedPromises: Deno.lint.Rule = {
  create(context) {
    const inTests = relativePath(context.filename).startsWith("tests/");
    return {
      ExpressionStatement({ expression: node }) {
        if (inTests || node.type !== "UnaryExpression" || node.operator !== "void") return;
        if (!["CallExpression", "ChainExpression", "NewExpression"].includes(node.argument.type)) return;
        context.report({
          node,
          message: "A promise that is not awaited must end in a named failure handler, not `void`",
        });
      },
      CallExpression(node) {
        if (node.callee.type !== "MemberExpression" || node.callee.property.type !== "Identifier") return;
        const handler = { catch: node.arguments[0], then: node.arguments[1] }[node.callee.property.name];
        if (handler === undefined || !doesNothing(handler)) return;
        context.report({ node: handler, message: "Give the handler a name that says why the failure may be dropped" });
      },
    };
  },
};

const functionLines: Deno.lint.Rule = {
  create(context) {
    const check = (node: Node): void => {
      const lines = context.sourceCode.getText(node).split("\n").length;
      if (lines <= FUNCTION_LINES_MAX) return;
      context.report({ node, message: `This function has ${lines} lines: the limit is ${FUNCTION_LINES_MAX}` });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "cinema",
  rules: {
    "layers": layers,
    "deno-adapters": denoAdapters,
    "pure-core": pureCore,
    "sync-core": syncCore,
    "private-fields": privateFields,
    "plain-language": plainLanguage,
    "observed-promises": observedPromises,
    "function-lines": functionLines,
  },
};

export default plugin;

/** The path of a linted file from the root of the repository; a path that is not below it is returned as it is. */
function relativePath(filename: string): string {
  const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
  const path = filename.replaceAll("\\", "/");
  return path.startsWith(root) ? path.slice(root.length) : path;
}

function stringValue(node: Node): string | undefined {
  if (node.type === "TSLiteralType") return stringValue(node.literal);
  return node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}

function isNamed(node: Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** `object.property`, also of `globalThis.object.property`, when both are plain names. */
function memberName(node: Deno.lint.MemberExpression): string | undefined {
  const property = propertyName(node);
  const object = node.object.type === "MemberExpression" ? propertyName(node.object) : undefined;
  const owner = node.object.type === "Identifier" ? node.object.name : object;
  return property === undefined || owner === undefined ? undefined : `${owner}.${property}`;
}

function propertyName(node: Deno.lint.MemberExpression): string | undefined {
  if (node.computed) return stringValue(node.property);
  return node.property.type === "Identifier" ? node.property.name : undefined;
}

/** Whether a name is `globalThis.name`. */
function isGlobalMember(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  return parent.type === "MemberExpression" && parent.property.type === "Identifier" &&
    parent.property.name === node.name && parent.object.type === "Identifier" && GLOBAL_OBJECTS.has(parent.object.name);
}

/** Whether a name stands for a variable, and is not the name of a member, of a property or of an export. */
function isReference(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  const isAt = (other: Node | null): boolean => other !== null && other.range[0] === node.range[0];
  switch (parent.type) {
    case "MemberExpression":
      return parent.computed || !isAt(parent.property);
    case "Property":
      return parent.shorthand || parent.computed || !isAt(parent.key);
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.computed || !isAt(parent.key);
    case "ImportSpecifier":
    case "ExportSpecifier":
      return false;
    case "TSTypeReference":
      // A type names nothing that runs, except `Deno.` in a type, which ties the file to Deno all the same.
      return node.name === "Deno";
    default:
      return true;
  }
}

/** Whether a handler is a function literal that neither does nor returns anything. */
function doesNothing(handler: Node): boolean {
  if (handler.type === "FunctionExpression") return handler.body.body.length === 0;
  if (handler.type !== "ArrowFunctionExpression") return false;
  const body = handler.body;
  if (body.type === "BlockStatement") return body.body.length === 0;
  return isNamed(body, "undefined") || (body.type === "Literal" && body.value === null) ||
    (body.type === "UnaryExpression" && body.operator === "void");
}
