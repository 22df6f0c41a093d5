// Loaded before a program (node --require): notes what it starts, where it writes, what it opens, and every way to a network, and refuses none of it, so
// that what is noted is what would have happened. The notes go to the file INLAYER_WATCH, a line of JSON each. It must not know the program.
const fs = require('node:fs');
const path = require('node:path');

const original = { ...fs };
const handle = original.openSync(process.env.INLAYER_WATCH, 'a');
const note = (kind, ...what) => { original.writeSync(handle, `${JSON.stringify([kind, ...what.map(String)])}\n`); };
const wrap = (library, names, kind) => {
  for (const name of names) {
    const real = library[name];
    if (typeof real !== 'function') continue;
    library[name] = function (...args) { note(kind, name, ...args.filter((one) => typeof one === 'string').map((one) => one.slice(0, 500))); return Reflect.apply(real, this, args); };
  }
};

wrap(require('node:child_process'), ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'], 'start');
wrap(require('node:worker_threads'), ['Worker'], 'start');
wrap(require('node:net'), ['connect', 'createConnection', 'createServer'], 'network');
wrap(require('node:tls'), ['connect'], 'network');
wrap(require('node:dns'), ['lookup', 'resolve'], 'network');
wrap(require('node:http'), ['request', 'get', 'createServer'], 'network');
wrap(require('node:https'), ['request', 'get'], 'network');
wrap(require('node:dgram'), ['createSocket'], 'network');
wrap(globalThis, ['fetch', 'WebSocket', 'eval'], 'network');
for (const from of [fs, fs.promises]) {
  const both = (names) => names.flatMap((name) => [name, `${name}Sync`]);
  wrap(from, both(['writeFile', 'appendFile', 'mkdir', 'rename', 'rm', 'unlink', 'rmdir', 'symlink', 'link', 'chmod', 'truncate', 'copyFile', 'utimes', 'mkdtemp']).concat('createWriteStream'), 'write');
  // `open` with flags that write is a write.
  for (const name of ['open', 'openSync']) {
    const real = from[name];
    if (typeof real !== 'function') continue;
    from[name] = function (...args) {
      const flags = args[1] ?? 'r', isReading = typeof flags === 'number' ? (flags & 3) === 0 : flags === 'r' || flags === 'rs';
      note(isReading ? 'read' : 'write', name, path.resolve(String(args[0])));
      return Reflect.apply(real, this, args);
    };
  }
  for (const name of both(['readFile', 'readdir', 'opendir']).concat('createReadStream')) {
    const real = from[name];
    if (typeof real !== 'function') continue;
    from[name] = function (...args) { if (typeof args[0] === 'string') note('read', name, path.resolve(args[0])); return Reflect.apply(real, this, args); };
  }
}
