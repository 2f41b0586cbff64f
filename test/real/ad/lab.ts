// The inside of the made-up organisation: directory, Apache with Kerberos, connectors. The Front-End behind Apache is
// the simulator. The caller starts it on `frontEndPort`.

import { join } from "node:path";
import { freePort } from "../../kit/free-port.ts";
import { type ConnectorOptions, type ConnectorProcess, startConnector } from "./connector.ts";
import { type Directory, startDirectory } from "./directory.ts";
import { makeFolder, removeFolder } from "./folder.ts";
import { type FrontEndProxy, startFrontEndProxy } from "./front-end.ts";
import type { DirectoryUser } from "./names.ts";
import { newSigningKey, type SigningKey } from "./order.ts";

/** The first connector's port on the directory's address; each has two. */
const FIRST_PORT = 8470;

/** The lab while it runs. */
export interface Lab {
  readonly folder: string;
  readonly directory: Directory;
  readonly proxy: FrontEndProxy;
  /** The port of 127.0.0.1 at which Apache expects the Front-End. */
  readonly frontEndPort: number;
  /** The key with which Postern signs orders. */
  readonly key: SigningKey;
  readonly connectors: readonly ConnectorProcess[];
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

/** Starts the lab, with all connectors at the same time. `more`: people beside those of names.ts. */
export async function startLab(
  connectors: readonly Omit<ConnectorOptions, "port" | "key">[],
  more: readonly DirectoryUser[] = [],
): Promise<Lab> {
  const folder = await makeFolder();
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((each) => each()));
    await removeFolder(folder);
  };
  try {
    const directory = await startDirectory(join(folder, "directory"), more);
    stops.push(() => directory.stop());
    const frontEndPort = await freePort();
    const proxy = await startFrontEndProxy(join(folder, "front-end"), directory, frontEndPort);
    stops.push(() => proxy.stop());
    const key = newSigningKey();
    const started = await Promise.all(
      connectors.map(async (options, index) => {
        const port = FIRST_PORT + 2 * index;
        const one = await startConnector(join(folder, `connector-${index}`), directory, { ...options, port, key });
        stops.push(() => one.stop());
        return one;
      }),
    );
    return { folder, directory, proxy, frontEndPort, key, connectors: started, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
