/**
 * What the compiler refuses of messages that `json()` is to carry. The code is never run: see `support/type_tests.ts`.
 *
 * @module
 */

import type { ActorRef, Addr, Message } from "@cinema/cinema";
import {
  type Codec,
  json,
  type JsonCarries,
  type JsonCodec,
  type JsonLoss,
  type Protocol,
  protocol,
  type RemoteHandler,
} from "@cinema/cinema/remote";
import { same, typeTests } from "./support/type_tests.ts";

interface Put<V> extends Message {
  type: "put";
  value: V;
}
interface Get<R> extends Message<R> {
  type: "get";
}
interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
  parent?: Tree | undefined;
  more?: Record<string, Tree | number>;
}

const types = await typeTests(import.meta.url);

types("json() is a codec of messages that JSON can carry, however they are declared", () => {
  const tree: Protocol<Put<Tree>> = protocol<Put<Tree>>({ put: { name: "Put", request: json() } });
  protocol<Put<unknown>>({ put: { name: "Put", request: json() } });
  protocol<Put<{ kind: "a"; n?: number } | { kind: "b"; s: string | null }>>({ put: { name: "Put", request: json() } });
  protocol<Put<readonly [string, number?]>>({ put: { name: "Put", request: json() } });
  protocol<Put<object | undefined>>({ put: { name: "Put", request: json() } });
  protocol<Put<string & { readonly brand: 1 }>>({ put: { name: "Put", request: json() } });
  protocol<Get<readonly Tree[] | undefined>>({ get: { name: "Get", request: json(), reply: json() } });
  return tree;
});

types("json() is a codec of messages of which a function does not know the types", <V, O extends object>() => {
  protocol<Put<V>>({ put: { name: "Put", request: json() } });
  protocol<Put<{ readonly list: readonly V[]; readonly by: Record<string, O> }>>({
    put: { name: "Put", request: json() },
  });
});

types("json() is no codec of what would arrive as something else", () => {
  // @ts-expect-error: it would be a text
  protocol<Put<Date>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: it would be empty
  protocol<Put<{ deep: readonly { map?: ReadonlyMap<string, number> }[] }>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: it would be empty
  protocol<Put<Record<string, Set<string>>>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: it would be an object with numbers for names
  protocol<Put<Uint8Array | null>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: there is no JSON for it
  protocol<Put<bigint>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: it would not be there
  protocol<Put<{ then?: () => void }>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: it would be a text that nobody can send to
  protocol<Put<ActorRef<Get<string>>>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: it would be null
  protocol<Put<(string | undefined)[]>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: a reply is no different
  protocol<Get<{ at: Date }>>({ get: { name: "Get", request: json(), reply: json() } });
  // @ts-expect-error: to name the type changes nothing
  protocol<Put<Date>>({ put: { name: "Put", request: json<{ value: Date }>() } });
});

types("json() with a check, and any other codec, may make whole what JSON cannot carry", (codec: Codec<Date>) => {
  protocol<Put<Date>>({ put: { name: "Put", request: json((value) => value as { value: Date }) } });
  protocol<Get<Date>>({ get: { name: "Get", request: json(), reply: codec } });
});

types("the compiler says what is lost, and where", () => {
  same<JsonLoss<{ items: readonly { when?: Date }[] }>, ".items[].when is a Date">(true);
  same<JsonLoss<{ a: bigint; b: symbol }>, ".a is a bigint" | ".b is a symbol">(true);
  same<JsonLoss<{ to: Addr<Put<string>> }>, ".to is the address of an actor: register that, and send its name">(true);
  same<JsonLoss<Map<string, number>>, " is a Map">(true);
  same<JsonLoss<(number | undefined)[]>, "[] may be undefined">(true);
  same<JsonLoss<{ at: { toJSON(): string } }>, ".at has a toJSON() of its own">(true);
  same<JsonLoss<Tree>, never>(true);
  same<JsonCarries<Tree>, "JSON">(true);
  same<JsonCarries<Date>, "JSON cannot carry this: it is a Date">(true);
  same<JsonCarries<{ at: Date }>, "JSON cannot carry this: at is a Date">(true);
  same<JsonCarries<Set<1>[]>, "JSON cannot carry this: [] is a Set">(true);
});

// deno-lint-ignore no-explicit-any -- What is tested.
interface Loose extends Message<any> {
  type: "loose";
}

types("a reply that may be anything is a reply, and needs a codec", () => {
  protocol<Loose>({ loose: { name: "Loose", request: json(), reply: json() } });
  // @ts-expect-error: it would arrive as undefined
  protocol<Loose>({ loose: { name: "Loose", request: json() } });
  // @ts-expect-error: it would arrive as undefined
  protocol<Get<unknown>>({ get: { name: "Get", request: json() } });
  protocol<Put<string>>({ put: { name: "Put", request: json() } });
  // @ts-expect-error: there is none
  protocol<Put<string>>({ put: { name: "Put", request: json(), reply: json() } });
});

types("a message whose type is any text cannot travel", () => {
  interface Wide extends Message {
    type: string;
  }
  // @ts-expect-error: nobody knows which it is
  protocol<Wide>({ wide: { name: "Wide", request: json() } });
});

types("a wrong codec, protocol or handler is not blamed on exactOptionalPropertyTypes", () => {
  same<Required<JsonCodec<string>>["~json"], "JSON" | undefined>(true);
  same<undefined extends Required<Protocol<Loose>>["~messages"] ? true : false, true>(true);
  same<undefined extends Required<RemoteHandler<Loose>>["~messages"] ? true : false, true>(true);
});
