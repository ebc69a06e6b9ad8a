// The texts of the Debian package that are not in the tree as they stand: control, copyright, changelog, and what lintian is
// told to leave be.

/**
 * Who is named as responsible for the package: who builds it, in the variables that Debian's own tools use; else the
 * author in package.json, with an address that is none (RFC 2606), as the field must have one.
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
 * @property {number} sizeBytes  of all that is installed
 */

/** The daemon's own package is called jaco: one of that name would take its place. @param {Package} about */
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

/** In Debian's form, which names the version and who built it; the changes are told elsewhere. @param {Package} about @param {Date} builtAt */
export function changelog({ version, maintainer }, builtAt) {
  return `jaco-dr (${version}) unstable; urgency=medium

  * The changes are in CHANGELOG.md.gz beside this file.

 -- ${maintainer}  ${builtAt.toUTCString().replace('GMT', '+0000')}
`;
}

/** Findings that come with a Node from nodejs.org, which the executable is made of. */
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
