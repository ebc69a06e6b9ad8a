// The generated texts of the Debian package: control, copyright, changelog, and overrides for lintian.

/**
 * The maintainer of the package: the builder, from the variables of Debian's own tools; else the author in
 * package.json, with a reserved address (RFC 2606), because the field requires one.
 * @param {string} author @param {Readonly<Record<string, string | undefined>>} environment
 */
export function maintainer(author, { DEBFULLNAME, DEBEMAIL }) {
  return `${DEBFULLNAME || author} <${DEBEMAIL || 'maintainers@jaco.invalid'}>`;
}

/**
 * @typedef {object} Package
 * @property {string} version
 * @property {string} architecture  in Debian's words
 * @property {string} maintainer
 * @property {string} author
 * @property {string} description  of package.json
 * @property {number} sizeBytes  of everything that is installed
 */

/** The daemon's own package is called jaco: a package of that name would replace it. @param {Package} about */
export function control(about) {
  return `Package: jaco-dr
Version: ${about.version}
Architecture: ${about.architecture}
Maintainer: ${about.maintainer}
Installed-Size: ${Math.ceil(about.sizeBytes / 1024)}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Section: admin
Priority: optional
Description: disaster recovery for JACO clusters: backup and restore
${folded(about.description)}
`;
}

/** In Debian's machine-readable form; the licence's text is on every Debian system. @param {Package} about @param {Date} builtAt */
export function copyright({ author }, builtAt) {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: jaco

Files: *
Copyright: ${builtAt.getUTCFullYear()} ${author}
License: Apache-2.0
Comment: The executable contains Node.js and packages of the npm registry. Their
 versions and licences, whole, are in licenses.txt.gz beside this file.

License: Apache-2.0
 On Debian systems the text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.
`;
}

/**
 * In Debian's form, with the version and the builder; the changes are elsewhere. @param {Package} about @param {Date}
 * builtAt
 */
export function changelog({ version, maintainer }, builtAt) {
  return `jaco-dr (${version}) unstable; urgency=medium

  * The changes are in CHANGELOG.md.gz beside this file.

 -- ${maintainer}  ${builtAt.toUTCString().replace('GMT', '+0000')}
`;
}

/** Lintian's findings about the Node from nodejs.org in the executable. */
export const lintianOverrides = `# The executable is a Node from nodejs.org, built there with its own zlib and without PIE.
jaco-dr: embedded-library
jaco-dr: hardening-no-pie
`;

/** In lines of 79 characters that begin with a space, as continuations do. @param {string} text */
function folded(text) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= 79) lines[lines.length - 1] = line;
    else lines.push(` ${word}`);
  }
  return lines.join('\n');
}
