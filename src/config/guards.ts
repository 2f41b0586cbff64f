// Checks that each guard's binding leads to its own class. With a wrong binding one kind of guard would be asked in
// place of another: a network's guard that is asked about tickets knows none, and every user would be refused. The id
// of an object's name tells the class, and making it costs no request.

/** The part of a Durable Object namespace that is checked. */
type Namespace = { readonly idFromName: (name: string) => { readonly equals: (other: never) => boolean } };

const CLASSES = { USER_GUARD: "UserGuard", SOURCE_GUARD: "SourceGuard", GUEST_GUARD: "GuestGuard" } as const;

/**
 * One sentence with its fix for every guard's binding that leads to another guard's class.
 * @param given the Worker's bindings
 * @param own the Worker's own classes, as `exports` of `cloudflare:workers` has them
 */
export function guardClassFaults(given: object, own: object): readonly string[] {
  return Object.entries(CLASSES).flatMap(([name, className]) => {
    const bound = Object.values(CLASSES).find((each) => isSame(Reflect.get(given, name), Reflect.get(own, each)));
    if (bound === undefined || bound === className) return [];
    return [`${name} is bound to the class ${bound}. Write class_name = "${className}" beside it in wrangler.toml.`];
  });
}

/** Whether both lead to the same objects. False when this cannot be told, for example for a test's stand-in. */
function isSame(one: unknown, other: unknown): boolean {
  if (!isNamespace(one) || !isNamespace(other)) return false;
  try {
    return one.idFromName("postern").equals(other.idFromName("postern") as never);
  } catch {
    return false;
  }
}

const isNamespace = (value: unknown): value is Namespace =>
  value !== null &&
  (typeof value === "object" || typeof value === "function") &&
  typeof Reflect.get(value, "idFromName") === "function";
